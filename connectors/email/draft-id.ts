import { createHash } from 'node:crypto';
import { first } from './mime/fields.js';
import type { ReadMail } from './read.js';
import { shortHash } from './token.js';

/** Longer Message-IDs are named by their hash. */
const LONGEST = 300;

/**
 * Message-ID with a hash of From, Date and content: the same mail in two folders is one message, and
 * a stranger who sends first with a known Message-ID does not suppress the real mail.
 */
export function draftId(read: ReadMail, messageId: string | null): string {
  const hash = createHash('sha256');
  for (const part of [first(read.fields, 'from'), first(read.fields, 'date'), read.body.fullText]) {
    hash.update(`${part.length}\n${part}\n`);
  }
  for (const { sha256 } of read.attachments) hash.update(sha256);
  const name = messageId ?? `<none:${shortHash(first(read.fields, 'subject'), 12)}>`;
  const short = name.length > LONGEST ? `<long:${shortHash(name, 20)}>` : name;
  return `${short}#${hash.digest('hex').slice(0, 16)}`;
}
