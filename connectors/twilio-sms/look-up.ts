import { failed, MINUTE, readJson, SECOND, sent } from '../../src/sdk/index.js';
import type { Context, HttpResult, Outcome } from '../../src/sdk/index.js';
import { callTwilio } from './client.js';
import { failureOf } from './failures.js';
import type { Payload } from './render.js';
import { configOf } from './settings.js';

/** When an uncertain request was on its way; milliseconds UTC of the hub's clock. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
}

const PAGE = 100;
/** Twilio's times have no fractions, and its clock is read from an answer's Date header. */
const TOLERANCE = 5 * SECOND;
/** A request may be worked on after we gave up waiting; only then does absence mean "not processed". */
const SETTLING = 2 * MINUTE;

/**
 * What became of an uncertain message: the newest messages to this customer are read, and the only
 * one with exactly this text from the time of the send is it. None at all to this customer in that
 * time: it was not processed. Anything else (several, or another text) is left to a person.
 */
export async function lookUp(
  context: Context,
  payload: Payload,
  attempt: Attempt | null,
): Promise<Outcome | null> {
  const read = configOf(context.account());
  if (!read.ok) return null;
  const result = await callTwilio(context, read.config, (client) =>
    client.messages.list({
      to: payload.to,
      // A number that only the settings name may have been another one at the send.
      ...(payload.our?.includes('+') === true ? { from: payload.our } : {}),
      pageSize: PAGE,
      limit: PAGE,
    }),
  );
  const listed = messagesOf(result);
  if (listed === null) return null;
  const now = context.clock.now();
  const skew = listed.platformNow === null ? 0 : listed.platformNow - now;
  const from = (attempt?.startedAt ?? payload.composedAt) + skew - TOLERANCE;
  const until = (attempt === null ? now : attempt.endedAt + SETTLING) + skew + TOLERANCE;
  const within = listed.messages.filter(
    (one) => one.to === payload.to && one.createdAt >= from && one.createdAt <= until,
  );
  if (within.length > 0) return matchOf(within, payload.text);
  const isSettled = now >= (attempt?.endedAt ?? payload.composedAt) + SETTLING;
  return listed.reachesBackTo(from) && isSettled
    ? failed({ kind: 'transient', why: 'Twilio has no message from the time of the send' })
    : null;
}

function matchOf(candidates: readonly Listed[], text: string): Outcome | null {
  const same = candidates.filter((one) => one.body === text);
  const [only] = same;
  if (only === undefined || same.length > 1) return null;
  const failure = only.errorCode === null ? null : failureOf(only.errorCode);
  return failure === null ? sent(only.sid, 'awaitReceipt') : failed(failure);
}

interface Listed {
  readonly sid: string;
  readonly to: unknown;
  readonly body: string;
  readonly createdAt: number;
  readonly errorCode: number | null;
}

interface Listing {
  readonly messages: readonly Listed[];
  readonly platformNow: number | null;
  readonly reachesBackTo: (time: number) => boolean;
}

function messagesOf(result: HttpResult): Listing | null {
  if (result.kind !== 'answer' || result.status !== 200) return null;
  const read = readJson(result.body);
  const list = read.ok ? (read.value as { messages?: unknown } | null)?.messages : undefined;
  if (!Array.isArray(list)) return null;
  const messages = list.map(toListed).filter((one) => one !== null);
  if (messages.length < list.filter(isOutgoing).length) return null;
  const date = Date.parse(result.headers['date'] ?? '');
  return {
    messages,
    platformNow: Number.isNaN(date) ? null : date,
    reachesBackTo: (time) => list.length < PAGE || messages.some((one) => one.createdAt < time),
  };
}

function isOutgoing(item: unknown): boolean {
  const direction = (item as { direction?: unknown } | null)?.direction;
  return typeof direction === 'string' && direction.startsWith('outbound');
}

function toListed(item: unknown): Listed | null {
  if (!isOutgoing(item)) return null;
  const { sid, to, body, date_created, error_code } = item as Record<string, unknown>;
  const createdAt = typeof date_created === 'string' ? Date.parse(date_created) : NaN;
  if (typeof sid !== 'string' || Number.isNaN(createdAt)) return null;
  return {
    sid,
    to,
    body: typeof body === 'string' ? body : '',
    createdAt,
    errorCode: typeof error_code === 'number' ? error_code : null,
  };
}
