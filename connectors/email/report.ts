import type { Bounce, BounceRecipient } from './mail.js';
import { contentOf } from './attachments.js';
import { plainAddress } from './mime/addresses.js';
import { first, readHeaderBlock } from './mime/fields.js';
import type { Fields } from './mime/fields.js';
import type { MimePart } from './mime/structure.js';

const MAX_GROUPS = 100;
const MAX_BYTES = 512 * 1024;

export interface Report {
  readonly kind: 'delivery' | 'feedback' | 'disposition';
  /** Groups of fields, separated by empty lines in the part. */
  readonly groups: readonly Fields[];
}

const KINDS: ReadonlyMap<string, Report['kind']> = new Map<string, Report['kind']>([
  ['message/delivery-status', 'delivery'],
  ['message/global-delivery-status', 'delivery'],
  ['message/feedback-report', 'feedback'],
  ['message/disposition-notification', 'disposition'],
  ['message/global-disposition-notification', 'disposition'],
]);

/** The machine-readable part of a report (RFC 3464, 5965, 8098), or null. */
export function readReport(leaves: readonly MimePart[], bytes: Buffer): Report | null {
  for (const part of leaves) {
    const kind = KINDS.get(part.type.value);
    if (kind !== undefined) return { kind, groups: readGroups(contentOf(part, bytes)) };
  }
  return null;
}

export function readGroups(content: Buffer): readonly Fields[] {
  const end = Math.min(content.length, MAX_BYTES);
  const groups: Fields[] = [];
  let at = 0;
  while (at < end && groups.length < MAX_GROUPS) {
    const block = readHeaderBlock(content, at, end);
    if (block.fields.length > 0) groups.push(block.fields);
    at = Math.max(block.bodyStart, at + 1);
  }
  return groups;
}

/** The recipients of a delivery report, each with its action, status and diagnostic. */
export function reportedRecipients(groups: readonly Fields[]): readonly BounceRecipient[] {
  return groups
    .filter((group) => isRecipient(group))
    .map((group) => ({
      address:
        typedAddress(first(group, 'final-recipient')) ||
        typedAddress(first(group, 'original-recipient')),
      action: (first(group, 'action').toLowerCase().split(' ')[0] ?? '').slice(0, 20),
      status: /\d\.\d{1,3}\.\d{1,3}/.exec(first(group, 'status').slice(0, 100))?.[0] ?? '',
      diagnostic: afterType(first(group, 'diagnostic-code')).slice(0, 500),
    }));
}

function isRecipient(group: Fields): boolean {
  return group.some(
    ({ name }) => name === 'final-recipient' || name === 'action' || name === 'original-recipient',
  );
}

/** `rfc822; a@b` → `a@b`. */
function typedAddress(value: string): string {
  const bare = afterType(value).replaceAll(/[<>]/g, '').trim();
  return plainAddress(bare) ?? bare.slice(0, 254);
}

function afterType(value: string): string {
  const semicolon = value.indexOf(';');
  return (semicolon < 0 ? value : value.slice(semicolon + 1)).trim();
}

/** Message-ID of the returned mail: from its attached header, else from the text below the report. */
export function originalMessageId(
  leaves: readonly MimePart[],
  bytes: Buffer,
  text: string,
): string | null {
  for (const part of leaves) {
    if (!isReturnedMail(part)) continue;
    const content = contentOf(part, bytes);
    const { fields } = readHeaderBlock(content, 0, Math.min(content.length, MAX_BYTES));
    const id = firstId(first(fields, 'message-id'));
    if (id !== null) return id;
  }
  return idInText(text) ?? idInAttachedText(leaves, bytes);
}

function isReturnedMail(part: MimePart): boolean {
  const { value } = part.type;
  return (
    value === 'message/rfc822' ||
    value === 'message/global' ||
    value === 'text/rfc822-headers' ||
    value === 'message/rfc822-headers' ||
    value === 'text/rfc822-header' ||
    value === 'message/partial'
  );
}

/** Some systems attach the returned header as a text file. */
function idInAttachedText(leaves: readonly MimePart[], bytes: Buffer): string | null {
  for (const part of leaves.slice(0, 20)) {
    if (part.type.value !== 'text/plain') continue;
    const id = idInText(contentOf(part, bytes).toString('latin1', 0, 64 * 1024));
    if (id !== null) return id;
  }
  return null;
}

function idInText(text: string): string | null {
  for (const line of text.split('\n')) {
    const bare = line.replace(/^[\s>|]{0,20}/, '');
    if (bare.slice(0, 11).toLowerCase() === 'message-id:') {
      const id = firstId(bare.slice(11));
      if (id !== null) return id;
    }
  }
  return null;
}

function firstId(value: string): string | null {
  const open = value.indexOf('<');
  const close = value.indexOf('>', open + 1);
  if (open < 0 || close < 0 || close - open > 990) return null;
  return value.slice(open, close + 1).replaceAll(' ', '');
}

export function asBounce(recipients: readonly BounceRecipient[], id: string | null): Bounce {
  return { recipients: recipients.slice(0, MAX_GROUPS), originalMessageId: id };
}
