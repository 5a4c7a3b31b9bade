import { join } from 'node:path';
import { complaintText, orderNumber } from '../complaints.js';
import { storeTellings } from '../stored-tellings.js';
import { row, type Bench, type Measure, type Row } from '../row.js';
import { createDatabase, type TestServers } from '../../database.js';
import { defaultRules } from '../../rules.js';
import { fileInOrder, type InOrderDependencies } from '../../../src/intake/in-order.js';
import { openMatching, type Matching } from '../../../src/intake/matching.js';
import { findMatches } from '../../../src/intake/match.js';
import { opening, type Heard } from '../../../src/intake/complaint.js';
import { hear, saidIn } from '../../../src/intake/telling.js';
import { Draft } from '../../../src/model/draft.js';
import { DAY } from '../../../src/model/time.js';
import { SILENT } from '../../../src/queue/silent.js';
import { insertDraft } from '../../../src/store/drafts.js';
import { holdLease } from '../../../src/store/leases.js';
import { migrate } from '../../../src/store/migrate.js';
import { openPostgres } from '../../../src/store/postgres.js';
import { openSqlite } from '../../../src/store/sqlite.js';
import type { Store } from '../../../src/store/store.js';
import type { Work } from '../../../src/store/work.js';

const FEW = 10_000;
const MANY = 1_000_000;
const WARM_UP = 300;
const MEASURED = 1_500;
/** Messages whose processor time is measured together. */
const BLOCK = 50;
/** Filed at once, to see how long the event loop is held. */
const BATCH = 600;
const BY_SAME_PERSON = { samePersonWithin: 14 * DAY };
const UNTIL = Date.parse('2026-11-20T08:00:00Z');

interface Database {
  readonly name: 'sqlite' | 'postgres';
  readonly store: Store;
  /** Where its file lies; null: a server. */
  readonly folder: string | null;
  close(): Promise<void>;
}

/** What matching one message costs beside a million stored tickets, and beside ten thousand, on both databases. */
export const matching: Measure = async (bench) => {
  const rows = [...(await measureOn(bench, openEmbedded))];
  if (process.env['HUBBUB_TEST_DATABASE_URL'] === undefined) {
    bench.say(
      'matching on Postgres is not measured: set HUBBUB_TEST_DATABASE_URL, or run node scripts/with-servers.mjs npm run bench -- matching',
    );
    return rows;
  }
  return [...rows, ...(await measureOn(bench, openServer))];
};

/** Both sizes are measured in turns, so that whatever else the machine does falls on both. */
async function measureOn(
  bench: Bench,
  open: (bench: Bench) => Promise<Database>,
): Promise<readonly Row[]> {
  const few = await sideOf(bench, FEW, open);
  const many = await sideOf(bench, MANY, open);
  try {
    bench.say(`matching-${few.name}: measuring`);
    for (let from = 0; from < WARM_UP + MEASURED; from += BLOCK) {
      for (const side of [few, many]) await measureBlock(side, from);
    }
    for (const side of [few, many]) await measureHold(side);
    return rowsOf(few, many);
  } finally {
    await few.close();
    await many.close();
  }
}

/** One database with its tickets, and what was measured beside them; milliseconds. */
interface Side extends Database {
  readonly tickets: number;
  readonly filing: Filing;
  /** Of each message: read, look up, compare, decide. */
  readonly match: number[];
  /** Processor time of that, a message, one figure a block. */
  readonly cpu: number[];
  /** Of a message from draft to commit, one figure a block: by evidence, and by the simple rule. */
  readonly byEvidence: number[];
  readonly bySamePerson: number[];
  /** The longest that matching and filing held the event loop in one go, without the commit behind it. */
  slice: number;
  /** The longest it stood still, commits included: by evidence, and by the simple rule. */
  hold: number;
  holdBySamePerson: number;
}

type Filing = Omit<InOrderDependencies, 'matching'> & { readonly matching: Matching };

async function sideOf(
  bench: Bench,
  tickets: number,
  open: (bench: Bench) => Promise<Database>,
): Promise<Side> {
  const database = await open(bench);
  const { store, folder, name } = database;
  const say = (sentence: string): void => bench.say(`matching-${name}: ${sentence}`);
  const rules = defaultRules();
  say(`storing ${tickets} tickets`);
  const began = performance.now();
  const target = folder === null ? { store } : { folder };
  await storeTellings(target, { tickets, rules, until: UNTIL, say });
  say(`stored in ${Math.round((performance.now() - began) / 1_000)} s`);
  const clock = { now: () => UNTIL + 60_000 };
  const filing: Filing = {
    ...{ store, clock, matching: openMatching(rules), find: () => undefined },
    ...{ region: 'CN', queue: SILENT, crashpoint: () => undefined },
    log: { error: (sentence) => void process.stderr.write(`${sentence}\n`) },
    lease: holdLease(store, 'filing', 'bench', clock),
  };
  const seen = { match: [], cpu: [], byEvidence: [], bySamePerson: [] };
  const held = { slice: 0, hold: 0, holdBySamePerson: 0 };
  return { ...database, tickets, filing, ...seen, ...held };
}

