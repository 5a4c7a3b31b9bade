import { SECOND } from '../../model/time.js';
import type { ReplyWindow } from '../definition.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { nameOf, rehearsalOf, sendOne, sendsAway } from './sends.js';
import { onStage } from './stage.js';
import type { Stage } from './stage.js';

/** Either side of an edge. */
const STEP = SECOND;
/** More than any platform counts. */
const MOST_MESSAGES = 100;

const windowsOf = ({ connector }: Bench): readonly ReplyWindow[] =>
  connector.definition.policies.replyWindows;

const NO_WINDOW = say('answers are possible at any time', '随时可以回复');
const NO_TIME = say('no window closes by time', '没有按时间关闭的窗口');
const NO_COUNT = say('no window counts messages', '没有按条数关闭的窗口');

const closesByTime = (bench: Bench) => {
  if (windowsOf(bench).length === 0) return NO_WINDOW;
  return windowsOf(bench).some(({ lasts }) => lasts !== null) ? null : NO_TIME;
};
const closesByCount = (bench: Bench) => {
  if (windowsOf(bench).length === 0) return NO_WINDOW;
  return windowsOf(bench).some(({ messages }) => messages !== null) ? null : NO_COUNT;
};

async function customerDid(stage: Stage, opensOn: string, ago: number): Promise<void> {
  const rehearsal = rehearsalOf(stage);
  if (rehearsal.customerDid === undefined) {
    throw new Error('the simulator cannot be told what the customer did, and when');
  }
  await rehearsal.customerDid(opensOn, ago);
}

/** What the core does not know it cannot say at compose time: the agent learns it by a failure. */
function areDeclared(bench: Bench, stage: Stage): Promise<Faults> {
  const closes = rehearsalOf(stage).customerDid !== undefined;
  const undeclared = closes && windowsOf(bench).length === 0;
  return Promise.resolve(
    undeclared ? ['its platform closes windows and the definition declares none'] : [],
  );
}

async function closeOnTime(bench: Bench, stage: Stage): Promise<Faults> {
  const faults: string[] = [];
  for (const { opensOn, lasts } of windowsOf(bench)) {
    if (lasts === null) continue;
    await customerDid(stage, opensOn, Math.max(0, lasts - STEP));
    const inTime = nameOf(await sendOne(bench, stage, `${opensOn}-in`));
    if (inTime !== 'sent') {
      faults.push(`a second before the window of ${opensOn} ends: ${inTime}, expected sent`);
    }
    await customerDid(stage, opensOn, lasts + STEP);
    const late = nameOf(await sendOne(bench, stage, `${opensOn}-out`));
    if (late !== 'windowClosed') {
      faults.push(`a second after the window of ${opensOn}: ${late}, expected windowClosed`);
    }
  }
  return faults;
}

async function countMessages(bench: Bench, stage: Stage): Promise<Faults> {
  const faults: string[] = [];
  for (const { opensOn, messages } of windowsOf(bench)) {
    if (messages === null) continue;
    if (messages > MOST_MESSAGES) return [`${opensOn} allows more than the kit can count`];
    await customerDid(stage, opensOn, 0);
    for (let count = 1; count <= messages + 1; count += 1) {
      const outcome = await sendOne(bench, stage, `${opensOn}-${String(count)}`);
      const wanted = count <= messages ? 'sent' : 'windowClosed';
      if (nameOf(outcome) === wanted) continue;
      const which = `message ${String(count)} of ${String(messages)} after ${opensOn}`;
      faults.push(`${which}: ${nameOf(outcome)}, expected ${wanted}`);
      break;
    }
  }
  return faults;
}

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: (bench: Bench, stage: Stage) => Promise<Faults>,
  inapplicable: Check['inapplicable'] & object,
): Check {
  return {
    id: `windows.${name}`,
    group: 'windows',
    title: say(en, zh),
    inapplicable,
    run: (bench) => onStage(bench, (stage) => run(bench, stage)),
  };
}

export const windowChecks: readonly Check[] = [
  check(
    'declared',
    ['what the platform closes is declared', '平台的回复窗口均已声明'],
    areDeclared,
    sendsAway,
  ),
  check(
    'time',
    ['a second before the end is sent, a second after is closed', '窗口结束前后一秒结果正确'],
    closeOnTime,
    closesByTime,
  ),
  check(
    'count',
    ['the last message allowed is sent, the next finds it closed', '最后一条可发，再多一条被拒'],
    countMessages,
    closesByCount,
  ),
];
