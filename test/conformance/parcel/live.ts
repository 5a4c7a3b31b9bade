import { failed, readJson, sent, uncertain } from '../../../src/sdk/index.js';
import type {
  Checked,
  Context,
  Finding,
  HttpResult,
  Live,
  Outcome,
  Part,
} from '../../../src/sdk/index.js';

export function open(context: Context): Live {
  return {
    send: async (part) => outcomeOf(await post(context, '/messages', part), context.clock.now()),
    async check() {
      return checkedOf(await post(context, '/check', null));
    },
    close: () => Promise.resolve(),
  };
}

export function post(context: Context, path: string, part: Part | null): Promise<HttpResult> {
  const { settings, credentials } = context.account();
  return context.http.request({
    method: 'POST',
    url: `${String(settings['api'])}${path}`,
    headers: {
      authorization: `Bearer ${String(credentials['token'])}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(part?.payload ?? {}),
  });
}

export function outcomeOf(result: HttpResult, now: number): Outcome {
  if (result.kind === 'notSent') return failed({ kind: 'transient', why: result.why });
  if (result.kind === 'unanswered') return uncertain(result.why);
  const why = `the desk answered ${String(result.status)}`;
  if (result.status === 401) return failed({ kind: 'unauthorised', why });
  if (result.status === 429) {
    const seconds = Number(result.headers['retry-after'] ?? '60');
    return failed({ kind: 'rateLimited', retryAt: now + seconds * 1_000, why });
  }
  if (result.status >= 500) return uncertain(why);
  return verdictIn(result.body, why);
}

/** The desk says what went wrong inside HTTP 200. */
function verdictIn(body: Buffer, why: string): Outcome {
  const read = readJson(body);
  const answer = read.ok ? (read.value as { id?: unknown; error?: unknown } | null) : null;
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
    next: { en: 'Check address and token.', zh: '请检查地址和令牌。' },
  };
}
