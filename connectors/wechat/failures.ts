import { DAY, failed, HOUR, readJson, SECOND, sent, uncertain } from '../../src/sdk/index.js';
import type { Failure, HttpResult, Outcome } from '../../src/sdk/index.js';

type Answer = Extract<HttpResult, { kind: 'answer' }>;

const transient = (why: string): Failure => ({ kind: 'transient', why });
const unauthorised = (why: string): Failure => ({ kind: 'unauthorised', why });
const gone = (why: string): Failure => ({ kind: 'refused', cause: 'recipientGone', why });
const optedOut = (why: string): Failure => ({ kind: 'refused', cause: 'optedOut', why });
const content = (why: string): Failure => ({ kind: 'refused', cause: 'content', why });
const permission = (why: string): Failure => ({ kind: 'refused', cause: 'permission', why });
const closed = (why: string): Failure => ({ kind: 'windowClosed', until: null, why });
const setting = (name: string, why: string): Failure => ({
  kind: 'misconfigured',
  setting: name,
  why,
});
/** `retryAt` is filled in when the answer comes: daily quotas begin anew at midnight in China. */
const usedUp = (why: string): Failure => ({ kind: 'rateLimited', retryAt: 0, why });

/**
 * WeChat's `errcode`, which comes inside HTTP 200. Source: developers.weixin.qq.com, "全局返回码" and the
 * pages of `message/custom/send` and `stable_token`; 40164 and what 45011 asks for are from memory.
 */
const FAILURES: Readonly<Record<number, Failure>> = {
  [-1]: transient('WeChat is busy'),
  40001: unauthorised('WeChat refused the AppSecret or the access token'),
  40002: setting('appId', 'WeChat does not grant this kind of token'),
  40003: gone('this customer’s OpenID is not one of this account'),
  40004: content('WeChat does not take this kind of media'),
  40005: content('WeChat does not take this kind of file'),
  40006: content('WeChat does not take a file of this size'),
  40007: content('the uploaded media is not known any more'),
  40008: content('WeChat does not take this kind of message'),
  40009: content('the picture is too large'),
  40010: content('the voice message is too large'),
  40011: content('the video is too large'),
  40013: setting('appId', 'WeChat knows no such AppID'),
  40014: unauthorised('WeChat refused the access token'),
  40033: content('the message holds characters WeChat does not take'),
  40125: unauthorised('WeChat refused the AppSecret'),
  40130: gone('WeChat knows no such customer'),
  40164: setting('ipAllowList', 'this hub’s address is not on the account’s IP allow-list'),
  40243: setting('appSecret', 'the AppSecret is frozen'),
  41001: unauthorised('the access token was missing'),
  41002: setting('appId', 'the AppID is missing'),
  41004: setting('appSecret', 'the AppSecret is missing'),
  42001: unauthorised('the access token has expired'),
  43004: gone('the customer does not follow the account'),
  43019: permission('the customer is on the account’s blacklist'),
  44002: content('the message is empty'),
  44004: content('the text is empty'),
  45001: content('the file is too large'),
  45002: content('the text is too long'),
  45007: content('the voice message is too long'),
  45009: usedUp('the account’s quota of calls for today is used up'),
  45011: transient('the account calls too fast'),
  45015: closed('the customer’s last message is more than 48 hours ago'),
  45047: closed('as many messages as one customer message allows have been sent'),
  46004: gone('WeChat knows no such customer'),
  48001: setting('appId', 'the account may not use the customer-service messages of WeChat'),
  48002: optedOut('the customer does not accept messages of this account'),
  48004: setting('appId', 'WeChat has blocked this interface for the account'),
  50002: permission('WeChat has limited this customer or account'),
  50005: gone('the customer no longer follows the account'),
  50007: setting('appId', 'the account is frozen'),
  87014: content('WeChat’s review refused the content'),
  89503: setting('ipAllowList', 'an administrator has to confirm this hub’s address'),
  89506: setting('ipAllowList', 'an administrator refused this hub’s address'),
};

/** For these a fresh access token helps, once. */
const DEAD_TOKEN: ReadonlySet<number> = new Set([40001, 40014, 42001]);

