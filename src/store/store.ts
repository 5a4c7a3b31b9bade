import type { Knex } from 'knex';
import type { Work } from './work.js';

/**
 * The one write port. Nothing else in the hub changes the database; how the work becomes a
 * transaction is the adapter's business (`sqlite.ts`, `postgres.ts`).
 */
export interface Store {
  readonly dialect: 'sqlite' | 'postgres';

  /**
   * Runs `work` in a transaction and resolves after its commit is durable. Works that are asked for
   * in one turn of the event loop share one commit on SQLite; each still succeeds or fails alone.
   */
  write<T>(work: () => Work<T>): Promise<T>;

  /** Runs reading `work` on what is committed. */
  read<T>(work: () => Work<T>): Promise<T>;

  /** For migrations: loaded when it is first asked for, never on the hot path. */
  knex(): Promise<Knex>;

  close(): Promise<void>;
}

/** `away`: the database server cannot be reached or is starting; it passes by itself. */
export type StoreFault = 'full' | 'busy' | 'away' | 'old' | 'broken';

/** A database problem an operator can act on; `write` rejects with it and nothing was changed. */
export class StoreProblem extends Error {
  readonly fault: StoreFault;
  constructor(fault: StoreFault, sentence: string) {
    super(sentence);
    this.fault = fault;
  }
}

/**
 * The answer of a store that closes to somebody whose process is ending: nothing is begun, and nobody
 * is left who could do anything about a refusal.
 */
export const never = <T>(): Promise<T> => new Promise(() => undefined);
