import { failed, readJson, sent, uncertain } from '../../../src/sdk/index.js';
import type {
  Checked,
  Context,
  Finding,
  HttpResult,
  Live,
  Outcome,
  Part,
  Polled,
} from '../../../src/sdk/index.js';
import { authorised } from './token.js';

export function open(context: Context): Live {
  return {
    send: async (part, _key, waited) =>
      outcomeOf(await post(context, '/messages', part, waited), context.clock.now()),
    poll: (cursors) => poll(context, cursors),
    async check() {
      return checkedOf(await post(context, '/check', null));
    },
    close: () => Promise.resolve(),
  };
}

export function post(
  context: Context,
  path: string,
  part: Part | null,
  waited?: AbortSignal,
): Promise<HttpResult> {
  const request = {
    method: 'POST',
    url: `${String(context.account().settings['api'])}${path}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(part?.payload ?? {}),
  } as const;
  return authorised(context, request, waited);
}

/** The cursor is the number of the last message that was stored; the core commits both together. */
export async function poll(
  context: Context,
  cursors: Readonly<Record<string, string>>,
): Promise<Polled> {
  const after = cursors['messages'] ?? '0';
  const url = `${String(context.account().settings['api'])}/messages?after=${after}`;
  const result = await authorised(context, { method: 'GET', url });
  if (result.kind !== 'answer' || result.status !== 200) throw new Error('the desk gives nothing');
  const waiting = JSON.parse(result.body.toString()) as readonly string[];
  const arrivals = waiting.map((body, index) => ({
    key: `waiting/${String(Number(after) + index + 1)}`,
    body: Buffer.from(body),
    type: 'application/json',
    notes: {},
    query: '',
  }));
  const last = Number(after) + waiting.length;
  return { arrivals, cursors: { messages: String(last) }, more: false };
}

export function outcomeOf(result: HttpResult, now: number): Outcome {
  if (result.kind === 'notSent') return failed({ kind: 'transient', why: result.why });
  if (result.kind === 'unanswered') return uncertain(result.why);
  const why = `the desk answered ${String(result.status)}`;
  if (result.status === 401) return failed({ kind: 'unauthorised', why });
  if (result.status === 429) {
    const retryAt = now + pauseOf(result.headers['retry-after'] ?? '60', now);
    return failed({ kind: 'rateLimited', retryAt, why });
  }
  return result.status === 200 ? verdictIn(result.body, why) : uncertain(why);
}

/** `Retry-After` in seconds or as a date, in milliseconds. */
function pauseOf(header: string, now: number): number {
  const seconds = Number(header);
  return Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1_000;
}

/** The desk says what went wrong inside HTTP 200. */
function verdictIn(body: Buffer, why: string): Outcome {
  const read = readJson(body);
  const answer = read.ok ? (read.value as { id?: unknown; error?: unknown } | null) : null;
  if (answer?.error === 'window') return failed({ kind: 'windowClosed', until: null, why });
  if (answer?.error === 'gone') return failed({ kind: 'refused', cause: 'recipientGone', why });
  if (answer?.error !== undefined) return failed({ kind: 'refused', cause: 'content', why });
  return typeof answer?.id === 'string' ? sent(answer.id, 'awaitReceipt') : uncertain(why);
}

function checkedOf(result: HttpResult): Checked {
  const finding = findingOf(result);
  return { ok: finding.ok, findings: [finding] };
}

function findingOf(result: HttpResult): Finding {
  if (result.kind === 'answer' && result.status === 200) {
    return { ok: true, cause: 'ok', text: { en: 'The desk answers.', zh: '服务台应答正常。' } };
  }
  const refused = result.kind === 'answer' && result.status === 401;
  return {
    ok: false,
    cause: refused ? 'credentials' : 'network',
    text: { en: 'The desk does not answer.', zh: '服务台没有应答。' },
    next: { en: 'Check address and secret.', zh: '请检查地址和密钥。' },
  };
}
