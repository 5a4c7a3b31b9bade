import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/store/migrate.js';
import { openPostgres } from '../src/store/postgres.js';
import { openSqlite } from '../src/store/sqlite.js';
import type { Store } from '../src/store/store.js';

/** `DB=postgres` runs the same tests on Postgres; everything else on the embedded database. */
export const onPostgres = process.env['DB'] === 'postgres';

export interface TestStore {
  readonly store: Store;
  end(): Promise<void>;
}

/** A migrated database of its own. */
export async function openTestStore(): Promise<TestStore> {
  const { store, end } = onPostgres ? await openTestPostgres() : openTestSqlite();
  await migrate(store);
  return { store, end };
}

function openTestSqlite(): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-store-'));
  const store = openSqlite(join(folder, 'hubbub.db'));
  return {
    store,
    async end() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openTestPostgres(): Promise<TestStore> {
  const { url, drop } = await createDatabase();
  const store = openPostgres(url);
  return {
    store,
    async end() {
      await store.close();
      await drop();
    },
  };
}

export interface TestServers {
  readonly url: string;
  readonly redis: string;
  drop(): Promise<void>;
}

/** An empty database on the test server; tests never meet each other's rows. */
export async function createDatabase(): Promise<TestServers> {
  const [base, redis] = [
    process.env['HUBBUB_TEST_DATABASE_URL'],
    process.env['HUBBUB_TEST_REDIS_URL'],
  ];
  if (base === undefined || redis === undefined) {
    throw new Error(
      'HUBBUB_TEST_DATABASE_URL and HUBBUB_TEST_REDIS_URL are needed: npm run test:servers sets them',
    );
  }
  const name = `hubbub_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(base, `CREATE DATABASE ${name}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    redis,
    drop: () => asAdmin(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  const store = openPostgres(url);
  await (await store.knex()).raw(sql);
  await store.close();
}
