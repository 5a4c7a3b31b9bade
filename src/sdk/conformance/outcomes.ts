import type { Failure, Outcome } from '../../model/outcome.js';
import { SECOND } from '../../model/time.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { onStage } from './stage.js';
import type { Stage } from './stage.js';
import { faultCheck, nameOf, rehearsalOf, sendOne, sendsAway } from './sends.js';
import type { Expectation } from './sends.js';
import { RETRY_AFTER_SECONDS } from './subject.js';

const failureOf = (outcome: Outcome): Failure | null =>
  outcome.kind === 'failed' ? outcome.failure : null;

const is =
  (...kinds: readonly Failure['kind'][]) =>
  (outcome: Outcome) => {
    const kind = failureOf(outcome)?.kind;
    return kind !== undefined && kinds.includes(kind) ? null : kinds.join(' or ');
  };

const refusedFor = (cause: string) => (outcome: Outcome) => {
  const failure = failureOf(outcome);
  return failure?.kind === 'refused' && failure.cause === cause ? null : `refused (${cause})`;
};

/** Retry-After is honoured within a tenth. */
function untilRetryAfter(outcome: Outcome): string | null {
  const failure = failureOf(outcome);
  if (failure?.kind !== 'rateLimited') return 'rateLimited';
  const wanted = Date.now() + RETRY_AFTER_SECONDS * SECOND;
  const off = Math.abs(failure.retryAt - wanted);
  return off <= RETRY_AFTER_SECONDS * SECOND * 0.1 ? null : 'retryAt as Retry-After says';
}

/** The platform was there and broke: not sent for certain, or not known. Never a lasting refusal. */
function brokeDown(outcome: Outcome): string | null {
  if (outcome.kind === 'uncertain') return null;
  return is('transient', 'rateLimited')(outcome) === null ? null : 'transient or uncertain';
}

const EXPECTATIONS: readonly Expectation[] = [
  {
    fault: 'unauthorised',
    title: ['a refused credential is unauthorised', '凭据被拒为未授权'],
    required: true,
    judge: is('unauthorised'),
  },
  {
    fault: 'forbidden',
    title: ['a forbidden send is no transient trouble', '被禁止的发送不是临时故障'],
    required: false,
    judge: is('unauthorised', 'refused', 'misconfigured'),
  },
  {
    fault: 'rateLimited',
    title: ['too many sends wait as long as they are told', '限流按指定时间等待'],
    required: true,
    judge: untilRetryAfter,
  },
  {
    fault: 'serverError',
    title: ['a broken platform refuses nobody', '平台故障不算拒绝'],
    required: true,
    judge: brokeDown,
  },
  {
    fault: 'unavailable',
    title: ['a platform that is away refuses nobody', '平台不可用不算拒绝'],
    required: false,
    judge: brokeDown,
  },
  {
    fault: 'errorInside',
    title: ['an error inside a good status is an error', '成功状态中的错误也是错误'],
    required: false,
    judge: (outcome) => (outcome.kind === 'failed' ? null : 'a failure'),
  },
  {
    fault: 'recipientGone',
    title: ['a recipient that is gone is refused as such', '收件人不存在'],
    required: false,
    judge: refusedFor('recipientGone'),
  },
  {
    fault: 'optedOut',
    title: ['a recipient that opted out is refused as such', '收件人已退订'],
    required: false,
    judge: refusedFor('optedOut'),
  },
  {
    fault: 'contentRefused',
    title: ['refused content is refused as such', '内容被拒'],
    required: false,
    judge: refusedFor('content'),
  },
  {
    fault: 'windowClosed',
    title: ['a closed reply window is told as such', '回复窗口已关闭'],
    required: false,
    judge: is('windowClosed'),
  },
];

async function sends(bench: Bench, stage: Stage): Promise<Faults> {
  const before = rehearsalOf(stage).taken();
  const outcome = await sendOne(bench, stage, 'ordinary');
  if (typeof outcome === 'string' || outcome.kind !== 'sent') return [nameOf(outcome)];
  const taken = rehearsalOf(stage).taken() - before;
  return taken === 1 ? [] : [`the platform took ${String(taken)} messages instead of one`];
}

/** A receipt can only settle what it can name. */
async function namesItself(bench: Bench, stage: Stage): Promise<Faults> {
  const outcome = await sendOne(bench, stage, 'named');
  if (typeof outcome === 'string' || outcome.kind !== 'sent') return [nameOf(outcome)];
  const { certainty, externalId } = outcome;
  return certainty === 'awaitReceipt' && externalId === null
    ? ['it awaits a receipt and has no id that a receipt could name']
    : [];
}

async function staysLocal(bench: Bench): Promise<Faults> {
  return onStage(bench, async (stage) => {
    const outcome = await sendOne(bench, stage, 'local');
    return typeof outcome !== 'string' && outcome.kind === 'sent' ? [] : [nameOf(outcome)];
  });
}

export const outcomeChecks: readonly Check[] = [
  {
    id: 'outcomes.sent',
    group: 'outcomes',
    title: say('an ordinary answer is sent, once', '普通回复发送一次'),
    run: (bench) =>
      sendsAway(bench) === null
        ? onStage(bench, (stage) => sends(bench, stage))
        : staysLocal(bench),
  },
  {
    id: 'outcomes.named',
    group: 'outcomes',
    title: say('what awaits a receipt can be named by one', '等待回执的消息有编号'),
    run: (bench) => onStage(bench, (stage) => namesItself(bench, stage)),
  },
  ...EXPECTATIONS.map((expectation) => faultCheck('outcomes', expectation)),
];
