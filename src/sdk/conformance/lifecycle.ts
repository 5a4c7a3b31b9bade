import { createConnection } from 'node:net';
import type { Account } from '../inbound.js';
import type { Checked, Live } from '../treaty.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { onePart } from './replies.js';
import {
  LONGEST_SEND,
  nameOf,
  rehearsalOf,
  sendOne,
  sendPart,
  sendsAway,
  sendsByHttp,
} from './sends.js';
import { onStage, settlesWithin } from './stage.js';
import type { Stage } from './stage.js';
import { wrongSecrets } from './canaries.js';

/** Longest a connection may take to end once it is told to. */
const AT_ONCE = 1_000;
/** Long enough for a connector that connects on opening to have connected. */
const A_MOMENT = 60;

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

async function opensQuietly(_bench: Bench, stage: Stage): Promise<Faults> {
  await pause(A_MOMENT);
  return stage.requested.map((url) => `open requested ${new URL(url).host}`);
}

function hasDeclaredMethods({ connector }: Bench, { live }: Stage): Promise<Faults> {
  const { transports } = connector.definition;
  const pairs: readonly (readonly [keyof Live, (typeof transports)[number]])[] = [
    ['stream', 'stream'],
    ['listen', 'listen'],
    ['serve', 'serve'],
  ];
  const faults = pairs.flatMap(([method, transport]) => {
    const has = live[method] !== undefined;
    const declared = transports.includes(transport);
    if (has === declared) return [];
    return [has ? `has ${method} and does not declare it` : `declares ${transport} and has none`];
  });
  // A webhook that is only a hint is followed by a poll, so `poll` may be there undeclared.
  const polls = transports.includes('poll') && live.poll === undefined;
  return Promise.resolve(polls ? [...faults, 'declares poll and has none'] : faults);
}

async function closesTwice(bench: Bench, stage: Stage): Promise<Faults> {
  await sendOne(bench, stage, 'before-closing');
  const first = await settlesWithin(stage.live.close(), AT_ONCE);
  const second = await settlesWithin(stage.live.close(), AT_ONCE);
  return first && second ? [] : ['close did not end within a second'];
}

async function closesUnused(_bench: Bench, stage: Stage): Promise<Faults> {
  const closed = await settlesWithin(stage.live.close(), AT_ONCE);
  return closed ? [] : ['close did not end within a second'];
}

/** What still ticks or listens after closing lives as long as the hub does. */
async function leavesNothing(bench: Bench): Promise<Faults> {
  const before = await fewestHeldOpen();
  await onStage(bench, async (stage) => {
    await sendOne(bench, stage, 'leaves');
    const listening = await stage.live.listen?.(() => Promise.resolve());
    if (listening !== undefined) await pause(A_MOMENT);
  });
  const end = Date.now() + AT_ONCE;
  while (heldOpen() > before && Date.now() < end) await pause(A_MOMENT);
  const left = heldOpen() - before;
  return left <= 0 ? [] : [`${String(left)} timers or servers are left a second after closing`];
}

/** What an earlier check held open a moment longer is not counted as there from the start. */
async function fewestHeldOpen(): Promise<number> {
  let fewest = heldOpen();
  for (let look = 0; look < 5; look += 1) {
    await pause(A_MOMENT);
    fewest = Math.min(fewest, heldOpen());
  }
  return fewest;
}

const heldOpen = (): number =>
  process.getActiveResourcesInfo().filter((it) => it === 'Timeout' || it === 'TCPServerWrap')
    .length;

async function abortsSend(bench: Bench, stage: Stage): Promise<Faults> {
  if (!bench.subject.faults.includes('silence')) return [];
  await rehearsalOf(stage).script('silence');
  const sending = stage.live.send(onePart(bench, stage.account, 'aborted'), 'key-aborted');
  sending.catch(() => undefined);
  await pause(A_MOMENT);
  stage.abort();
  return (await settlesWithin(sending, AT_ONCE)) ? [] : ['a send went on for a second after abort'];
}