export const isDeadToken = (code: number | null): boolean => code !== null && DEAD_TOKEN.has(code);

/** What a code means at this moment; null for one that is not in the table. */
export function failureOf(code: number, now: number): Failure | null {
  const failure = FAILURES[code];
  if (failure === undefined) return null;
  const named = { ...failure, why: `${failure.why} (WeChat ${code})` };
  return named.kind === 'rateLimited' ? { ...named, retryAt: nextMidnightInChina(now) } : named;
}

/** China has one time zone, eight hours ahead of UTC, and no summer time. */
function nextMidnightInChina(now: number): number {
  const ahead = 8 * HOUR;
  return Math.floor((now + ahead) / DAY) * DAY + DAY - ahead;
}

/** What became of a call that sends. Without an answer nobody knows: WeChat has no idempotency key. */
export function outcomeOf(result: HttpResult, now: number): Outcome {
  if (result.kind === 'unanswered') return uncertain(`WeChat gave no answer: ${result.why}`);
  const failure = failureIn(result, now);
  if (failure !== null) return failed(failure);
  if (result.kind !== 'answer') return uncertain('WeChat gave no answer');
  if (result.status >= 500) return uncertain(`WeChat answered with server error ${result.status}`);
  const body = bodyOf(result);
  if (body === null || body['errcode'] !== 0) {
    return uncertain('WeChat answered, but not whether it took the message');
  }
  const id = body['msgid'];
  return sent(typeof id === 'string' || typeof id === 'number' ? String(id) : null);
}

/** What an answer refuses; null when it refuses nothing, or does not say. */
export function failureIn(result: HttpResult, now: number): Failure | null {
  switch (result.kind) {
    case 'notSent':
      return result.cause === 'forbidden'
        ? setting('apiBase', result.why)
        : transient(`no connection to WeChat: ${result.why}`);
    case 'unanswered':
      return null;
    case 'answer':
      return result.status === 200 ? failureInside(result, now) : byStatus(result, now);
  }
}

function failureInside(answer: Answer, now: number): Failure | null {
  const code = codeOf(answer);
  if (code === null || code === 0) return null;
  const failure =
    failureOf(code, now) ?? content(`WeChat refused it with code ${code}, unknown here`);
  const address =
    code === 40164 ? ADDRESS.exec(String(bodyOf(answer)?.['errmsg']))?.[1] : undefined;
  return address === undefined
    ? failure
    : { ...failure, why: failure.why.replace('address', `address ${address}`) };
}

/** WeChat names the address it saw, which is the one to allow (from memory). */
const ADDRESS = /^invalid ip (\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{3,45})\b/i;

/** WeChat itself answers with 200; anything else comes from what stands before it. */
function byStatus(answer: Answer, now: number): Failure | null {
  const { status } = answer;
  if (status >= 500) return null;
  if (status === 401) return unauthorised('WeChat’s gateway answered with HTTP 401');
  if (status === 429) {
    const retryAt = now + pauseOf(answer, now);
    return { kind: 'rateLimited', retryAt, why: 'WeChat received too many requests' };
  }
  return setting('apiBase', `the API address answered with HTTP ${status}`);
}

const DEFAULT_PAUSE = 5 * SECOND;

/** `Retry-After` in seconds or as a date, at most a day. */
function pauseOf({ headers }: Answer, now: number): number {
  const header = headers['retry-after']?.trim() ?? '';
  if (header === '') return DEFAULT_PAUSE;
  const seconds = Number(header);
  const wait = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * SECOND;
  return Number.isNaN(wait) || wait < 0 ? DEFAULT_PAUSE : Math.min(wait, DAY);
}

/** The `errcode` of an answer; null where it has none, as a file has. */
export function codeOf(result: HttpResult): number | null {
  const code = result.kind === 'answer' ? bodyOf(result)?.['errcode'] : undefined;
  return typeof code === 'number' ? code : null;
}

/** The JSON of an answer; null for anything else. */
export function bodyOf({ body }: Answer): Readonly<Record<string, unknown>> | null {
  if (body[0] !== 0x7b) return null;
  const read = readJson(body);
  return read.ok ? (read.value as Record<string, unknown>) : null;
}
