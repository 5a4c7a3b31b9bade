import { isDeepStrictEqual } from 'node:util';
import type { Decoded, Envelope, InboundRequest } from '../inbound.js';
import type { Bench } from './check.js';
import type { Fixture } from './subject.js';

/** A request as the core would keep it: allow-listed headers only. */
export function envelopeOf(bench: Bench, request: InboundRequest, key: string): Envelope {
  const { connector, subject } = bench;
  const kept = connector.definition.headers.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    id: 1,
    connection: subject.account.id,
    key,
    body: request.body,
    type: request.headers['content-type'] ?? '',
    notes: Object.fromEntries(kept),
    query: request.query.toString(),
    receivedAt: subject.now,
  };
}

export function envelopeOfFixture(bench: Bench, fixture: Fixture): Envelope {
  const { account, now } = bench.subject;
  const { arrival } = fixture;
  return {
    id: 1,
    connection: account.id,
    key: arrival.key ?? `fixture:${fixture.name}`,
    body: arrival.body,
    type: arrival.type ?? '',
    notes: arrival.notes ?? {},
    query: arrival.query ?? '',
    receivedAt: arrival.receivedAt ?? now,
  };
}

export async function decodeOf(bench: Bench, envelope: Envelope): Promise<Decoded> {
  return bench.connector.decode(envelope, bench.subject.account);
}

/** Whether two deliveries say the same once decoded. */
export async function sameMeaning(
  bench: Bench,
  one: InboundRequest,
  other: InboundRequest,
): Promise<boolean> {
  const left = await decodeOf(bench, envelopeOf(bench, one, 'same'));
  const right = await decodeOf(bench, envelopeOf(bench, other, 'same'));
  return isDeepStrictEqual(left, right);
}
