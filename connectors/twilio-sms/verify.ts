import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Account, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { firstValues, readForm } from './form.js';
import type { FormPairs } from './form.js';
import { statusOf } from './status.js';

/** base64 of 20 bytes. */
const SIGNATURE_LENGTH = 28;

/**
 * Checks `X-Twilio-Signature`: base64 of HMAC-SHA1 with the auth token over the public URL followed
 * by every form parameter, sorted by name, as name and value without separators. Where the URL
 * carries `bodySHA256` the URL alone is signed and the body has to have that hash.
 * Source: https://www.twilio.com/docs/usage/security#validating-requests
 */
export function verify(request: InboundRequest, account: Account): Verdict {
  const tokens = authTokens(account);
  if (tokens.length === 0) {
    return reject(403, 'no auth token is set, so no delivery can be trusted');
  }
  const offered = request.headers['x-twilio-signature'];
  if (offered?.length !== SIGNATURE_LENGTH) {
    return reject(401, 'the X-Twilio-Signature header is missing or malformed');
  }
  const hash = bodyHashOf(request.url);
  const pairs = hash === null ? readForm(request.body) : [];
  if (pairs === null) return reject(401, 'the form has more parameters than Twilio ever sends');
  const signed = signedParameters(pairs);
  if (!isGenuine({ offered, tokens, signed, url: request.url })) {
    return reject(401, 'the signature does not match the public URL, the body and the auth token');
  }
  if (hash !== null && !sameText(sha256(request.body), hash)) {
    return reject(401, 'the body does not have the signed bodySHA256');
  }
  return { verdict: 'verified', key: deliveryKey(request, pairs) };
}

/** Both tokens are valid while Twilio's own rotation runs. API key secrets never sign. */
function authTokens(account: Account): readonly string[] {
  const { authToken, previousAuthToken } = account.credentials;
  return [authToken, previousAuthToken].filter(
    (token): token is string => typeof token === 'string' && token.trim() !== '',
  );
}

/** A name sent twice contributes its distinct values in order, as Twilio's own validators do. */
function signedParameters(pairs: FormPairs): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) {
    const known = values.get(name);
    if (known === undefined) values.set(name, new Set([value]));
    else known.add(value);
  }
  let text = '';
  for (const name of [...values.keys()].sort()) {
    for (const value of [...(values.get(name) ?? [])].sort()) text += name + value;
  }
  return text;
}

interface Claim {
  readonly offered: string;
  readonly tokens: readonly string[];
  readonly url: string;
  readonly signed: string;
}

/** Twilio signs the URL with or without the port, depending on the product: both are tried, always all. */
function isGenuine({ offered, tokens, url, signed }: Claim): boolean {
  let genuine = false;
  for (const token of tokens) {
    for (const spelling of portSpellings(url)) {
      const expected = createHmac('sha1', token).update(`${spelling}${signed}`).digest('base64');
      if (sameText(expected, offered)) genuine = true;
    }
  }
  return genuine;
}

const AUTHORITY = /^(https?):\/\/([^/?#]*)/i;

function portSpellings(url: string): readonly string[] {
  const match = AUTHORITY.exec(url);
  if (match === null) return [url];
  const [prefix, scheme = '', authority = ''] = match;
  const colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
  const rest = url.slice(prefix.length);
  const host = colon === -1 ? authority : authority.slice(0, colon);
  const standard = scheme.toLowerCase() === 'https' ? ':443' : ':80';
  const port = colon === -1 ? standard : authority.slice(colon);
  return [`${scheme}://${host}${rest}`, `${scheme}://${host}${port}${rest}`];
}

function bodyHashOf(url: string): string | null {
  const question = url.indexOf('?');
  if (question === -1) return null;
  return new URLSearchParams(url.slice(question + 1)).get('bodySHA256');
}

/**
 * Out of signed content only: the header `I-Twilio-Idempotency-Token` is not signed, and a replay
 * with another one has to be the same delivery (the class of CVE-2026-32053).
 */
function deliveryKey(request: InboundRequest, pairs: FormPairs): string {
  // Whichever of the two is read as the message; the method is not signed and must not decide.
  const read = request.body.length > 0 ? pairs : readForm(Buffer.from(request.query.toString()));
  const values = firstValues(read ?? []);
  const sid = values['MessageSid'] ?? values['SmsSid'] ?? '';
  const status = statusOf(values);
  if (sid !== '') return status === null ? sid : `${sid}#${status}`;
  return `sha256:${sha256(Buffer.concat([Buffer.from(`${request.url}\n`), request.body]))}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function reject(status: 401 | 403, why: string): Verdict {
  return { verdict: 'rejected', status, why };
}
