import type { Outcome } from '../../model/outcome.js';
import type { Bench, Check } from './check.js';
import { faultCheck } from './sends.js';
import type { Expectation } from './sends.js';

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

const EXPECTATIONS: readonly Expectation[] = [
  {
    fault: 'unreachable',
    title: ['nobody there: transient, nothing left', '无法连接：临时故障'],
    required: true,
    judge: notSent,
  },
  {
    fault: 'reset',
    title: ['a reset after the request left is uncertain', '请求发出后被重置：不确定'],
    required: true,
    judge: mayHaveHappened,
  },
  {
    fault: 'silence',
    title: ['no answer after the request left is uncertain', '请求发出后无应答：不确定'],
    required: true,
    judge: mayHaveHappened,
  },
  {
    fault: 'halfAnswer',
    title: ['half an answer is uncertain', '应答不完整：不确定'],
    required: true,
    judge: mayHaveHappened,
  },
  {
    fault: 'garbledAnswer',
    title: ['a good status with nonsense inside is uncertain', '成功状态但内容无法识别：不确定'],
    required: false,
    judge: mayHaveHappened,
  },
];

export const faultChecks: readonly Check[] = EXPECTATIONS.map((expectation) =>
  faultCheck('faults', expectation),
);