function rowsOf(few: Side, many: Side): readonly Row[] {
  const name = (what: string): string => `matching-${few.name}-${what}`;
  const [median, p99] = [
    (all: readonly number[]) => at(0.5, all),
    (all: readonly number[]) => at(0.99, all),
  ];
  return [
    row(name('median'), median(many.match), 'ms', median(few.match)),
    row(name('p99'), p99(many.match), 'ms', p99(few.match)),
    row(name('cpu'), median(many.cpu), 'ms/message', median(few.cpu)),
    row(name('file-cpu'), median(many.byEvidence), 'ms/message', median(many.bySamePerson)),
    ...(many.folder === null ? [] : [row(name('slice'), many.slice, 'ms', few.slice)]),
    row(name('hold'), many.hold, 'ms', many.holdBySamePerson),
  ];
}

const at = (part: number, values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

/** Asking for the processor time costs some itself, so it is asked once a block. */
async function measureBlock(side: Side, from: number): Promise<void> {
  const { filing, tickets, store } = side;
  const drafts = Array.from({ length: BLOCK }, (_, i) => draftOf(from + i, tickets));
  const match: number[] = [];
  const cpu = await cpuOf(() => store.write(() => matchAlone(filing, drafts, match)));
  await store.write(() => wait(drafts, 'a'));
  const byEvidence = await cpuOf(() => fileInOrder(filing));
  await store.write(() => wait(drafts, 'b'));
  const simple = { ...filing, matching: BY_SAME_PERSON };
  const bySamePerson = await cpuOf(() => fileInOrder(simple));
  if (from < WARM_UP) return;
  side.match.push(...match);
  side.cpu.push(cpu);
  side.byEvidence.push(byEvidence);
  side.bySamePerson.push(bySamePerson);
}

/** Processor time of one message of a block, milliseconds. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / BLOCK;
}

/** The match step by itself, where it runs: inside the writer's transaction. Nothing is written. */
function* matchAlone(deps: Filing, drafts: readonly Draft[], milliseconds: number[]): Work<void> {
  for (const draft of drafts) {
    const began = performance.now();
    const at = Date.parse(draft.receivedAt);
    const heard = hear(saidIn(draft, at), deps);
    if (heard === null) throw new Error('a complaint of the bench cannot be read');
    const complaint = opening(0, toldNow(heard, at));
    yield* findMatches({ group: 1, complaint, person: null }, deps.matching);
    milliseconds.push(performance.now() - began);
  }
}

const toldNow = (heard: Heard, at: number) => ({
  ...heard,
  persons: [],
  ...{ openedAt: at, lastAt: at, status: 'new' as const, conversations: [] },
});

function* wait(drafts: readonly Draft[], run: string): Work<void> {
  for (const draft of drafts) {
    const { id, conversation } = draft;
    const once = { ...draft, id: `${run}-${id}`, conversation: `${run}-${conversation}` };
    yield* insertDraft(once, null, null);
  }
}

async function measureHold(side: Side): Promise<void> {
  const { store, filing, tickets } = side;
  const from = WARM_UP + MEASURED;
  const drafts = Array.from({ length: BATCH }, (_, i) => draftOf(from + i, tickets));
  const simple = { ...filing, matching: BY_SAME_PERSON };
  await store.write(() => wait(drafts, 'h'));
  side.holdBySamePerson = await longestHold(() => fileInOrder(simple));
  await store.write(() => wait(drafts, 'i'));
  const slices: number[] = [];
  side.hold = await longestHold(() => fileInOrder({ ...filing, store: timed(store, slices) }));
  side.slice = Math.max(...slices);
}

/** A store that notes how long each transaction was worked on; on a server others run in between. */
function timed(store: Store, milliseconds: number[]): Store {
  return {
    ...store,
    write: (work) =>
      store.write(function* () {
        const began = performance.now();
        const result = yield* work();
        milliseconds.push(performance.now() - began);
        return result;
      }),
  };
}

/**
 * A third tells again what a stored ticket told, a third names its order in other words, a third is new.
 * Most speak of what was told in the last days, one in five of anything that ever was.
 */
function draftOf(n: number, tickets: number): Draft {
  const age = (n * 7_919) % (n % 5 === 0 ? tickets : FEW);
  const known = tickets - age;
  const fresh = tickets + 1 + n;
  const text =
    n % 3 === 0
      ? complaintText(known)
      : n % 3 === 1
        ? `已经一周了还没有人回复我，订单号${orderNumber(known)}，到底什么时候解决？`
        : complaintText(fresh);
  const handle = `+8613${String(100_000_000 + n)}`;
  return Draft.parse({
    ...{ id: `bench-${n}`, connection: 'bench', channel: 'sms', kind: 'message', text },
    conversation: `bench-${n}`,
    receivedAt: new Date(UNTIL + 30_000).toISOString(),
    sender: { handle, identities: [{ kind: 'phone', value: handle, proof: 'strong' }] },
  });
}

/** The longest the event loop stood still while the work ran, milliseconds. */
async function longestHold(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let running = true;
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  running = false;
  return longest;
}

async function openEmbedded(bench: Bench): Promise<Database> {
  const folder = bench.folder('matching');
  const store = openSqlite(join(folder, 'hubbub.db'));
  await migrate(store);
  return { name: 'sqlite', store, folder, close: () => store.close() };
}

async function openServer(): Promise<Database> {
  const servers: TestServers = await createDatabase();
  const store = openPostgres(servers.url);
  await migrate(store);
  return {
    ...{ name: 'postgres' as const, store, folder: null },
    async close() {
      await store.close();
      await servers.drop();
    },
  };
}
