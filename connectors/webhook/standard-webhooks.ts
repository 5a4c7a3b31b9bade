import { createHmac, createPrivateKey, createPublicKey, createSecretKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * Keys and signatures of Standard Webhooks 1.0.0: signed is `id.timestamp.body`; `v1` is
 * HMAC-SHA256 with `whsec_` + base64 of 24 to 64 bytes, `v1a` Ed25519 with `whsk_` / `whpk_` keys.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export type StandardKey =
  | { readonly version: 'v1'; readonly key: KeyObject }
  | { readonly version: 'v1a'; readonly key: KeyObject };

export type KeyRead =
  { readonly ok: true; readonly key: StandardKey } | { readonly ok: false; readonly why: string };

const ED25519_BYTES = 32;
/** The fixed beginnings of an Ed25519 key in PKCS #8 and SubjectPublicKeyInfo (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** The key that checks deliveries: `whsec_…`, `whpk_…`, or a `whsec_` secret without its prefix. */
export function readCheckingKey(text: string): KeyRead {
  const { prefix, bytes } = split(text);
  if (prefix === 'whpk_') {
    if (bytes.length !== ED25519_BYTES) return { ok: false, why: 'whpk_ is followed by 32 bytes' };
    const der = Buffer.concat([SPKI_HEAD, bytes]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return { ok: true, key: { version: 'v1a', key } };
  }
  if (prefix === 'whsk_') {
    return { ok: false, why: 'whsk_ signs; deliveries are checked with whpk_' };
  }
  return secretKey(bytes);
}

/** The key that signs what we send: `whsec_…` or `whsk_…`. */
export function readSigningKey(text: string): KeyRead {
  const { prefix, bytes } = split(text);
  if (prefix === 'whpk_') return { ok: false, why: 'whpk_ only checks; sending needs whsk_' };
  if (prefix !== 'whsk_') return secretKey(bytes);
  // Some tools write the seed alone, others the seed and the public key behind it.
  if (bytes.length !== ED25519_BYTES && bytes.length !== 2 * ED25519_BYTES) {
    return { ok: false, why: 'whsk_ is followed by 32 or 64 bytes' };
  }
  const der = Buffer.concat([PKCS8_HEAD, bytes.subarray(0, ED25519_BYTES)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { ok: true, key: { version: 'v1a', key } };
}

function secretKey(bytes: Buffer): KeyRead {
  if (bytes.length < 24 || bytes.length > 64) {
    return { ok: false, why: 'whsec_ is followed by 24 to 64 bytes in base64' };
  }
  return { ok: true, key: { version: 'v1', key: createSecretKey(bytes) } };
}

function split(text: string): { readonly prefix: string; readonly bytes: Buffer } {
  const prefix = ['whsec_', 'whpk_', 'whsk_'].find((known) => text.startsWith(known)) ?? '';
  return { prefix, bytes: Buffer.from(text.slice(prefix.length), 'base64') };
}

/** One entry of `webhook-signature`. */
export function signStandard(key: StandardKey, head: string, body: Buffer): string {
  if (key.version === 'v1') return `v1,${hmacBase64(key.key, head, body)}`;
  const content = Buffer.concat([Buffer.from(head), body]);
  return `v1a,${sign(null, content, key.key).toString('base64')}`;
}

export function hmacBase64(key: KeyObject, head: string, body: Buffer): string {
  return createHmac('sha256', key).update(head).update(body).digest('base64');
}
