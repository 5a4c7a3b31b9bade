import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';

/**
 * Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks): what is signed is
 * `id.timestamp.body`; `v1` is HMAC-SHA256 with a `whsec_` secret, `v1a` Ed25519 with a `whsk_`/`whpk_` pair.
 */
export interface SignedParts {
  readonly id: string;
  /** Seconds since 1970, as in the header. */
  readonly timestamp: string;
  readonly body: Buffer;
}

/** The `v1` entry of a `webhook-signature` header. */
export function signV1(secret: string, parts: SignedParts): string {
  const key = Buffer.from(withoutPrefix(secret, 'whsec_'), 'base64');
  return `v1,${createHmac('sha256', key).update(signedContent(parts)).digest('base64')}`;
}

/** The `v1a` entry of a `webhook-signature` header. */
export function signV1a(privateKey: string, parts: SignedParts): string {
  return `v1a,${sign(null, signedContent(parts), readPrivateKey(privateKey)).toString('base64')}`;
}

/** Whether one entry of a `webhook-signature` header is a right `v1` or `v1a` for this key. */
export function isSignedWith(key: string, header: string, parts: SignedParts): boolean {
  const entries = header.split(' ').slice(0, 16);
  if (key.startsWith('whpk_')) return entries.some((entry) => isV1a(key, entry, parts));
  const right = Buffer.from(signV1(key, parts));
  return entries.some((entry) => {
    const given = Buffer.from(entry);
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

/** The `whpk_` key that belongs to a `whsk_` key. */
export function publicKeyOf(privateKey: string): string {
  const der = createPublicKey(readPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
  return `whpk_${der.subarray(-KEY_BYTES).toString('base64')}`;
}

const KEY_BYTES = 32;
/** The fixed beginnings of an Ed25519 key in PKCS #8 and SubjectPublicKeyInfo (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A `whsk_` key is the 32-byte seed, or the seed with the public key behind it, in base64. */
function readPrivateKey(privateKey: string): KeyObject {
  const seed = Buffer.from(withoutPrefix(privateKey, 'whsk_'), 'base64').subarray(0, KEY_BYTES);
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
}

function isV1a(publicKey: string, entry: string, parts: SignedParts): boolean {
  if (!entry.startsWith('v1a,')) return false;
  const raw = Buffer.from(withoutPrefix(publicKey, 'whpk_'), 'base64');
  const key = createPublicKey({
    key: Buffer.concat([SPKI_HEAD, raw]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, signedContent(parts), key, Buffer.from(entry.slice('v1a,'.length), 'base64'));
}

function signedContent(parts: SignedParts): Buffer {
  return Buffer.concat([Buffer.from(`${parts.id}.${parts.timestamp}.`), parts.body]);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
