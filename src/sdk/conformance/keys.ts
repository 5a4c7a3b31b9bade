import { isDeepStrictEqual } from 'node:util';
import { DAY, MINUTE } from '../../model/time.js';
import type { InboundRequest } from '../inbound.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { envelopeOf } from './envelopes.js';
import { genuine, sameOrRefused, verdictOf, webhookOf } from './forgeries.js';

const MAX_KEY = 300;
const NO_WEBHOOK = say('it receives no deliveries to verify', '不接收需验证的推送');
const verifies = ({ connector }: Bench) => (connector.verify === undefined ? NO_WEBHOOK : null);

/** Headers a sender or a proxy may add; some platforms count their retries in one of them. */
const UNSIGNED_HEADERS = [
  'user-agent',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'idempotency-key',
  'x-idempotency-token',
  'x-retry-count',
  'x-retry-reason',
  'traceparent',
];

function keyOf(bench: Bench, request: InboundRequest): string | null {
  const verdict = verdictOf(bench, request);
  return typeof verdict !== 'string' && verdict.verdict === 'verified' ? verdict.key : null;
}

/** Every header that is neither the signature nor signed, changed; and the usual ones added. */
function withOtherHeaders(bench: Bench): readonly (readonly [string, InboundRequest])[] {
  const request = genuine(bench);
  const { signature, signed } = webhookOf(bench);
  const proof = new Set([signature, ...signed].map((it) => (it.in === 'header' ? it.name : '')));
  const names = [...new Set([...Object.keys(request.headers), ...UNSIGNED_HEADERS])];
  return names
    .filter((name) => !proof.has(name) && name !== 'content-type')
    .map((name) => {
      const headers = { ...request.headers, [name]: `changed-${name}` };
      return [name, { ...request, headers }] as const;
    });
}

async function ignoresUnsigned(bench: Bench): Promise<Faults> {
  const original = genuine(bench);
  const faults: string[] = [];
  for (const [name, request] of withOtherHeaders(bench)) {
    const fault = await sameOrRefused(bench, original, request);
    if (fault !== null) faults.push(`${name} changed: ${fault}`);
  }
  return faults;
}

function tellsContentApart(bench: Bench): Faults {
  const keys = webhookOf(bench).bodies.map((_body, index) => keyOf(bench, genuine(bench, index)));
  const known = keys.filter((key) => key !== null);
  return new Set(known).size === known.length ? [] : ['different content came under one key'];
}

function isStable(bench: Bench): Faults {
  const first = keyOf(bench, genuine(bench));
  const later = verdictOf(bench, genuine(bench), {
    account: { ...bench.subject.account },
    now: bench.subject.now + 1_000,
  });
  const second = typeof later !== 'string' && later.verdict === 'verified' ? later.key : null;
  return first !== null && first === second ? [] : ['the same delivery came under two keys'];
}

const REPLAYS = 100;

/** `verify` keeps no memory: whether it came before is for the core to say, which also knows after a restart. */
function staysTheSame(bench: Bench): Faults {
  const request = genuine(bench);
  const before = Buffer.from(request.body);
  const first = JSON.stringify(verdictOf(bench, request));
  for (let replay = 1; replay <= REPLAYS; replay += 1) {
    const again = JSON.stringify(verdictOf(bench, request));
    if (again !== first) return [`replay ${String(replay)} was judged otherwise: ${again}`];
  }
  return before.equals(request.body) ? [] : ['verify changed the bytes'];
}

/** A captured delivery is refused as stale, or is the delivery it was. */
function isNoOtherLater(bench: Bench): Faults {
  const request = genuine(bench);
  const key = keyOf(bench, request);
  return [MINUTE, 6 * MINUTE, DAY, 400 * DAY].flatMap((later) => {
    const verdict = verdictOf(bench, request, { now: bench.subject.now + later });
    if (typeof verdict === 'string') return [verdict];
    if (verdict.verdict === 'rejected' || (verdict.verdict === 'verified' && verdict.key === key)) {
      return [];
    }
    return [`after ${String(later / MINUTE)} min it is another delivery`];
  });
}

/** The platform signs anew when it tries again: the fact in it is the same fact. */
async function survivesResigning(bench: Bench): Promise<Faults> {
  const { webhook, account, now } = { ...bench.subject, webhook: webhookOf(bench) };
  const again = webhook.sign(webhook.bodies[0], now + MINUTE, account);
  const verdict = verdictOf(bench, again, { now: now + MINUTE });
  if (typeof verdict === 'string' || verdict.verdict !== 'verified') {
    return ['a delivery that the platform repeats a minute later is not verified'];
  }
  if (verdict.key === keyOf(bench, genuine(bench))) return [];
  const [first, second] = await Promise.all(
    [genuine(bench), again].map((request) => idsOf(bench, request)),
  );
  return isDeepStrictEqual(first, second) ? [] : ['what the platform repeats became other facts'];
}

async function idsOf(bench: Bench, request: InboundRequest): Promise<readonly string[]> {
  const { drafts, account } = bench.subject;
  const made = await drafts?.(envelopeOf(bench, request, 'repeated'), account);
  return (made ?? []).map(({ id }) => id);
}

function isBounded(bench: Bench): Faults {
  const key = keyOf(bench, genuine(bench)) ?? '';
  if (key === '') return ['the key is empty'];
  if (key.length > MAX_KEY) return [`the key has ${String(key.length)} characters`];
  return key.isWellFormed() && !key.includes('\u0000') ? [] : ['the key is not storable text'];
}

export const keyChecks: readonly Check[] = [
  {
    id: 'keys.stable',
    group: 'keys',
    title: say('the same delivery has the same key, also later', '同一推送的键始终相同'),
    inapplicable: verifies,
    run: isStable,
  },
  {
    id: 'keys.replayed',
    group: 'keys',
    title: say('100 replays are judged alike', '重放 100 次结论一致'),
    inapplicable: verifies,
    run: staysTheSame,
  },
  {
    id: 'keys.replayed-later',
    group: 'keys',
    title: say(
      'a replay after a minute, an hour, a day is stale or the same',
      '稍后重放视为过期或同一推送',
    ),
    inapplicable: verifies,
    run: isNoOtherLater,
  },
  {
    id: 'keys.redelivered',
    group: 'keys',
    title: say('what the platform repeats is the same fact', '平台重推的内容视为同一事实'),
    inapplicable: verifies,
    run: survivesResigning,
  },
  {
    id: 'keys.unsigned-headers',
    group: 'keys',
    title: say(
      'a replay with other unsigned headers is the same delivery',
      '更换未签名头的重放视为同一推送',
    ),
    inapplicable: verifies,
    run: ignoresUnsigned,
  },
  {
    id: 'keys.content',
    group: 'keys',
    title: say('different content has a different key', '不同内容的键不同'),
    inapplicable: verifies,
    run: tellsContentApart,
  },
  {
    id: 'keys.bounded',
    group: 'keys',
    title: say('a key is short, storable text', '键为简短可存储的文本'),
    inapplicable: verifies,
    run: isBounded,
  },
];
