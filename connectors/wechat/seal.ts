import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

/** Padding goes up to 32 bytes although the cipher's own block has 16. */
const BLOCK = 32;
const RANDOM = 16;
const LENGTH = 4;

/**
 * WeChat's signature: sha1, in hexadecimal, over the byte-wise sorted strings joined without separator.
 * Source: developers.weixin.qq.com, "接入概述" and "消息加解密说明".
 */
export function signatureOf(...strings: readonly string[]): string {
  const sorted = strings.map((text) => Buffer.from(text)).sort((a, b) => Buffer.compare(a, b));
  return createHash('sha1').update(Buffer.concat(sorted)).digest('hex');
}

/** Whether any of the tokens made this signature over the strings; all are tried, in constant time. */
export function isSigned(
  offered: string,
  tokens: readonly string[],
  ...strings: readonly string[]
): boolean {
  const given = Buffer.from(offered);
  let genuine = false;
  for (const token of tokens) {
    const expected = Buffer.from(signatureOf(token, ...strings));
    if (expected.length === given.length && timingSafeEqual(expected, given)) genuine = true;
  }
  return genuine;
}

export type Unsealed =
  { readonly ok: true; readonly message: Buffer } | { readonly ok: false; readonly why: string };

/**
 * Opens an `Encrypt` with the first of the keys (EncodingAESKey, 43 characters) that fits: AES-256-CBC, its
 * initial vector the key's first half; inside stand 16 random bytes, the length in 4 bytes, the message and
 * the app id, which has to be ours. Never throws.
 */
export function unseal(encrypt: string, keys: readonly string[], appId: string): Unsealed {
  const sealed = Buffer.from(encrypt, 'base64');
  if (sealed.length === 0 || sealed.length % 16 !== 0) {
    return { ok: false, why: 'Encrypt is no whole number of cipher blocks' };
  }
  for (const key of keys) {
    const message = messageIn(decrypted(sealed, key), appId);
    if (message !== null) return { ok: true, message };
  }
  return { ok: false, why: 'no EncodingAESKey opens this message for this app id' };
}

function decrypted(sealed: Buffer, encodingAesKey: string): Buffer {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  if (key.length !== 32) return Buffer.alloc(0);
  const cipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

function messageIn(padded: Buffer, appId: string): Buffer | null {
  const pad = padded.at(-1) ?? 0;
  const end = padded.length - pad;
  if (pad < 1 || pad > BLOCK || end < RANDOM + LENGTH) return null;
  if (padded.subarray(end).some((byte) => byte !== pad)) return null;
  const start = RANDOM + LENGTH;
  const stop = start + padded.readUInt32BE(RANDOM);
  if (stop > end) return null;
  return padded.subarray(stop, end).equals(Buffer.from(appId))
    ? padded.subarray(start, stop)
    : null;
}
