import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { problem, type Answer } from './answer.js';
import type { Caller } from './auth.js';
import type { Parts } from './hub.js';
import { keepAnswer, keptAnswer, takeKey, type Once } from '../store/idempotency.js';

const KEY_CHARACTERS = 200;

/** The header that makes a request safe to send again. */
export const idempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .max(KEY_CHARACTERS)
    .optional()
    .meta({ description: 'Any text of your own, a new one for each request' }),
});

export const idempotencyAnswers = {
  409: { description: 'It needs a confirmation; or the same Idempotency-Key is being worked on' },
  422: { description: 'It cannot leave, and why; or the Idempotency-Key was used otherwise' },
} as const;

interface Asking {
  readonly request: Request;
  readonly caller: Caller;
  /** Everything that tells this request from another, as JSON. */
  readonly content: unknown;
}

export interface OnceRule<T> {
  /** What the keys of one token are told apart by: the same key may name a reply and a ticket. */
  readonly scope: string;
  /** The answer to what was done; given again, word for word, to whoever asks again. */
  readonly answer: (done: T, headers?: Readonly<Record<string, string>>) => Answer;
}

/** Does the act, keeping in the same transaction what was done; null: the key was taken meanwhile. */
type Act<T> = (once: Once<T> | null) => Promise<Answer | null>;

/** One act a key, however often it is asked for; one request at a time works on it. */
export function onceByKey<T>(
  { house }: Parts,
  { scope: what, answer }: OnceRule<T>,
): (asking: Asking, act: Act<T>) => Promise<Answer> {
  const { store, clock } = house;
  const inFlight = new Set<string>();

  async function repeated(scope: string, key: string, request: string): Promise<Answer | null> {
    const kept = await store.read(() => keptAnswer(scope, key));
    if (kept === undefined) return null;
    return kept.request === request
      ? answer(JSON.parse(kept.response) as T, { 'idempotent-replayed': 'true' })
      : problem(
          'keyReused',
          'this Idempotency-Key came with another request before: take a new one',
        );
  }

  async function actOnce(scope: string, key: string, content: unknown, act: Act<T>) {
    const request = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    const once: Once<T> = {
      take: () => takeKey(scope, key, request, clock.now()),
      keep: (done) => keepAnswer(scope, key, JSON.stringify(done)),
    };
    const before = await repeated(scope, key, request);
    return before ?? (await act(once)) ?? (await repeated(scope, key, request)) ?? inUse();
  }

  return async ({ request, caller, content }, act) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return (await act(null)) ?? never();
    if (typeof key !== 'string' || key === '' || key.length > KEY_CHARACTERS) {
      return problem('badRequest', `Idempotency-Key has 1 to ${KEY_CHARACTERS} characters`);
    }
    const scope = `${what}:token ${caller.token}`;
    const flight = `${scope} ${key}`;
    if (inFlight.has(flight)) return inUse();
    inFlight.add(flight);
    try {
      return await actOnce(scope, key, content, act);
    } finally {
      inFlight.delete(flight);
    }
  };
}

const inUse = (): Answer =>
  problem(
    'conflict',
    'a request with this Idempotency-Key is being worked on: ask again in a moment',
    {},
    { 'retry-after': '1' },
  );

function never(): Answer {
  throw new Error('a request without a key cannot find its key taken');
}
