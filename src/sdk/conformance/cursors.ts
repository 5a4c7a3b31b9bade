import type { Arrival } from '../../model/arrival.js';
import { SECOND } from '../../model/time.js';
import type { Emit } from '../treaty.js';
import { say } from './check.js';
import type { Bench, Check, Faults } from './check.js';
import { connected, onPlatform, settlesWithin } from './stage.js';
import type { Platform, Stage } from './stage.js';

/** Longest a check waits for what waits on the platform. */
const LONGEST = 5 * SECOND;
/** How long nothing may come before a check believes that nothing comes. */
const QUIET = 600;
const A_MOMENT = 20;

const NOT_FETCHED = say('its messages are brought, not fetched', '消息由平台推送，无需拉取');
const fetches = ({ connector }: Bench) =>
  connector.definition.transports.some((it) => it === 'poll' || it === 'stream')
    ? null
    : NOT_FETCHED;

/** What the core's database does with what is fetched: rows and cursors in one transaction, or neither. */
interface Books {
  readonly rows: Map<string, Arrival>;
  cursors: Readonly<Record<string, string>>;
  /** Transactions with rows that are still to fail. */
  failing: number;
  /** Keys of rows whose transaction failed. */
  readonly undone: string[];
}

const openBooks = (): Books => ({ rows: new Map(), cursors: {}, failing: 0, undone: [] });

function commitTo(books: Books): Emit {
  return (arrivals, cursors = {}) => {
    if (arrivals.length > 0 && books.failing > 0) {
      books.failing -= 1;
      books.undone.push(...arrivals.map(({ key }) => key));
      return Promise.reject(new Error('the transaction failed'));
    }
    for (const arrival of arrivals) books.rows.set(arrival.key, arrival);
    books.cursors = { ...books.cursors, ...cursors };
    return Promise.resolve();
  };
}

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Fetches as the core's pump does, on one live connection, until it is enough or nothing comes any more. */
async function fetchInto(books: Books, stage: Stage, isEnough: () => boolean): Promise<void> {
  const { live } = stage;
  const emit = commitTo(books);
  const end = Date.now() + LONGEST;
  while (!isEnough() && Date.now() < end) {
    if (live.poll !== undefined) {
      const polled = await live.poll(books.cursors);
      await emit(polled.arrivals, polled.cursors).catch(() => undefined);
    } else {
      await drink(books, stage, () => isEnough() || Date.now() >= end);
    }
    await pause(A_MOMENT);
  }
}

/** A stream that breaks, as it does when its rows cannot be stored, is opened again by the caller. */
async function drink(books: Books, { live }: Stage, isOver: () => boolean): Promise<void> {
  const running = live.stream?.(commitTo(books), books.cursors) ?? Promise.resolve();
  while (!isOver() && !(await settlesWithin(running, A_MOMENT)));
}

/** The connection is opened, fetches, and is closed. */
function fetch(
  bench: Bench,
  platform: Platform,
  books: Books,
  isEnough: () => boolean,
): Promise<void> {
  return connected(bench, platform, (stage) => fetchInto(books, stage, isEnough));
}

/** Nothing more comes for a while. */
function quiet(): () => boolean {
  const until = Date.now() + QUIET;
  return () => Date.now() >= until;
}

/** A connection that has read what was there before, and the way to let more wait for it. */
async function settled(bench: Bench, platform: Platform): Promise<Books> {
  const books = openBooks();
  const isQuiet = quiet();
  // On a busy machine it may take a moment until the first cursor is there, and what comes before it is history.
  const knowsItsPlace = () => Object.keys(books.cursors).length > 0;
  await fetch(bench, platform, books, () => isQuiet() && knowsItsPlace());
  books.rows.clear();
  return books;
}

async function deliver({ rehearsal }: Platform, count: number): Promise<void> {
  for (let one = 0; one < count; one += 1) {
    if (rehearsal?.deliver === undefined) throw new Error('the simulator cannot deliver a message');
    await rehearsal.deliver();
  }
}

async function brings(bench: Bench, platform: Platform): Promise<Faults> {
  const books = await settled(bench, platform);
  await deliver(platform, 3);
  await fetch(bench, platform, books, () => books.rows.size >= 3);
  const cursors = Object.entries(books.cursors);
  return [
    ...(books.rows.size === 3 ? [] : [`3 messages waited and ${String(books.rows.size)} came`]),
    ...(cursors.length > 0 ? [] : ['it brings messages without a cursor']),
    ...cursors
      .filter(([name, value]) => name === '' || value === '' || !value.isWellFormed())
      .map(([name]) => `the cursor "${name}" is no text that can be stored`),
  ];
}

/** What could not be stored is fetched again by the same connection, which goes by the committed cursor. */
async function comesAgain(bench: Bench, platform: Platform): Promise<Faults> {
  const books = await settled(bench, platform);
  await deliver(platform, 1);
  books.failing = 1;
  await fetch(bench, platform, books, () => books.undone.length > 0 && books.rows.size > 0);
  return lostOf(books);
}

/** The process died before the commit: the next one, with the old cursor, fetches it again. */
async function survivesRestart(bench: Bench, platform: Platform): Promise<Faults> {
  const books = await settled(bench, platform);
  await deliver(platform, 1);
  books.failing = Infinity;
  await fetch(bench, platform, books, () => books.undone.length > 0);
  books.failing = 0;
  await fetch(bench, platform, books, () => books.rows.size > 0);
  return lostOf(books);
}

function lostOf({ undone, rows }: Books): Faults {
  if (undone.length === 0) return ['a message waited and did not come'];
  const lost = undone.filter((key) => !rows.has(key));
  return lost.length === 0 ? [] : ['what could not be stored did not come again under its key'];
}

async function comesOnce(bench: Bench, platform: Platform): Promise<Faults> {
  const books = await settled(bench, platform);
  await deliver(platform, 1);
  await fetch(bench, platform, books, () => books.rows.size > 0);
  if (books.rows.size === 0) return ['a message waited and did not come'];
  books.rows.clear();
  await fetch(bench, platform, books, quiet());
  return books.rows.size === 0 ? [] : ['what was stored comes again after a restart'];
}

function check(
  name: string,
  [en, zh]: readonly [string, string],
  run: (bench: Bench, platform: Platform) => Promise<Faults>,
): Check {
  return {
    id: `cursors.${name}`,
    group: 'cursors',
    title: say(en, zh),
    inapplicable: fetches,
    run: (bench) => onPlatform(bench, (platform) => run(bench, platform)),
  };
}

export const cursorChecks: readonly Check[] = [
  check('brought', ['what waits is brought, with a cursor', '等待的消息连同游标一起取回'], brings),
  check(
    'uncommitted',
    ['what could not be stored comes again', '未能入库的消息会再次取回'],
    comesAgain,
  ),
  check(
    'restart',
    ['a restart before the commit loses nothing', '提交前重启不丢消息'],
    survivesRestart,
  ),
  check('committed', ['what is stored does not come again', '已入库的消息不再取回'], comesOnce),
];