/** What nobody waits for may have been sent again by then: no further step of it may begin. */
async function stopsBetween(bench: Bench, stage: Stage): Promise<Faults> {
  const first = await sendUnwaited(bench, stage, 'unwaited');
  if (bench.subject.tokens !== true) return first;
  await sendOne(bench, stage, 'remembering');
  await rehearsalOf(stage).tokens?.revoke();
  return [...first, ...(await sendUnwaited(bench, stage, 'unwaited-refused'))];
}

/** Until a request is added to the first so many, or a send would have ended long ago. */
async function untilLonger(requested: readonly string[], length: number): Promise<void> {
  const end = Date.now() + LONGEST_SEND;
  while (requested.length === length && Date.now() < end) await new Promise(setImmediate);
}

/** Nobody waits any more as soon as the first request is on its way. */
async function sendUnwaited(bench: Bench, stage: Stage, id: string): Promise<Faults> {
  const { requested } = stage;
  const [asked, taken] = [requested.length, rehearsalOf(stage).taken()];
  const waited = new AbortController();
  const part = onePart(bench, stage.account, id);
  const sending = sendPart(stage, part, id, waited.signal);
  await Promise.race([sending, untilLonger(requested, asked)]);
  const begun = requested.length;
  waited.abort();
  const outcome = await sending;
  const later = requested.length - begun;
  const isUnsent = rehearsalOf(stage).taken() === taken;
  return [
    ...(later === 0 ? [] : [`requests that began when nobody waited any more: ${String(later)}`]),
    ...(isUnsent && nameOf(outcome) !== 'transient'
      ? [`it was not sent, and is ${nameOf(outcome)} instead of transient`]
      : []),
  ];
}

