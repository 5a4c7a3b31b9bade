import { isDeepStrictEqual } from 'node:util';
import type { Account, InboundRequest, Verdict } from '../inbound.js';
import type { Bench } from './check.js';
import { sameMeaning } from './envelopes.js';
import type { Place, WebhookSubject } from './subject.js';

/** What `verify` says, or the sentence it threw. */
export function verdictOf(
  bench: Bench,
  request: InboundRequest,
  at: { readonly account?: Account; readonly now?: number } = {},
): Verdict | string {
  const { connector, subject } = bench;
  const clock = { now: () => at.now ?? subject.now };
  try {
    const verdict = connector.verify?.(request, at.account ?? subject.account, clock);
    return verdict ?? 'there is no verify';
  } catch (error) {
    return `verify threw: ${String(error).slice(0, 200)}`;
  }
}

/** Null when the forgery was turned away with 401 or 403, else what happened instead. */
export function refusalFault(verdict: Verdict | string): string | null {
  if (typeof verdict === 'string') return verdict;
  if (verdict.verdict !== 'rejected') return `${verdict.verdict}, and had to be rejected`;
  if (![401, 403].includes(verdict.status)) return `rejected with ${String(verdict.status)}`;
  return verdict.why === '' ? 'rejected without saying why' : null;
}

/**
 * For changes that a scheme may leave unsigned, or that mean the same: the delivery is turned away,
 * or it is the same delivery and says the same.
 */
export async function sameOrRefused(
  bench: Bench,
  original: InboundRequest,
  changed: InboundRequest,
): Promise<string | null> {
  const verdict = verdictOf(bench, changed);
  if (typeof verdict === 'string' || verdict.verdict === 'rejected') return refusalFault(verdict);
  const genuine = verdictOf(bench, original);
  if (!isDeepStrictEqual(verdict, genuine)) return 'accepted as another delivery';
  return (await sameMeaning(bench, original, changed))
    ? null
    : 'accepted as the same delivery although it says something else';
}

export function readPlace(request: InboundRequest, place: Place): string {
  if (place.in === 'path') return request.pathSecret ?? '';
  const value = place.in === 'header' ? request.headers[place.name] : request.query.get(place.name);
  return value ?? '';
}

/** The request with this in that place; null takes the place away. */
export function withPlace(
  request: InboundRequest,
  place: Place,
  value: string | null,
): InboundRequest {
  if (place.in === 'path') return { ...request, pathSecret: value };
  if (place.in === 'query') return withQuery(request, place.name, value);
  const { [place.name]: _old, ...rest } = request.headers;
  return { ...request, headers: value === null ? rest : { ...rest, [place.name]: value } };
}

/** Changes one query parameter, in the URL and in what was read from it. */
export function withQuery(
  request: InboundRequest,
  name: string,
  value: string | null,
): InboundRequest {
  const url = new URL(request.url);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return { ...request, url: url.href, query: url.searchParams };
}

/** The genuine delivery of one of the subject's bodies. */
export function genuine(bench: Bench, index = 0): InboundRequest {
  const { webhook, account, now } = bench.subject;
  const body = webhook?.bodies[index];
  if (webhook === undefined || body === undefined) throw new Error('the subject brings no webhook');
  return webhook.sign(body, now, account);
}

export function webhookOf(bench: Bench): WebhookSubject {
  const { webhook } = bench.subject;
  if (webhook === undefined) {
    throw new Error('the connector verifies and the subject brings no webhook');
  }
  return webhook;
}

/** An account that lacks, or has blanked, the secrets without which nothing may be believed. */
export function withSecrets(bench: Bench, value: unknown): Account {
  const { account } = bench.subject;
  const blanked = webhookOf(bench).secrets.map((name) => [name, value] as const);
  return { ...account, credentials: { ...account.credentials, ...Object.fromEntries(blanked) } };
}

export function flipBit(bytes: Buffer, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  const at = bit >> 3;
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}
