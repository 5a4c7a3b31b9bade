import {
  MINUTE,
  SECOND,
  failed,
  newRun,
  readJson,
  sent,
  uncertain,
  isTruth,
} from '../../src/sdk/index.js';
import type { Failure, HttpResult, Outcome } from '../../src/sdk/index.js';
import type { ErrorLine, SendPlan } from './send-plan.js';
import type { Meaning } from './settings-send.js';

type Answer = Extract<HttpResult, { kind: 'answer' }>;

/** What a status means where the connection's own table says nothing; RFC 9110 and Standard Webhooks. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: 'content',
  401: 'unauthorised',
  403: 'unauthorised',
  404: 'recipientGone',
  405: 'misconfigured',
  408: 'rateLimited',
  410: 'recipientGone',
  413: 'content',
  415: 'misconfigured',
  422: 'content',
  425: 'rateLimited',
  429: 'rateLimited',
  // “Currently unable to handle the request”: the one server error that says it was not processed.
  503: 'transient',
};

/** What a status says about our own settings, where the table of errors has no words for it. */
const HINTS: Readonly<Record<number, string>> = {
  405: ': “sendUrl” does not take this method; mend “sendUrl” or “sendMethod”',
  415: ': “sendUrl” does not take JSON; mend “sendUrl” or “sendHeaders”',
};

/** A pause when the other side names none, and the longest that is believed. */
const DEFAULT_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 24 * 60 * MINUTE;

/** What became of a send: the connection's error table over status and body, then the status alone. */
export function outcomeOf(result: HttpResult, plan: SendPlan, now: number): Outcome {
  const repeatable = plan.prepared.settings.idempotent;
  switch (result.kind) {
    case 'notSent':
      return result.cause === 'forbidden'
        ? failed({ kind: 'misconfigured', setting: 'sendUrl', why: result.why })
        : failed({ kind: 'transient', why: `no connection: ${result.why}` });
    case 'unanswered':
      return unknown(`no answer came: ${result.why}`, repeatable);
    case 'answer':
      return outcomeOfAnswer(result, plan, now);
  }
}

function outcomeOfAnswer(answer: Answer, plan: SendPlan, now: number): Outcome {
  const seen = { status: answer.status, body: jsonOf(answer) };
  const line = plan.errors.find(({ when }) => isTruth(when.read(seen, newRun(seen))));
  const means = line?.means ?? meaningOf(answer.status);
  const said = line === undefined || line.why === '' ? '' : `: ${line.why}`;
  const why = `HTTP ${answer.status}${said === '' ? (HINTS[answer.status] ?? '') : said}`;
  if (means === 'sent') return taken(externalIdOf(seen, plan), plan);
  if (means === 'uncertain') return unknown(why, plan.prepared.settings.idempotent);
  return failed(failureOf(means, { why, until: now + pauseOf(answer, seen, line, now) }));
}

/** Where a repeat is taken once only, what may have happened may simply be tried again. */
function unknown(why: string, repeatable: boolean): Outcome {
  return repeatable ? failed({ kind: 'transient', why }) : uncertain(why);
}

function meaningOf(status: number): Meaning {
  const named = BY_STATUS[status];
  if (named !== undefined) return named;
  if (status >= 200 && status < 300) return 'sent';
  if (status >= 300 && status < 400) return 'misconfigured';
  return status >= 400 && status < 500 && status !== 409 ? 'content' : 'uncertain';
}

function failureOf(
  means: Exclude<Meaning, 'sent' | 'uncertain'>,
  { why, until }: { readonly why: string; readonly until: number },
): Failure {
  switch (means) {
    case 'transient':
    case 'unauthorised':
      return { kind: means, why };
    case 'rateLimited':
      return { kind: 'rateLimited', retryAt: until, why };
    case 'windowClosed':
      return { kind: 'windowClosed', until: null, why };
    case 'misconfigured':
      return { kind: 'misconfigured', setting: 'sendUrl', why };
    case 'recipientGone':
    case 'optedOut':
    case 'content':
    case 'permission':
      return { kind: 'refused', cause: means, why };
  }
}

/** Without an id no receipt could ever name the message: then nothing more is waited for. */
function taken(externalId: string | null, plan: SendPlan): Outcome {
  const awaits = plan.prepared.settings.receipts && externalId !== null;
  return sent(externalId, awaits ? 'awaitReceipt' : 'final');
}

interface Seen {
  readonly status: number;
  readonly body: unknown;
}

/** JSON, or the text it is. */
function jsonOf(answer: Answer): unknown {
  const read = readJson(answer.body);
  return read.ok ? read.value : answer.body.toString('utf8').slice(0, 2_000).toWellFormed();
}

const LONGEST_ID = 1_000;

function externalIdOf(seen: Seen, plan: SendPlan): string | null {
  const value = plan.externalId?.read(seen, newRun(seen));
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= LONGEST_ID ? text : null;
}

/** The table's selector in seconds, else `Retry-After` in seconds or as a date. */
function pauseOf(answer: Answer, seen: Seen, line: ErrorLine | undefined, now: number): number {
  const named: unknown = line?.retryAfter?.read(seen, newRun(seen));
  const given = typeof named === 'number' || typeof named === 'string' ? named : null;
  const header = answer.headers['retry-after']?.trim() ?? '';
  const value = given ?? (header === '' ? null : header);
  if (value === null) return DEFAULT_PAUSE;
  const seconds = Number(value);
  const pause = Number.isNaN(seconds) ? Date.parse(String(value)) - now : seconds * SECOND;
  return pause >= 0 ? Math.min(pause, LONGEST_PAUSE) : DEFAULT_PAUSE;
}
