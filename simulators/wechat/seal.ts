import { createCipheriv, createHash } from 'node:crypto';

/** sha1 over the strings, sorted by their bytes and joined; what WeChat puts into the URL. */
export function sign(...strings: readonly string[]): string {
  const sorted = [...strings].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return createHash('sha1').update(sorted.join('')).digest('hex');
}

/** What a sealed message is made of. */
export interface Sealing {
  /** 43 characters. */
  readonly encodingAesKey: string;
  readonly appId: string;
  /** 16 bytes that make two equal messages differ. */
  readonly random: Buffer;
}

/** AES-256-CBC over random ‖ length ‖ message ‖ app id, padded to whole blocks of 32 bytes; base64. */
export function seal(message: Buffer, { encodingAesKey, appId, random }: Sealing): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const plain = Buffer.concat([random, length, message, Buffer.from(appId)]);
  const pad = 32 - (plain.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([plain, Buffer.alloc(pad, pad)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}
