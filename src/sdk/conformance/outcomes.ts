import type { Failure, Outcome } from '../../model/outcome.js';
import { DAY, SECOND } from '../../model/time.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { onStage, opensWith } from './stage.js';
import type { Stage } from './stage.js';
import { onePart, partsOf, renderOf, replyOf } from './replies.js';
import { faultCheck, nameOf, rehearsalOf, sendOne, sendPart, sendsAway } from './sends.js';
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

/** Without a word of the platform's a pause is our own guess: it begins, and it ends. */
function untilSomeTime(outcome: Outcome): string | null {
  const failure = failureOf(outcome);
  if (failure?.kind !== 'rateLimited') return 'rateLimited';
  const pause = failure.retryAt - Date.now();
  return pause > 0 && pause <= DAY ? null : 'retryAt within a day';
}

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
    required: 'always',
    judge: is('unauthorised'),
  },
  {
    fault: 'forbidden',
    title: ['a forbidden send is no transient trouble', '被禁止的发送不是临时故障'],
    required: 'whereKnown',
    judge: is('unauthorised', 'refused', 'misconfigured'),
  },
  {
    fault: 'rateLimited',
    title: ['too many sends wait as long as they are told', '限流按指定时间等待'],
    required: 'always',
    judge: untilRetryAfter,
  },
  {
    fault: 'rateLimitedUntil',
    title: ['a pause that is told as a date ends then', '以日期给出的限流时间得到遵守'],
    required: 'byHttp',
    judge: untilRetryAfter,
  },
  {
    fault: 'rateLimitedBare',
    title: ['too many sends wait a while when nobody says how long', '未告知时长的限流也会等待'],
    required: 'always',
    judge: untilSomeTime,
  },
  {
    fault: 'serverError',
    title: ['a broken platform refuses nobody', '平台故障不算拒绝'],
    required: 'always',
    judge: brokeDown,
  },
  {
    fault: 'badGateway',
    title: ['a broken way to the platform refuses nobody', '网关故障不算拒绝'],
    required: 'byHttp',
    judge: brokeDown,
  },
  {
    fault: 'unavailable',
    title: ['a platform that is away refuses nobody', '平台不可用不算拒绝'],
    required: 'whereKnown',
    judge: brokeDown,
  },
  {
    fault: 'redirect',
    title: ['a redirect is not an answer', '重定向不算应答'],
    required: 'byHttp',
    judge: (outcome) => (outcome.kind === 'sent' ? 'anything but sent' : null),
  },
  {
    fault: 'errorInside',
    title: ['an error inside a good status is an error', '成功状态中的错误也是错误'],
    required: 'whereKnown',
    judge: (outcome) => (outcome.kind === 'failed' ? null : 'a failure'),
  },
  {
    fault: 'recipientGone',
    title: ['a recipient that is gone is refused as such', '收件人不存在'],
    required: 'whereKnown',
    judge: refusedFor('recipientGone'),
  },
  {
    fault: 'optedOut',
    title: ['a recipient that opted out is refused as such', '收件人已退订'],
    required: 'whereKnown',
    judge: refusedFor('optedOut'),
  },
  {
    fault: 'contentRefused',
    title: ['refused content is refused as such', '内容被拒'],
    required: 'whereKnown',
    judge: refusedFor('content'),
  },
  {
    fault: 'windowClosed',
    title: ['a closed reply window is told as such', '回复窗口已关闭'],
    required: 'whereKnown',
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

/** What an answer may carry as it comes from a customer's own words: nothing of it breaks the connection. */
async function takesHostileWords(bench: Bench, stage: Stage): Promise<Faults> {
  const { conversation } = bench.subject;
  const evil = 'x\r\nBcc: y@example.com\r\n\u2028"><script>';
  const replies = [
    replyOf(bench, evil, { id: 'hostile-1' }),
    replyOf(bench, 'Hello', { id: 'hostile-2', conversation: { ...conversation, name: evil } }),
    replyOf(bench, 'Hello', { id: 'hostile-3', conversation: { ...conversation, subject: evil } }),
  ];
  const faults: string[] = [];
  for (const reply of replies) {
    for (const part of partsOf(renderOf(bench, reply, stage.account)).slice(0, 1)) {
      const outcome = await sendPart(stage, part, reply.id);
      if (typeof outcome === 'string') faults.push(outcome);
    }
  }
  return faults;
}

/** Where the platform dedupes on our key, the same key is one message, and another key is another. */
async function repeatsSafely(bench: Bench, stage: Stage): Promise<Faults> {
  const before = rehearsalOf(stage).taken();
  for (const id of ['same', 'same', 'other']) await sendOne(bench, stage, id);
  const taken = rehearsalOf(stage).taken() - before;
  return taken === 2 ? [] : [`a key twice and another once were ${String(taken)} messages, not 2`];
}

const NOT_IDEMPOTENT = say(
  'the platform does not dedupe on our key: nothing is repeated blindly',
  '平台不按我方键去重：不会盲目重发',
);

const dedupes = (bench: Bench) =>
  sendsAway(bench) ?? (bench.connector.definition.policies.idempotentSend ? null : NOT_IDEMPOTENT);

/** What a look-up says of a send that arrived, and of one that never was. */
async function looksUpTruly(bench: Bench, stage: Stage): Promise<Faults> {
  const [part, key] = [onePart(bench, stage.account, 'looked-up'), 'key-looked-up'];
  await rehearsalOf(stage).script('reset');
  const outcome = await sendPart(stage, part, 'looked-up');
  await rehearsalOf(stage).script(null);
  const found = await stage.live.lookUp?.(part, key);
  const never = onePart(bench, stage.account, 'never-sent');
  const imagined = await stage.live.lookUp?.(never, 'key-never-sent');
  return [
    ...(typeof outcome === 'string' ? [outcome] : []),
    ...(found?.kind === 'failed' ? ['what arrived was looked up as failed'] : []),
    ...(imagined?.kind === 'sent' && found?.kind !== 'sent' ? ['what never left was found'] : []),
  ];
}

const NO_LOOK_UP = say('the platform tells nothing of a send afterwards', '平台不提供事后查询');
const looksUp = (bench: Bench) =>
  sendsAway(bench) ?? (opensWith(bench, 'lookUp') ? null : NO_LOOK_UP);

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
  {
    id: 'outcomes.hostile',
    group: 'outcomes',
    title: say(
      'hostile words are sent or refused, never thrown on',
      '恶意文本可发送或被拒但不抛错',
    ),
    run: (bench) => onStage(bench, (stage) => takesHostileWords(bench, stage)),
  },
  {
    id: 'outcomes.idempotent',
    group: 'outcomes',
    title: say('a repeated key is one message', '相同键只发送一次'),
    inapplicable: dedupes,
    run: (bench) => onStage(bench, (stage) => repeatsSafely(bench, stage)),
  },
  {
    id: 'outcomes.look-up',
    group: 'outcomes',
    title: say('a look-up denies nothing that arrived', '事后查询不否认已送达的消息'),
    inapplicable: looksUp,
    run: (bench) => onStage(bench, (stage) => looksUpTruly(bench, stage)),
  },
  ...EXPECTATIONS.map((expectation) => faultCheck('outcomes', expectation)),
];
