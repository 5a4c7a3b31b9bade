import { z } from 'zod';
import { Identity } from './identity.js';
import { fitsKey, KEY_BYTES } from './key.js';

/** The version of the one inbound format; it moves when a field changes its meaning. */
export const DRAFT_VERSION = 1;

/** Bounds of one draft. Whatever is longer was cut by the connector, which says so in `fields.truncated`. */
export const DRAFT_LIMITS = {
  text: 200_000,
  html: 1_000_000,
  attachments: 200,
  people: 500,
} as const;

export const DraftKind = z.enum([
  'message',
  'comment',
  'mention',
  'call',
  'edit',
  'recall',
  'receipt',
  'echo',
  'automatic',
  'event',
]);
export type DraftKind = z.infer<typeof DraftKind>;

/** Only these may open a ticket. */
export const OPENING_KINDS: ReadonlySet<DraftKind> = new Set([
  'message',
  'comment',
  'mention',
  'call',
]);

/** An id of the platform's making. */
const platformId = z.string().max(KEY_BYTES).refine(fitsKey, `at most ${KEY_BYTES} bytes in UTF-8`);

const isoTime = z.iso.datetime({ offset: true });

export const DraftAttachment = z.object({
  ref: z.string().min(1).max(2_000),
  name: z.string().max(300).nullable().default(null),
  type: z.string().max(200).nullable().default(null),
  size: z.number().int().nonnegative().nullable().default(null),
  sha256: z.string().length(64).nullable().default(null),
});
export type DraftAttachment = z.infer<typeof DraftAttachment>;

export const DraftReceipt = z.object({
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  at: isoTime.nullable().default(null),
  code: z.string().max(200).nullable().default(null),
  upTo: z.string().max(1_000).nullable().default(null),
});
export type DraftReceipt = z.infer<typeof DraftReceipt>;

export const DraftSender = z.object({
  handle: z.string().min(1).max(320),
  name: z.string().max(200).nullable().default(null),
  identities: z.array(Identity).max(20).default([]),
});
export type DraftSender = z.infer<typeof DraftSender>;

/**
 * The **one inbound format**: one normalised inbound message that is not yet filed. `id` is unique
 * within the connection over all kinds; exactly-once stands on (connection, id).
 */
export const Draft = z.object({
  id: platformId.min(1),
  connection: z.string().min(1).max(200),
  channel: z.string().min(1).max(50),
  conversation: platformId.min(1),
  kind: DraftKind,
  about: platformId.nullable().default(null),
  receipt: DraftReceipt.nullable().default(null),
  sentAt: isoTime.nullable().default(null),
  receivedAt: isoTime,
  sender: DraftSender,
  to: z.array(z.string().max(320)).max(DRAFT_LIMITS.people).default([]),
  cc: z.array(z.string().max(320)).max(DRAFT_LIMITS.people).default([]),
  visibility: z.enum(['private', 'public']).default('private'),
  parent: platformId.nullable().default(null),
  permalink: z.string().max(2_000).nullable().default(null),
  subject: z.string().max(2_000).nullable().default(null),
  text: z.string().max(DRAFT_LIMITS.text).default(''),
  html: z.string().max(DRAFT_LIMITS.html).nullable().default(null),
  attachments: z.array(DraftAttachment).max(DRAFT_LIMITS.attachments).default([]),
  fields: z.record(z.string().max(100), z.string().max(2_000)).default({}),
  /**
   * What an answer must carry; each draft's lies over those before it. What is under `opening` is
   * laid there without that name, and only by the draft that opens the conversation: anybody may
   * begin one of their own, but an unproven sender must not change one that is known.
   */
  replyContext: z.record(z.string().max(100), z.unknown()).default({}),
  locale: z.string().max(35).nullable().default(null),
  inReplyTo: platformId.nullable().default(null),
  historic: z.boolean().default(false),
});
export type Draft = z.infer<typeof Draft>;

/** What a connector, a mapping or a caller of the API writes; defaults fill the rest. */
export type DraftInput = z.input<typeof Draft>;

/** True for what would open a ticket about nothing. A call may be a fact without words. */
export function isWordless({
  kind,
  text,
  subject,
  html,
  attachments,
}: Pick<Draft, 'kind' | 'text' | 'subject' | 'html' | 'attachments'>): boolean {
  if (!OPENING_KINDS.has(kind) || kind === 'call') return false;
  const words = [text, subject ?? '', html ?? ''].join('').trim();
  return words === '' && attachments.length === 0;
}
