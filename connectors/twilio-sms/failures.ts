import { failed, readJson, SECOND, sent, uncertain } from '../../src/sdk/index.js';
import type { Failure, HttpResult, Outcome } from '../../src/sdk/index.js';

type Answer = Extract<HttpResult, { kind: 'answer' }>;

const transient = (why: string): Failure => ({ kind: 'transient', why });
const unauthorised = (why: string): Failure => ({ kind: 'unauthorised', why });
const gone = (why: string): Failure => ({ kind: 'refused', cause: 'recipientGone', why });
const content = (why: string): Failure => ({ kind: 'refused', cause: 'content', why });
const permission = (why: string): Failure => ({ kind: 'refused', cause: 'permission', why });
const setting = (name: string, why: string): Failure => ({
  kind: 'misconfigured',
  setting: name,
  why,
});
/** `retryAt` is filled in from the answer's headers, see {@link outcomeOf}. */
const limited = (why: string): Failure => ({ kind: 'rateLimited', retryAt: 0, why });

/**
 * Twilio's error codes, from an API answer or from the `ErrorCode` of a status callback.
 * Source: https://www.twilio.com/docs/api/errors
 */
const FAILURES: Readonly<Record<number, Failure>> = {
  14107: limited('Twilio limits how fast this account sends'),
  20003: unauthorised('Twilio refused the auth token or API key'),
  20005: setting('accountSid', 'the Twilio account is not active'),
  20006: unauthorised('the API key may not send messages'),
  20404: setting('accountSid', 'Twilio knows no such account'),
  20429: limited('Twilio received too many requests'),
  20503: transient('Twilio is unavailable'),
  21211: gone('the customer’s number is not a valid phone number'),
  21212: setting('from', 'the sending number is not a valid phone number'),
  21219: permission('a trial account may not reach a number that is not verified'),
  21408: permission('sending to this country is not enabled in the Twilio account'),
  21601: setting('from', 'the sending number cannot send SMS'),
  21602: content('Twilio does not send an empty message'),
  21603: setting('from', 'no sending number is set'),
  21604: gone('the customer has no number'),
  21606: setting('from', 'the sending number is not one of this account that can send SMS'),
  21608: permission('a trial account may not reach a number that is not verified'),
  21609: setting('publicUrl', 'Twilio does not accept the hub’s URL for status callbacks'),
  21610: { kind: 'refused', cause: 'optedOut', why: 'the customer replied STOP to this number' },
  21611: limited('the sending number’s queue at Twilio is full'),
  21612: gone('Twilio cannot reach this number from the sending number'),
  21614: gone('the customer’s number is not a mobile number'),
  21617: content('the text is longer than 1,600 characters'),
  21620: content('Twilio does not accept the attachment’s URL'),
  21623: content('the message has more attachments than Twilio takes'),
  21659: setting('from', 'the sending number does not belong to this account'),
  21660: setting('from', 'the sending number does not belong to this account'),
  21701: setting('messagingServiceSid', 'Twilio knows no such messaging service'),
  21703: setting('messagingServiceSid', 'the messaging service has no sending number'),
  30001: transient('Twilio’s queue overflowed'),
  30002: setting('accountSid', 'Twilio suspended the account'),
  30003: transient('the phone is switched off or out of reach'),
  30004: gone('the number blocks messages'),
  30005: gone('the number does not exist'),
  30006: gone('the number is a landline or its carrier cannot be reached'),
  30007: content('the carrier filtered the message'),
  30008: transient('the carrier gave no reason'),
  30019: content('the attachment is larger than the carrier takes'),
  30022: limited('the sender’s daily or per-second limit with the carriers is used up'),
  30034: setting('from', 'the sending number is not registered with the US carriers (A2P 10DLC)'),
  63016: {
    kind: 'windowClosed',
    until: null,
    why: 'the customer’s last message is too long ago for free text',
  },
  63018: limited('the channel limits how fast this sender sends'),
  63038: limited('the account’s daily number of messages is used up'),
};

/** A pause when the platform names none. */
const DEFAULT_PAUSE = 5 * SECOND;
const LONGEST_PAUSE_SECONDS = 86_400;

/** What a code means, or null for one that is not in the table. */
export function failureOf(code: number): Failure | null {
  return FAILURES[code] ?? null;
}

/**
 * What became of `POST …/Messages.json`. Twilio has no idempotency key: without an answer, or with
 * a server error that does not say "not processed", the message may be on its way.
 */
export function outcomeOf(result: HttpResult, now: number): Outcome {
  switch (result.kind) {
    case 'notSent':
      return failed(
        result.cause === 'forbidden'
          ? setting('apiBase', result.why)
          : transient(`no connection to Twilio: ${result.why}`),
      );
    case 'unanswered':
      return uncertain(`Twilio gave no answer: ${result.why}`);
    case 'answer':
      return result.status >= 200 && result.status < 300
        ? accepted(result, now)
        : denied(result, now);
  }
}

/** A message Twilio made, unless it says at once that it failed. */
function accepted(answer: Answer, now: number): Outcome {
  const message = bodyOf(answer);
  const failure = message.errorCode === null ? null : failureOf(message.errorCode);
  if (failure !== null) return failed(withPause(failure, answer, now));
  if (message.sid === null) return uncertain('Twilio answered, but not with a message');
  return sent(message.sid, 'awaitReceipt');
}

function denied(answer: Answer, now: number): Outcome {
  const { status } = answer;
  const { code } = bodyOf(answer);
  const notProcessed = status < 500 || status === 503;
  if (!notProcessed) return uncertain(`Twilio answered with server error ${status}`);
  const failure = (code === null ? null : failureOf(code)) ?? byStatus(status, code);
  const named = code === null ? failure : { ...failure, why: `${failure.why} (Twilio ${code})` };
  return failed(withPause(named, answer, now));
}

/** For codes that are not in the table. */
function byStatus(status: number, code: number | null): Failure {
  if (status === 401) return unauthorised('Twilio refused the auth token or API key');
  if (status === 403) return unauthorised('the account or API key may not send messages');
  if (status === 404) return setting('accountSid', 'Twilio knows no such account');
  if (status === 429) return limited('Twilio received too many requests');
  if (status === 503) return transient('Twilio is unavailable');
  if (status < 400) return setting('apiBase', `the API address answered with HTTP ${status}`);
  return content(
    `Twilio refused the message with HTTP ${status}${code === null ? '' : ', a code unknown here'}`,
  );
}

function withPause(failure: Failure, answer: Answer, now: number): Failure {
  return failure.kind === 'rateLimited'
    ? { ...failure, retryAt: now + pauseOf(answer, now) }
    : failure;
}

/** `Retry-After` in seconds or as a date, at most a day. */
function pauseOf(answer: Answer, now: number): number {
  const header = answer.headers['retry-after'];
  if (header === undefined || header.trim() === '') return DEFAULT_PAUSE;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? (Date.parse(header) - now) / SECOND : seconds;
  if (Number.isNaN(wait) || wait < 0) return DEFAULT_PAUSE;
  return Math.min(wait, LONGEST_PAUSE_SECONDS) * SECOND;
}

interface Body {
  readonly sid: string | null;
  readonly code: number | null;
  readonly errorCode: number | null;
}

function bodyOf(answer: Answer): Body {
  const read = readJson(answer.body);
  const body = read.ok && isRecord(read.value) ? read.value : {};
  const { sid, code, error_code: errorCode } = body;
  return {
    sid: typeof sid === 'string' && sid !== '' ? sid : null,
    code: typeof code === 'number' ? code : null,
    errorCode: typeof errorCode === 'number' ? errorCode : null,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
