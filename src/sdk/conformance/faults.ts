import type { Outcome } from '../../model/outcome.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { faultCheck, nameOf, rehearsalOf, sendOne, sendsByHttp } from './sends.js';
import type { Expectation } from './sends.js';
import { onStage } from './stage.js';

/** Before the first byte left: certainly not processed. */
function notSent(outcome: Outcome): string | null {
  const transient = outcome.kind === 'failed' && outcome.failure.kind === 'transient';
  return transient ? null : 'transient';
}

/** The request left and nothing documented came back: it may have happened, unless the platform dedupes. */
function mayHaveHappened(outcome: Outcome, bench: Bench): string | null {
  if (outcome.kind === 'uncertain') return null;
  const { idempotentSend } = bench.connector.definition.policies;
  if (idempotentSend) return notSent(outcome) === null ? null : 'uncertain or transient';
  return 'uncertain';
}

/** By HTTP nobody can tell how much had arrived; a protocol that confirms each step can. */
function brokeOnTheWay(outcome: Outcome, bench: Bench): string | null {
  if (sendsByHttp(bench) === null) return mayHaveHappened(outcome, bench);
  return outcome.kind === 'uncertain' || notSent(outcome) === null
    ? null
    : 'uncertain or transient';
}

/** Encryption that cannot begin: nothing of the message left. The plain simulator stands for it. */
async function failsToEncrypt(bench: Bench): Promise<Faults> {
  return onStage(
    bench,
    async (stage) => {
      const outcome = await sendOne(bench, stage, 'meets-tls');
      const fine = typeof outcome !== 'string' && notSent(outcome) === null;
      const taken = rehearsalOf(stage).taken();
      return [
        ...(fine ? [] : [`${nameOf(outcome)}, expected transient`]),
        ...(taken === 0 ? [] : ['the platform took it']),
      ];
    },
    { account: (account) => ({ ...account, settings: encrypted(account.settings) }) },
  );
}

function encrypted<T>(value: T): T {
  if (typeof value === 'string') return value.replace(/^http:\/\/127\./, 'https://127.') as T;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, encrypted(it)])) as T;
}

const EXPECTATIONS: readonly Expectation[] = [
  {
    fault: 'unreachable',
    title: ['nobody there: transient, nothing left', '无法连接：临时故障'],
    required: 'always',
    judge: notSent,
  },
  {
    fault: 'resetEarly',
    title: ['a reset while the request leaves is no success', '请求发送中被重置：不算成功'],
    required: 'always',
    judge: brokeOnTheWay,
  },
  {
    fault: 'reset',
    title: ['a reset after the request left is uncertain', '请求发出后被重置：不确定'],
    required: 'always',
    judge: mayHaveHappened,
  },
  {
    fault: 'silence',
    title: ['no answer after the request left is uncertain', '请求发出后无应答：不确定'],
    required: 'always',
    judge: mayHaveHappened,
  },
  {
    fault: 'halfAnswer',
    title: ['half an answer is uncertain', '应答不完整：不确定'],
    required: 'always',
    judge: mayHaveHappened,
  },
  {
    fault: 'trickle',
    title: ['an answer that never ends is uncertain', '永不结束的应答：不确定'],
    required: 'always',
    judge: mayHaveHappened,
  },
  {
    fault: 'garbledAnswer',
    title: ['a good status with nonsense inside is uncertain', '成功状态但内容无法识别：不确定'],
    required: 'whereKnown',
    judge: mayHaveHappened,
  },
];

export const faultChecks: readonly Check[] = [
  ...EXPECTATIONS.map((expectation) => faultCheck('faults', expectation)),
  {
    id: 'faults.tls',
    group: 'faults',
    title: say('encryption that fails: transient, nothing left', '加密连接失败：临时故障'),
    inapplicable: sendsByHttp,
    run: failsToEncrypt,
  },
];
