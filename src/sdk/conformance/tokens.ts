import type { Outcome } from '../../model/outcome.js';
import { SECOND } from '../../model/time.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { nameOf, rehearsalOf, sendOne, sendsAway } from './sends.js';
import { onStage } from './stage.js';
import type { Stage } from './stage.js';
import type { Rehearsal } from './subject.js';

/** Sends at the same moment; on a busy machine the last of them may take a while. */
const CROWD = 200;
const PATIENCE = 30 * SECOND;

const NO_TOKENS = say(
  'what its form holds is enough to send, no token is fetched',
  '凭表单中的凭据即可发送，不获取令牌',
);
const fetchesTokens = (bench: Bench) =>
  sendsAway(bench) ?? (bench.subject.tokens === true ? null : NO_TOKENS);

function tokensOf(stage: Stage): NonNullable<Rehearsal['tokens']> {
  const { tokens } = rehearsalOf(stage);
  if (tokens === undefined) throw new Error('the simulator does not count and revoke its tokens');
  return tokens;
}

/** A token that nobody can revoke in a rehearsal would die for the first time in earnest. */
async function areDeclared(bench: Bench, stage: Stage): Promise<Faults> {
  await sendOne(bench, stage, 'remembering');
  if (bench.subject.tokens === true || stage.remembered.size === 0) return [];
  return [`it remembers ${[...stage.remembered].join(', ')}, and its subject brings no tokens`];
}

async function areKept(bench: Bench, stage: Stage): Promise<Faults> {
  const before = tokensOf(stage).issued();
  for (const id of ['first', 'second', 'third']) await sendOne(bench, stage, id);
  const issued = tokensOf(stage).issued() - before;
  return issued <= 1 ? [] : [`three sends in a row fetched ${String(issued)} tokens`];
}

async function oneForAll(bench: Bench, stage: Stage): Promise<Faults> {
  return crowd(bench, stage);
}

async function oneRefresh(bench: Bench, stage: Stage): Promise<Faults> {
  await sendOne(bench, stage, 'before');
  await tokensOf(stage).revoke();
  return crowd(bench, stage);
}

/** All at once: one token is fetched, and no message pays for it. */
async function crowd(bench: Bench, stage: Stage): Promise<Faults> {
  const [issued, taken] = [tokensOf(stage).issued(), rehearsalOf(stage).taken()];
  const outcomes = await Promise.all(
    Array.from({ length: CROWD }, (_unused, index) =>
      sendOne(bench, stage, `crowd-${String(index)}`),
    ),
  );
  const fetched = tokensOf(stage).issued() - issued;
  const sent = outcomes.filter((outcome) => typeof outcome !== 'string' && outcome.kind === 'sent');
  const arrived = rehearsalOf(stage).taken() - taken;
  const lost = outcomes.find((outcome) => !isSettledWithout(bench, outcome));
  return [
    ...(fetched === 1 ? [] : [`${String(CROWD)} sends at once fetched ${String(fetched)} tokens`]),
    ...(lost === undefined ? [] : [`one of them: ${nameOf(lost)}`]),
    ...(arrived === sent.length
      ? []
      : [`${String(sent.length)} were sent and the platform took ${String(arrived)}`]),
  ];
}

/** Where a window has a quota, a crowd uses it up: that is the platform's word and not the token's. */
function isSettledWithout({ connector }: Bench, outcome: Outcome | string): boolean {
  if (typeof outcome === 'string') return false;
  if (outcome.kind === 'sent') return true;
  const { replyWindows } = connector.definition.policies;
  const counts = replyWindows.some(({ messages }) => messages !== null);
  return counts && outcome.kind === 'failed' && outcome.failure.kind === 'windowClosed';
}

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: (bench: Bench, stage: Stage) => Promise<Faults>,
  inapplicable: Check['inapplicable'] & object = fetchesTokens,
): Check {
  return {
    id: `tokens.${name}`,
    group: 'tokens',
    title: say(en, zh),
    inapplicable,
    run: (bench) => onStage(bench, (stage) => run(bench, stage), { patience: PATIENCE }),
  };
}

export const tokenChecks: readonly Check[] = [
  check(
    'declared',
    ['a token it keeps can be revoked in its rehearsal', '所缓存的令牌可在模拟器中吊销'],
    areDeclared,
    sendsAway,
  ),
  check('kept', ['one token serves one send after the other', '连续发送共用一个令牌'], areKept),
  check(
    'one-for-all',
    ['200 sends without a token fetch one', '200 个并发发送只获取一个令牌'],
    oneForAll,
  ),
  check(
    'one-refresh',
    [
      'a token that dies under 200 sends costs one refresh and no message',
      '令牌失效时 200 个并发发送只刷新一次且不丢消息',
    ],
    oneRefresh,
  ),
];
