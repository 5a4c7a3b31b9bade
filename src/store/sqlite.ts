import type { Knex } from 'knex';
import { DatabaseSync } from '@photostructure/sqlite';
import { onlyReads, type Answer, type Row, type Statement, type Value, type Work } from './work.js';
import { GroupCommit } from './group-commit.js';
import { never, StoreProblem, type Store } from './store.js';

type Db = InstanceType<typeof DatabaseSync>;

/** A bug up to 3.51.2 can lose committed writes when the write-ahead log is reset. */
const OLDEST_SQLITE = '3.51.3';
const PAGE_CACHE_KIB = 32_768;
/** Pages the log may hold before they are carried over: a log of 4 MiB keeps the longest wait short. */
const CHECKPOINT_PAGES = 1_000;

/** Whoever reads a database that was left in the middle puts it in order first, and locks it meanwhile. */
const OPENING_PATIENCE_MS = 5_000;

/** OFF hands writes to the kernel and does not wait for the disk: for tests, whose data nobody will miss. */
export type Synchronous = 'FULL' | 'OFF';

/**
 * Opens the embedded database; one process serves it (see `lock.ts`). One connection reads and writes:
 * no transaction is ever open between two turns of the event loop, and a second connection would have
 * to read its pages anew after every commit of the first.
 */
export function openSqlite(file: string, synchronous: Synchronous = 'FULL'): Store {
  const db = openHandle(file, synchronous);
  refuseOldSqlite(db);
  const execute = prepared(db);
  const mustRead = onlyReads();
  const reading = (statement: Statement): Answer => {
    mustRead(statement);
    return execute(statement);
  };
  const committer = new GroupCommit(db, (work) => drive(work, execute));
  let knex: Knex | null = null;
  let closing = false;
  return {
    dialect: 'sqlite',
    write: (work) => (closing ? never() : committer.write(work)),
    read: (work) => (closing ? never() : attempt(() => drive(work(), reading))),
    async knex() {
      knex ??= (await import('./sqlite-knex.js')).sqliteKnex(file);
      return knex;
    },
    async close() {
      closing = true;
      await committer.drained();
      await knex?.destroy();
      db.close();
    },
  };
}

function openHandle(file: string, synchronous: Synchronous): Db {
  try {
    return configured(new DatabaseSync(file, { timeout: OPENING_PATIENCE_MS }), synchronous);
  } catch (error) {
    const { message } = error as Error;
    throw new StoreProblem(
      'broken',
      `${file} cannot be opened as a database (${message}): put back a backup, or name another folder in HUBBUB_DATA_DIR`,
    );
  }
}

function configured(db: Db, synchronous: Synchronous): Db {
  db.exec('PRAGMA journal_mode=WAL');
  db.exec(`PRAGMA synchronous=${synchronous}`);
  db.exec('PRAGMA foreign_keys=ON');
  db.exec(`PRAGMA cache_size=-${PAGE_CACHE_KIB}`);
  db.exec('PRAGMA temp_store=MEMORY');
  db.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
  // From here on whoever waits for a lock waits without holding up the event loop.
  db.exec('PRAGMA busy_timeout=0');
  return db;
}

function refuseOldSqlite(db: Db): void {
  const { v } = db.prepare('SELECT sqlite_version() AS v').get() as { v: string };
  const number = (version: string): number =>
    version.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0);
  if (number(v) < number(OLDEST_SQLITE)) {
    throw new StoreProblem(
      'broken',
      `SQLite ${v} can lose committed writes; ${OLDEST_SQLITE} or newer is needed`,
    );
  }
}

type Execute = (statement: Statement) => Answer;

type Run = (values: Value[]) => Answer;

/** Each statement text is prepared once for the life of its connection. */
function prepared(db: Db): Execute {
  const runs: Readonly<Record<Statement['kind'], Map<string, Run>>> = {
    run: new Map(),
    insert: new Map(),
    get: new Map(),
    all: new Map(),
    packed: new Map(),
  };
  return ({ kind, sql, values }) => {
    let run = runs[kind].get(sql);
    if (run === undefined) {
      run = runOf(db, kind, embedded(sql));
      runs[kind].set(sql, run);
    }
    return run(values as Value[]);
  };
}

const embedded = (sql: string): string =>
  sql
    .replaceAll('{ids}', '(SELECT value FROM json_each(?))')
    .replaceAll('{texts}', '(SELECT value FROM json_each(?))')
    .replaceAll('{lock}', '')
    .replaceAll('{number}', '(SELECT COALESCE(MAX(number), 0) + 1 FROM events)');

function runOf(db: Db, kind: Statement['kind'], sql: string): Run {
  if (kind === 'packed') return unpacked(db, sql);
  const statement = db.prepare(sql);
  switch (kind) {
    case 'get':
      return (values) => statement.get(...values) as Row | undefined;
    case 'all':
      return (values) => statement.all(...values) as Row[];
    case 'run':
      return (values) => statement.run(...values).changes;
    case 'insert':
      return (values) => {
        const { changes, lastInsertRowid } = statement.run(...values);
        return changes === 0 ? 0 : Number(lastInsertRowid);
      };
  }
}

/** All rows come as one text of lists, and are put together again under the names of their columns. */
function unpacked(db: Db, sql: string): Run {
  const columns = db.prepare(sql).columns();
  const names = columns.map(({ name }) => name);
  const list = names.map((name) => `"${name}"`).join(', ');
  const whole = db.prepare(`SELECT json_group_array(json_array(${list})) AS rows FROM (${sql})`);
  return (values) => {
    const { rows } = whole.get(...values) as { rows: string };
    return (JSON.parse(rows) as readonly Value[][]).map((row) => named(names, row));
  };
}

function named(names: readonly string[], values: readonly Value[]): Row {
  const row: Record<string, Value> = {};
  names.forEach((name, at) => (row[name] = values[at] ?? null));
  return row;
}

function drive<T>(work: Work<T>, execute: Execute): T {
  let step = work.next(undefined);
  while (step.done !== true) step = work.next(execute(step.value));
  return step.value;
}

function attempt<T>(task: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(task());
  });
}

/** A whole copy beside the database, made before its schema changes; none of an empty database. */
export function copyBeforeMigration(file: string): string | null {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    const { n } = db
      .prepare("SELECT COUNT(*) AS n FROM sqlite_master WHERE name = 'envelopes'")
      .get() as { n: number };
    if (n === 0) return null;
    const copy = `${file}.before-migration-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    db.prepare('VACUUM INTO ?').run(copy);
    return copy;
  } finally {
    db.close();
  }
}

/** One snapshot of the database in another file; a hub may go on writing meanwhile. */
export function copyDatabase(file: string, copy: string): void {
  const db = new DatabaseSync(file, { timeout: 5_000, readOnly: true });
  try {
    db.prepare('VACUUM INTO ?').run(copy);
  } finally {
    db.close();
  }
}
