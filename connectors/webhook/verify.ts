import { createHash, createHmac, timingSafeEqual, verify as verifyEd25519 } from 'node:crypto';
import type { BlockList } from 'node:net';
import { MINUTE, SECOND, newRun } from '../../src/sdk/index.js';
import type { Account, Clock, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { readBody } from './body.js';
import { prepare } from './prepared.js';
import type { Prepared } from './prepared.js';
import type { SignedContent } from './settings-receive.js';
import { hmacBase64 } from './standard-webhooks.js';
import type { StandardKey } from './standard-webhooks.js';

/** A delivery signed longer ago, or further in the future, is a replay or a wrong clock. */
const TOLERANCE = 5 * MINUTE;
/** A header with more entries than any rotation needs is an attempt to make us work. */
const MOST_SIGNATURES = 16;
const LONGEST_HEADER = 4_096;
const LONGEST_KEY = 300;

/** On raw bytes, in constant time; without a secret, or with settings that contradict, nothing is believed. */
export function verify(request: InboundRequest, account: Account, clock: Clock): Verdict {
  const preparation = prepare(account);
  if (!preparation.ok) {
    return reject(403, `the setting “${preparation.setting}” is wrong: ${preparation.why}`);
  }
  const { prepared } = preparation;
  if (request.method !== 'POST') return reject(403, 'deliveries come as POST');
  const origin = refusedOrigin(request, prepared);
  if (origin !== null) return origin;
  switch (prepared.settings.signature) {
    case 'standard-webhooks':
      return verifyStandard(request, prepared, clock.now());
    case 'hmac':
      return verifyHmac(request, prepared, clock.now());
    case 'path-secret':
      return verifyUnsigned(request, prepared);
  }
}

/** The secret in the URL and the list of addresses hold for every scheme where they are set. */
function refusedOrigin(request: InboundRequest, prepared: Prepared): Verdict | null {
  const { pathSecret } = prepared.credentials;
  if (pathSecret !== undefined && !sameText(request.pathSecret ?? '', pathSecret)) {
    return reject(401, 'the secret at the end of the URL is missing or wrong');
  }
  if (prepared.allowFrom !== null && !isAllowed(prepared.allowFrom, request.remoteAddress)) {
    return reject(403, 'the sender’s address is not among the allowed ones');
  }
  return null;
}

function isAllowed(allowed: BlockList, address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  try {
    return allowed.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
  } catch {
    return false;
  }
}

function verifyUnsigned(request: InboundRequest, prepared: Prepared): Verdict {
  if (prepared.credentials.pathSecret === undefined || prepared.allowFrom === null) {
    return reject(
      403,
      'nothing is signed: a secret in the URL and allowed addresses are both needed',
    );
  }
  return verified(request, prepared, null);
}

function verifyStandard(request: InboundRequest, prepared: Prepared, now: number): Verdict {
  if (prepared.standardKeys.length === 0) return noSecret();
  const id = headerOf(request, 'webhook-id');
  const timestamp = headerOf(request, 'webhook-timestamp');
  const header = headerOf(request, 'webhook-signature');
  const refused = unusableId('webhook-id', id) ?? staleness(timestamp, now);
  if (refused !== null) return refused;
  const entries = header.length > LONGEST_HEADER ? [] : header.split(' ', MOST_SIGNATURES);
  const head = `${id}.${timestamp}.`;
  let genuine = false;
  for (const key of prepared.standardKeys) {
    if (isSignedBy(key, entries, head, request.body)) genuine = true;
  }
  return genuine ? verified(request, prepared, id) : forged();
}

function isSignedBy(
  key: StandardKey,
  entries: readonly string[],
  head: string,
  body: Buffer,
): boolean {
  let genuine = false;
  if (key.version === 'v1') {
    const expected = `v1,${hmacBase64(key.key, head, body)}`;
    for (const entry of entries) if (sameText(entry, expected)) genuine = true;
    return genuine;
  }
  for (const entry of entries) {
    const bytes = ed25519Bytes(entry);
    if (bytes === null) continue;
    const content = Buffer.concat([Buffer.from(head), body]);
    if (verifyEd25519(null, content, key.key, bytes)) genuine = true;
  }
  return genuine;
}

/** 64 bytes in the one right spelling of base64. */
function ed25519Bytes(entry: string): Buffer | null {
  if (!entry.startsWith('v1a,')) return null;
  const text = entry.slice('v1a,'.length);
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 64 && bytes.toString('base64') === text ? bytes : null;
}

function verifyHmac(request: InboundRequest, prepared: Prepared, now: number): Verdict {
  const { settings, hmacKeys } = prepared;
  if (hmacKeys.length === 0) return noSecret();
  const { timestampHeader, idHeader } = settings;
  const given = headerOf(request, settings.signatureHeader);
  const timestamp = headerOf(request, timestampHeader);
  const id = headerOf(request, idHeader);
  const refused =
    (idHeader === undefined ? null : unusableId(idHeader, id)) ??
    (timestampHeader === undefined ? null : staleness(timestamp, now));
  if (refused !== null) return refused;
  const head = headOf(settings.signedContent, id, timestamp);
  let genuine = false;
  for (const key of hmacKeys) {
    const digest = createHmac(settings.algorithm, key).update(head).update(request.body);
    const expected = settings.signaturePrefix + digest.digest(settings.encoding);
    if (sameText(given, expected)) genuine = true;
  }
  return genuine ? verified(request, prepared, idHeader === undefined ? null : id) : forged();
}

/** What is signed in front of the body. */
export function headOf(content: SignedContent, id: string, timestamp: string): string {
  switch (content) {
    case 'body':
      return '';
    case 'timestamp.body':
      return `${timestamp}.`;
    case 'id.timestamp.body':
      return `${id}.${timestamp}.`;
    case 'v0:timestamp:body':
      return `v0:${timestamp}:`;
  }
}

function headerOf(request: InboundRequest, name: string | undefined): string {
  return name === undefined ? '' : (request.headers[name] ?? '');
}

/** A dot in the id would let one signed content be read as another. */
function unusableId(header: string, id: string): Verdict | null {
  const usable = id !== '' && id.length <= LONGEST_KEY && !id.includes('.');
  return usable ? null : reject(401, `the ${header} header is missing, too long or holds a dot`);
}

function staleness(timestamp: string, now: number): Verdict | null {
  if (!/^\d{9,13}$/.test(timestamp)) {
    return reject(401, 'the timestamp header is missing or not a Unix time');
  }
  const at = timestamp.length > 11 ? Number(timestamp) : Number(timestamp) * SECOND;
  return Math.abs(now - at) <= TOLERANCE
    ? null
    : reject(401, 'signed more than five minutes before or after this machine’s time');
}

/** The key comes from verified content only: a signed id, a field of the body, or the body itself. */
function verified(request: InboundRequest, prepared: Prepared, id: string | null): Verdict {
  const named = prepared.deliveryKey === null ? null : keyInBody(request.body, prepared);
  const key = named ?? id ?? `sha256:${createHash('sha256').update(request.body).digest('hex')}`;
  return { verdict: 'verified', key };
}

function keyInBody(body: Buffer, prepared: Prepared): string | null {
  const read = readBody(body, prepared.settings.bodyFormat);
  if (!read.ok) return null;
  const value = prepared.deliveryKey?.read(read.value, newRun(read.value));
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= LONGEST_KEY ? text : null;
}

function sameText(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

function noSecret(): Verdict {
  return reject(403, 'no secret is set, so no delivery can be trusted');
}

function forged(): Verdict {
  return reject(401, 'the signature does not match the body and the secret');
}

function reject(status: 401 | 403, why: string): Verdict {
  return { verdict: 'rejected', status, why };
}