/** Whatever brings messages in ends within a second of the abort. */
async function abortsReceiving(_bench: Bench, stage: Stage): Promise<Faults> {
  const { live } = stage;
  const emit = () => Promise.resolve();
  const listening = await live.listen?.(emit);
  const running: readonly (readonly [string, Promise<unknown> | undefined])[] = [
    ['stream', live.stream?.(emit, {})],
    ['poll', live.poll?.({})],
  ];
  for (const [, work] of running) work?.catch(() => undefined);
  await pause(A_MOMENT);
  stage.abort();
  const faults: string[] = [];
  for (const [name, work] of running) {
    const ended = work === undefined || (await settlesWithin(work, AT_ONCE));
    if (!ended) faults.push(`${name} went on for a second after abort`);
  }
  if (!(await settlesWithin(live.close(), AT_ONCE))) faults.push('close did not end in a second');
  const open = listening !== undefined && (await accepts(listening.port));
  return open ? [...faults, 'it still listens after closing'] : faults;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** What `check` found, or the sentence it threw: it reports, it never crashes. */
async function checkOf(stage: Stage): Promise<Checked | string> {
  try {
    return await stage.live.check();
  } catch (error) {
    return `check threw: ${String(error).slice(0, 200)}`;
  }
}

function wordFaults(checked: Checked): Faults {
  const { findings } = checked;
  if (findings.length === 0) return ['check says nothing'];
  if (checked.ok !== findings.every(({ ok }) => ok)) return ['ok and its findings disagree'];
  return findings.flatMap(({ text, ok, next }) => [
    ...(text.en === '' || text.zh === '' ? ['a finding without words in both languages'] : []),
    ...(isMixed(text.zh) || isMixed(next?.zh ?? '')
      ? [`"${text.zh}" speaks English in between`]
      : []),
    ...(ok || next !== undefined ? [] : [`"${text.en}" does not say what to do next`]),
  ]);
}

/** Names and codes are the same in every language; three small words in a row are a sentence. */
function isMixed(chinese: string): boolean {
  return /\b[A-Za-z]+ [a-z]+ [a-z]+\b/.test(chinese);
}

async function checksGood(_bench: Bench, stage: Stage): Promise<Faults> {
  const checked = await checkOf(stage);
  if (typeof checked === 'string') return [checked];
  const bad = checked.findings.filter(({ ok }) => !ok).map(({ text }) => text.en);
  return [...bad, ...wordFaults(checked)];
}

async function checksBad(_bench: Bench, stage: Stage): Promise<Faults> {
  const checked = await checkOf(stage);
  if (typeof checked === 'string') return [checked];
  const causes = checked.findings.filter(({ ok }) => !ok).map(({ cause }) => cause);
  const named = causes.includes('credentials') || causes.includes('signature');
  return [
    ...(named ? [] : [`wrong credentials were found to be: ${causes.join(', ') || 'fine'}`]),
    ...wordFaults(checked),
  ];
}

async function checksUnreachable(_bench: Bench, stage: Stage): Promise<Faults> {
  await rehearsalOf(stage).script('unreachable');
  const checked = await checkOf(stage);
  if (typeof checked === 'string') return [checked];
  const causes = checked.findings.filter(({ ok }) => !ok).map(({ cause }) => cause);
  const named = causes.some((cause) => ['dns', 'tls', 'network'].includes(cause));
  return named ? wordFaults(checked) : [`nobody there was found to be: ${causes.join() || 'fine'}`];
}

const NO_SECRETS = say('it has no credentials to refuse', '没有可被拒绝的凭据');

const hasSecrets = (bench: Bench) => {
  const { account, connector } = { ...bench, account: bench.subject.account };
  const same = wrongSecrets(connector.definition, account) === account;
  return sendsAway(bench) ?? (same ? NO_SECRETS : null);
};

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: (bench: Bench, stage: Stage) => Promise<Faults>,
  more: Pick<Check, 'inapplicable'> & {
    readonly account?: (bench: Bench, it: Account) => Account;
  } = {},
): Check {
  const { inapplicable, account } = more;
  const base: Check = {
    id: `lifecycle.${name}`,
    group: 'lifecycle',
    title: say(en, zh),
    run: (bench) =>
      onStage(bench, (stage) => run(bench, stage), { account: (it) => account?.(bench, it) ?? it }),
  };
  return inapplicable === undefined ? base : { ...base, inapplicable };
}

export const lifecycleChecks: readonly Check[] = [
  check('open-quiet', ['opening does no network', '打开连接时不访问网络'], opensQuietly),
  check(
    'methods',
    ['it has the methods of its declared transports', '具备所声明传输方式的方法'],
    hasDeclaredMethods,
  ),
  check('close-twice', ['closing twice is closing', '关闭两次无妨'], closesTwice),
  check('close-unused', ['closing unused is quick', '未使用也能立即关闭'], closesUnused),
  {
    id: 'lifecycle.leaves-nothing',
    group: 'lifecycle',
    title: say('closing leaves no timer and no server', '关闭后不遗留定时器与监听'),
    run: leavesNothing,
  },
  check('abort-send', ['a hanging send ends within a second', '挂起的发送一秒内结束'], abortsSend, {
    inapplicable: sendsAway,
  }),
  check(
    'abort-waiting',
    ['no step begins when nobody waits', '无人等待后不再开始新步骤'],
    stopsBetween,
    { inapplicable: sendsByHttp },
  ),
  check('abort-receiving', ['receiving ends within a second', '接收一秒内结束'], abortsReceiving),
  check('check-good', ['a working account checks well', '正常账户检查通过'], checksGood),
  check(
    'check-credentials',
    ['wrong credentials are reported as such', '错误凭据如实报告'],
    checksBad,
    {
      inapplicable: hasSecrets,
      account: ({ connector }, account) => wrongSecrets(connector.definition, account),
    },
  ),
  check(
    'check-unreachable',
    ['a platform that is away is reported as such', '平台不可达如实报告'],
    checksUnreachable,
    { inapplicable: sendsAway },
  ),
];
