import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MacKey } from './inbound.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Lower-case base32 without padding: survives e-mail addresses, which fold case. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((value >>> bits) & 31);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text;
}

/**
 * The MAC of a token: HMAC-SHA256 over `<purpose>:v1:<subject>`, first 15 bytes, base32 (24
 * characters, 120 bits). `purpose` keeps a visitor's token from being a reply token.
 */
export function mac(key: string, purpose: string, subject: string): string {
  const digest = createHmac('sha256', key).update(`${purpose}:v1:${subject}`).digest();
  return base32(digest.subarray(0, 15));
}

/** Signs with the newest key. */
export function mintMac(keys: readonly MacKey[], purpose: string, subject: string): string {
  const newest = keys[0];
  if (newest === undefined) throw new Error('a connection without MAC keys cannot mint tokens');
  return mac(newest.key, purpose, subject);
}

/** True when any current key signed it; constant time, case-insensitive, never throws. */
export function checkMac(
  keys: readonly MacKey[],
  purpose: string,
  subject: string,
  given: string,
): boolean {
  const offered = Buffer.from(given.toLowerCase());
  let genuine = false;
  for (const { key } of keys) {
    const expected = Buffer.from(mac(key, purpose, subject));
    if (expected.length === offered.length && timingSafeEqual(expected, offered)) genuine = true;
  }
  return genuine;
}
