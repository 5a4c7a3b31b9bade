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
import { SILENT } from '../../../src/queue/silent.js';
import { insertDraft } from '../../../src/store/drafts.js';
import { holdLease } from '../../../src/store/leases.js';
import { migrate } from '../../../src/store/migrate.js';
import { openPostgres } from '../../../src/store/postgres.js';
import { openSqlite } from '../../../src/store/sqlite.js';
import type { Store } from '../../../src/store/store.js';

const FEW = 10_000;
const MANY = 1_000_000;
const WARM_UP = 300;
const MEASURED = 1_500;
/** Messages whose processor time is measured together. */
const BLOCK = 50;
/** Filed at once, to see how long the event loop is held. */
const BATCH = 600;
const UNTIL = Date.parse('2026-11-20T08:00:00Z');

interface Database {
  readonly name: 'sqlite' | 'postgres';
  readonly store: Store;
  /** Where its file lies; null: a server. */
  readonly folder: string | null;
  close(): Promise<void>;
}

/** Milliseconds. */
interface Seen {
  /** Read, look up, compare, decide. */
  readonly match: Spread;
  /** The same with identify and file, to the commit. */
  readonly file: Spread;
  readonly hold: number;
}

interface Spread {
  readonly median: number;
  readonly p99: number;
  readonly cpu: number;
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

async function measureOn(
  bench: Bench,
  open: (bench: Bench) => Promise<Database>,
): Promise<readonly Row[]> {
  const few = await measureBeside(bench, open, FEW);
  const many = await measureBeside(bench, open, MANY);
  const name = (what: string): string => `matching-${few.name}-${what}`;
  return [
    row(name('match-median'), many.match.median, 'ms', few.match.median),
    row(name('match-p99'), many.match.p99, 'ms', few.match.p99),
    row(name('match-cpu'), many.match.cpu, 'ms/message', few.match.cpu),
    row(name('file-median'), many.file.median, 'ms', few.file.median),
    row(name('file-p99'), many.file.p99, 'ms', few.file.p99),
    row(name('file-cpu'), many.file.cpu, 'ms/message', few.file.cpu),
    row(name('hold'), many.hold, 'ms', few.hold),
  ];
}

async function measureBeside(
  bench: Bench,
  open: (bench: Bench) => Promise<Database>,
  tickets: number,
): Promise<Seen & { readonly name: string }> {
  const database = await open(bench);
  const { store, folder, name } = database;
  const say = (sentence: string): void => bench.say(`matching-${name}: ${sentence}`);
  try {
    say(`storing ${tickets} tickets`);
    const rules = defaultRules();
    const began = performance.now();
    await storeTellings(folder === null ? { store } : { folder }, {
      tickets,
      rules,
      until: UNTIL,
      say,
    });
    say(`stored in ${Math.round((performance.now() - began) / 1_000)} s; measuring`);
    return { name, ...(await measureOne(store, tickets)) };
  } finally {
    await database.close();
  }
}

async function measureOne(store: Store, tickets: number): Promise<Seen> {
  const clock = { now: () => UNTIL + 60_000 };
  const rules = defaultRules();
  const deps = {
    ...{
      store,
      clock,
      matching: openMatching(rules),
      find: () => undefined,
      region: 'CN' as const,
    },
    queue: SILENT,
    log: { error: (sentence: string) => void process.stderr.write(`${sentence}\n`) },
    crashpoint: () => undefined,
    lease: holdLease(store, 'filing', 'bench', clock),
  };
  const matches: Block[] = [];
  const files: Block[] = [];
  for (let from = 0; from < WARM_UP + MEASURED; from += BLOCK) {
    const drafts = Array.from({ length: BLOCK }, (_, i) => draftOf(from + i, tickets));
    const looked = await measureBlock(drafts, (draft) => matchAlone(deps, draft));
    const filed = await measureBlock(drafts, async (draft) => {
      await store.write(() => insertDraft(draft, null, null));
      await fileInOrder(deps);
    });
    if (from < WARM_UP) continue;
    matches.push(looked);
    files.push(filed);
  }
  await store.write(function* () {
    for (let n = 0; n < BATCH; n += 1) {
      yield* insertDraft(draftOf(WARM_UP + MEASURED + n, tickets), null, null);
    }
  });
  const hold = await longestHold(() => fileInOrder(deps));
  return { match: spreadOf(matches), file: spreadOf(files), hold };
}

/** A third tells again what a stored ticket told, a third names its order in other words, a third is new. */
function draftOf(n: number, tickets: number): Draft {
  const known = 1 + ((n * 7_919) % tickets);
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

type BenchDependencies = InOrderDependencies & { readonly matching: Matching };

/** The match step by itself, without anything being written. */
async function matchAlone(deps: BenchDependencies, draft: Draft): Promise<void> {
  const at = Date.parse(draft.receivedAt);
  const heard = hear(saidIn(draft, { at, region: deps.region }), deps);
  if (heard === null) throw new Error('a complaint of the bench cannot be read');
  const subject = { group: 1, complaint: opening(0, sideOf(heard, at)), person: null };
  await deps.store.read(() => findMatches(subject, deps.matching));
}

const sideOf = (heard: Heard, at: number) => ({
  ...heard,
  persons: [],
  ...{ openedAt: at, lastAt: at, status: 'new' as const, conversations: [] },
});

interface Block {
  readonly milliseconds: readonly number[];
  /** Of one message, in the mean. */
  readonly cpu: number;
}

/** One after the other. Asking for the processor time costs some itself, so it is asked once a block. */
async function measureBlock(
  drafts: readonly Draft[],
  work: (draft: Draft) => Promise<void>,
): Promise<Block> {
  const milliseconds: number[] = [];
  const before = process.cpuUsage();
  for (const draft of drafts) {
    const began = performance.now();
    await work(draft);
    milliseconds.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(before);
  return { milliseconds, cpu: (user + system) / 1_000 / drafts.length };
}

function spreadOf(blocks: readonly Block[]): Spread {
  const at = (part: number, values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;
  const times = blocks.flatMap(({ milliseconds }) => milliseconds);
  return {
    median: at(0.5, times),
    p99: at(0.99, times),
    cpu: at(
      0.5,
      blocks.map(({ cpu }) => cpu),
    ),
  };
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
