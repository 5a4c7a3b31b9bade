import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import { StartProblem } from '../ops/start-problem.js';
import { lockData } from './lock.js';
import { migrate, pendingMigrations } from './migrate.js';
import type { Store } from './store.js';

export interface OpenData {
  readonly store: Store;
  close(): Promise<void>;
}

/** Opens the data an installation is configured for, its schema up to date; says in one sentence why it cannot. */
export async function openData(config: Config): Promise<OpenData> {
  const release = takeDataFolder(config);
  try {
    const store = await openStore(config);
    const close = async (): Promise<void> => {
      await store.close();
      release();
    };
    try {
      await bringSchemaUp(store, config);
    } catch (error) {
      await close();
      throw error;
    }
    return { store, close };
  } catch (error) {
    release();
    throw error;
  }
}

/** Step by step: asked to do it all at once, Node tries for ever where a kernel's own tree refuses. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function takeDataFolder(config: Config): () => void {
  const { dir, databaseUrl } = config.data;
  try {
    makeFolder(dir);
    if (databaseUrl !== null) return () => undefined;
    const lock = lockData(dir);
    if (lock.ok) return lock.release;
    const holder = lock.pid === null ? '' : ` (process ${lock.pid})`;
    throw new StartProblem(
      `${dir} is served by another hub${holder}: stop it, or give this one another folder in HUBBUB_DATA_DIR`,
    );
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    const { code } = error as { code?: string };
    throw new StartProblem(
      `the data folder ${dir} cannot be used (${code ?? String(error)}): make it a folder this user may write, or name another in HUBBUB_DATA_DIR`,
    );
  }
}

async function openStore(config: Config): Promise<Store> {
  const { databaseUrl, dir } = config.data;
  if (databaseUrl !== null) return (await import('./postgres.js')).openPostgres(databaseUrl);
  if (config.process.role !== 'all') {
    throw new StartProblem(
      `HUBBUB_ROLE is ${config.process.role}, but the embedded database is served by one process: use all, or set HUBBUB_DATABASE_URL`,
    );
  }
  const { openSqlite } = await import('./sqlite.js');
  return openSqlite(join(dir, 'hubbub.db'));
}

/** Embedded: migrates by itself, after a copy. Scaled: an admin does it when the others are stopped. */
async function bringSchemaUp(store: Store, config: Config): Promise<void> {
  const pending = await lacking(store);
  if (pending.length === 0) return;
  if (store.dialect === 'postgres') {
    throw new StartProblem(
      `the database lacks ${pending.join(', ')}: run hubbub migrate once, then start again`,
    );
  }
  const { copyBeforeMigration } = await import('./sqlite.js');
  copyBeforeMigration(join(config.data.dir, 'hubbub.db'));
  await migrate(store);
}

/** The first question to the database: whoever does not answer it cannot be reached. */
async function lacking(store: Store): Promise<readonly string[]> {
  try {
    return await pendingMigrations(store);
  } catch (error) {
    if (store.dialect === 'sqlite') throw error;
    const { code, message } = error as { readonly code?: string; readonly message: string };
    throw new StartProblem(
      `the database of HUBBUB_DATABASE_URL does not answer (${code ?? message}): start it, or mend its address, user or password`,
    );
  }
}
