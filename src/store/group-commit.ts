import type { DatabaseSync } from '@photostructure/sqlite';
import { StoreProblem } from './store.js';
import type { Work } from './work.js';

type Db = InstanceType<typeof DatabaseSync>;
type Drive = <T>(work: Work<T>) => T;

const BUSY_RETRY_MS = 5;
const BUSY_PATIENCE_MS = 10_000;

interface Pending {
  readonly work: () => Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Works that are asked for in one turn of the event loop share one commit; each succeeds or fails alone. */
export class GroupCommit {
  private readonly db: Db;
  private readonly drive: Drive;
  private queue: Pending[] = [];
  private scheduled = false;
  private readonly idle: (() => void)[] = [];

  /** `drive` runs a work's statements on `db`, to its end. */
  constructor(db: Db, drive: Drive) {
    this.db = db;
    this.drive = drive;
  }

  write<T>(work: () => Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    if (!this.scheduled) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush(Date.now() + BUSY_PATIENCE_MS));
  }

  private flush(patience: number): void {
    const begun = this.begin();
    if (begun === 'busy' && Date.now() < patience) {
      setTimeout(() => this.flush(patience), BUSY_RETRY_MS);
      return;
    }
    const batch = this.queue;
    this.queue = [];
    const settlements = begun === 'begun' ? this.commit(batch) : rejections(batch, refusal(begun));
    this.scheduled = false;
    if (this.queue.length > 0) this.schedule();
    for (const settle of settlements) settle();
    this.restIfIdle();
  }

  /** A settled writer may have asked for more in the meantime. */
  private restIfIdle(): void {
    if (this.scheduled) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private begin(): 'begun' | 'busy' | Error {
    try {
      this.db.exec('BEGIN IMMEDIATE');
      return 'begun';
    } catch (error) {
      const busy = /database is (locked|busy)/i.test((error as Error).message);
      return busy ? 'busy' : (error as Error);
    }
  }

  /** Nothing is told to anybody before the commit is durable. */
  private commit(batch: readonly Pending[]): readonly (() => void)[] {
    try {
      const settlements = batch.map((pending) => this.runOne(pending, batch.length > 1));
      this.db.exec('COMMIT');
      return settlements;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      return rejections(batch, problemOf(error));
    }
  }

  /** A work that fails alone must not undo its neighbours: it runs in a savepoint of its own. */
  private runOne({ work, resolve, reject }: Pending, shared: boolean): () => void {
    if (!shared) {
      const value = this.drive(work());
      return () => resolve(value);
    }
    this.db.exec('SAVEPOINT one');
    try {
      const value = this.drive(work());
      this.db.exec('RELEASE one');
      return () => resolve(value);
    } catch (error) {
      if (!this.db.isTransaction) throw error;
      this.db.exec('ROLLBACK TO one');
      this.db.exec('RELEASE one');
      return () => reject(problemOf(error));
    }
  }
}

function rejections(batch: readonly Pending[], error: Error): readonly (() => void)[] {
  return batch.map(
    ({ reject }) =>
      () =>
        reject(error),
  );
}

function refusal(begun: 'busy' | Error): Error {
  if (begun !== 'busy') return problemOf(begun);
  const way = 'another process keeps the database locked; stop it or wait for it to end';
  return new StoreProblem('busy', way);
}

function problemOf(error: unknown): Error {
  const { message } = error as Error;
  if (!/disk is full|disk I\/O error/i.test(message)) return error as Error;
  return new StoreProblem(
    'full',
    'the disk is full: nothing was stored; free some space, the hub goes on by itself',
  );
}
