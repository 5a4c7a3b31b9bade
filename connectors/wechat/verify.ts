import { createHash } from 'node:crypto';
import { MINUTE, SECOND } from '../../src/sdk/index.js';
import type { Account, Clock, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { readFields, textOf } from './document.js';
import { aesKeysOf, appIdOf, tokensOf } from './account.js';
import { isSigned, unseal } from './seal.js';

/** How far a signed time may be off. WeChat repeats a delivery for some 20 seconds only, and signs each anew. */
export const TOLERANCE = 5 * MINUTE;

const LONGEST_NONCE = 128;
const LONGEST_ECHO = 1_000;

/** What every request of WeChat carries in its URL. */
interface Stamp {
  readonly timestamp: string;
  readonly nonce: string;
}

/**
 * Checks a handshake or a push. Safe and compatible mode: `msg_signature` covers the sealed message, and only
 * what it covers is believed. Plain mode, where the account is set to it: `signature` covers time and nonce
 * but **not the body**, so the stamp is the delivery's key and another body under it is refused.
 */
export function verify(request: InboundRequest, account: Account, clock: Clock): Verdict {
  const tokens = tokensOf(account);
  if (tokens.length === 0) return reject(403, 'no token is set, so no delivery can be trusted');
  const stamp = stampOf(request.query);
  if (stamp === null) return reject(401, 'timestamp or nonce is missing or malformed');
  if (Math.abs(Number(stamp.timestamp) * SECOND - clock.now()) > TOLERANCE) {
    return reject(401, 'it was signed more than five minutes from now');
  }
  if (request.method === 'GET') return handshake(request.query, tokens, stamp);
  const isSealed =
    request.query.has('msg_signature') || request.query.get('encrypt_type') === 'aes';
  return isSealed
    ? verifySealed(request, account, { tokens, stamp })
    : verifyPlain(request, account, { tokens, stamp });
}

function stampOf(query: URLSearchParams): Stamp | null {
  const timestamp = query.get('timestamp') ?? '';
  const nonce = query.get('nonce') ?? '';
  const fits = /^[1-9]\d{0,11}$/.test(timestamp) && nonce !== '' && nonce.length <= LONGEST_NONCE;
  return fits ? { timestamp, nonce } : null;
}

/** The GET with which the console tries the URL; `echostr` goes back as it came. */
function handshake(query: URLSearchParams, tokens: readonly string[], stamp: Stamp): Verdict {
  const echo = query.get('echostr') ?? '';
  if (echo === '' || echo.length > LONGEST_ECHO) {
    return reject(401, 'a GET without echostr is no handshake');
  }
  if (!isSigned(query.get('signature') ?? '', tokens, stamp.timestamp, stamp.nonce)) {
    return reject(401, 'the signature of the handshake does not match the token');
  }
  return { verdict: 'challenge', answer: { status: 200, type: 'text/plain', body: echo } };
}

interface Claim {
  readonly tokens: readonly string[];
  readonly stamp: Stamp;
}

function verifySealed(
  request: InboundRequest,
  account: Account,
  { tokens, stamp }: Claim,
): Verdict {
  const keys = aesKeysOf(account);
  if (keys.length === 0) {
    return reject(403, 'no EncodingAESKey is set, so no sealed delivery can be opened');
  }
  const read = readFields(request.body);
  const encrypt = read.ok ? textOf(read.fields, 'Encrypt') : '';
  if (encrypt === '') return reject(401, 'a sealed delivery has no Encrypt');
  const offered = request.query.get('msg_signature') ?? '';
  if (!isSigned(offered, tokens, stamp.timestamp, stamp.nonce, encrypt)) {
    return reject(401, 'msg_signature does not match the token and the sealed message');
  }
  const opened = unseal(encrypt, keys, appIdOf(account));
  return opened.ok
    ? { verdict: 'verified', key: `sealed:${sha256(opened.message)}` }
    : reject(401, opened.why);
}

function verifyPlain(
  { query }: InboundRequest,
  account: Account,
  { tokens, stamp }: Claim,
): Verdict {
  if (account.settings['encryption'] !== 'plain') {
    return reject(403, 'a plain delivery, and this account takes sealed ones only');
  }
  if (!isSigned(query.get('signature') ?? '', tokens, stamp.timestamp, stamp.nonce)) {
    return reject(401, 'the signature does not match the token');
  }
  const key = `plain:${stamp.timestamp}:${stamp.nonce}`;
  return { verdict: 'verified', key, bodyUnsigned: true };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function reject(status: 401 | 403, why: string): Verdict {
  return { verdict: 'rejected', status, why };
}
