import { createHash } from 'node:crypto';

/**
 * An id of somebody else's making in the room an index has: Postgres refuses index entries beyond
 * 2,704 bytes, and one of them may hold two ids.
 */
export const KEY_BYTES = 1_000;
const CONTINUES = 0x80;

/** How the key of a conversation begins that an agent began: no platform has named it yet. */
export const OWN_KEY = 'agent';

export const fitsKey = (text: string): boolean =>
  text.length * 3 <= KEY_BYTES || Buffer.byteLength(text) <= KEY_BYTES;

/** The id itself, or when it is too long its beginning and its hash: two long ids never become one. */
export function boundedKey(text: string): string {
  if (fitsKey(text)) return text;
  const hash = `#${createHash('sha256').update(text).digest('hex')}`;
  const bytes = Buffer.from(text);
  let end = KEY_BYTES - hash.length;
  // Never in the middle of a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === CONTINUES) end -= 1;
  return bytes.toString('utf8', 0, end) + hash;
}
