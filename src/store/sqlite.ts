import type { Knex } from 'knex';
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import type { Answer, Row, Statement, Value, Work } from './work.js';
import { StoreProblem, type Store } from './store.js';
import { sqliteKnex } from './sqlite-knex.js';

type Db = InstanceType<typeof DatabaseSync>;

/** A bug up to 3.51.2 can lose committed writes when the write-ahead log is reset. */
const OLDEST_SQLITE = '3.51.3';
const PAGE_CACHE_KIB = 16_384;
/** Pages the log may hold before they are carried over: fewer, larger carries; 16 MiB of log. */
const CHECKPOINT_PAGES = 4_096;
const BUSY_RETRY_MS = 5;
const BUSY_PATIENCE_MS = 10_000;

/** Works that are asked for in one turn of the event loop and share one commit. */
interface Pending {
  readonly work: () => Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Opens the embedded database; one process serves it (see `lock.ts`). */
export function openSqlite(file: string): Store {
  const writer = openHandle(file);
  refuseOldSqlite(writer);
  const reader = openHandle(file);
  reader.exec('PRAGMA query_only=ON');
  const writes = prepared(writer);
  const reads = prepared(reader);
  const committer = groupCommit(writer, writes);
  let knex: Knex | null = null;
  return {
    dialect: 'sqlite',
    write: (work) => committer.write(work),
    read: (work) => attempt(() => drive(work(), reads)),
    get knex() {
      knex ??= sqliteKnex(file);
      return knex;
    },
    async close() {
      await committer.drained();
      await knex?.destroy();
      reader.close();
      writer.close();
    },
  };
}

function openHandle(file: string): Db {
  try {
    return configured(new DatabaseSync(file, { timeout: 0 }));
  } catch (error) {
    const { message } = error as Error;
    throw new StoreProblem(
      'broken',
      `${file} cannot be opened as a database (${message}): put back a backup, or name another folder in HUBBUB_DATA_DIR`,
    );
  }
}

function configured(db: Db): Db {
  db.exec('PRAGMA journal_mode=WAL');
  db.exec('PRAGMA synchronous=FULL');
  db.exec('PRAGMA foreign_keys=ON');
  db.exec(`PRAGMA cache_size=-${PAGE_CACHE_KIB}`);
  db.exec('PRAGMA temp_store=MEMORY');
  db.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
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

/** Each statement text is prepared once for the life of its connection. */
function prepared(db: Db): Execute {
  const statements = new Map<string, StatementSyncInstance>();
  return ({ kind, sql, values }) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(
        sql.replaceAll('{ids}', '(SELECT value FROM json_each(?))').replaceAll('{lock}', ''),
      );
      statements.set(sql, statement);
    }
    const bound = values as Value[];
    if (kind === 'get') return statement.get(...bound) as Row | undefined;
    if (kind === 'all') return statement.all(...bound) as Row[];
    const { changes, lastInsertRowid } = statement.run(...bound);
    if (kind === 'run') return Number(changes);
    return changes === 0 ? 0 : Number(lastInsertRowid);
  };
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

function groupCommit(db: Db, execute: Execute) {
  let queue: Pending[] = [];
  let scheduled = false;
  let idle: (() => void)[] = [];

  function write<T>(work: () => Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!scheduled) {
        scheduled = true;
        setImmediate(flush, Date.now() + BUSY_PATIENCE_MS);
      }
    });
  }

  function flush(patience: number): void {
    if (!begin(db)) {
      if (Date.now() < patience) return void setTimeout(flush, BUSY_RETRY_MS, patience);
      return settle(
        queue.splice(0),
        new StoreProblem(
          'busy',
          'another process keeps the database locked; stop it or wait for it to end',
        ),
      );
    }
    const batch = queue;
    queue = [];
    settleBatch(batch);
  }

  function settleBatch(batch: readonly Pending[]): void {
    const done: (() => void)[] = [];
    try {
      for (const pending of batch) done.push(runOne(pending, batch.length > 1));
      db.exec('COMMIT');
    } catch (error) {
      rollback(db);
      return settle(batch, problemOf(error));
    }
    scheduled = queue.length > 0;
    if (scheduled) setImmediate(flush, Date.now() + BUSY_PATIENCE_MS);
    for (const resolve of done) resolve();
    announceIdle();
  }

  /** A work that fails alone must not undo its neighbours: it runs in a savepoint of its own. */
  function runOne(pending: Pending, shared: boolean): () => void {
    if (!shared) {
      const value = drive(pending.work(), execute);
      return () => pending.resolve(value);
    }
    db.exec('SAVEPOINT one');
    try {
      const value = drive(pending.work(), execute);
      db.exec('RELEASE one');
      return () => pending.resolve(value);
    } catch (error) {
      if (!inTransaction(db)) throw error;
      db.exec('ROLLBACK TO one');
      db.exec('RELEASE one');
      return () => pending.reject(problemOf(error));
    }
  }

  function settle(batch: readonly Pending[], error: Error): void {
    scheduled = queue.length > 0;
    if (scheduled) setImmediate(flush, Date.now() + BUSY_PATIENCE_MS);
    for (const pending of batch) pending.reject(error);
    announceIdle();
  }

  function announceIdle(): void {
    if (scheduled) return;
    for (const resolve of idle.splice(0)) resolve();
  }

  const drained = (): Promise<void> =>
    scheduled ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve();
  return { write, drained };
}

function begin(db: Db): boolean {
  try {
    db.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function inTransaction(db: Db): boolean {
  return db.isTransaction;
}

function rollback(db: Db): void {
  if (inTransaction(db)) db.exec('ROLLBACK');
}

const isBusy = (error: unknown): boolean =>
  /database is (locked|busy)/i.test((error as Error).message);

function problemOf(error: unknown): Error {
  const { message } = error as Error;
  if (/disk is full|disk I\/O error/i.test(message)) {
    return new StoreProblem(
      'full',
      'the disk is full: nothing was stored; free some space, the hub goes on by itself',
    );
  }
  return error as Error;
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
