import { DraftKind } from '../model/draft.js';
import { HandleKind, Proof } from '../model/identity.js';

/** The fields of a draft a mapping may set by one rule each. */
export const PLAIN_TARGETS = [
  'id',
  'conversation',
  'about',
  'sentAt',
  'sender.handle',
  'sender.name',
  'receipt.status',
  'receipt.at',
  'receipt.code',
  'receipt.upTo',
  'to',
  'cc',
  'visibility',
  'parent',
  'permalink',
  'subject',
  'text',
  'html',
  'locale',
  'inReplyTo',
  'historic',
] as const;
export type PlainTarget = (typeof PLAIN_TARGETS)[number];

/** Groups of free names: every name below them is a field of its own. */
export const OPEN_GROUPS: ReadonlySet<string> = new Set(['fields', 'replyContext']);

/** What the hub says itself, with the way out for who tries to map it. */
export const HUB_FIELDS: ReadonlyMap<string, string> = new Map([
  ['connection', 'the hub sets it'],
  ['channel', 'the hub sets it'],
  ['receivedAt', 'the hub sets it; the time of the platform goes to `sentAt`'],
  ['kind', '`kind` stands beside `fields`, not inside'],
  ['attachments', '`attachments` stands beside `fields`, not inside'],
]);

export const RECEIPT_STATES: readonly string[] = ['sent', 'delivered', 'read', 'failed'];

/** Where only certain words are possible: one of them alone means itself, anything else is a selector. */
export const CHOICES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['kind', DraftKind.options],
  ['receipt.status', RECEIPT_STATES],
  ['visibility', ['private', 'public']],
  ['identity.kind', HandleKind.options],
  ['identity.proof', Proof.options],
]);

/** Every draft has these; a mapping without a rule for one of them is refused at load. */
export const ALWAYS_REQUIRED: readonly PlainTarget[] = ['id', 'conversation', 'sender.handle'];
