import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
  if (onPostgres) return openTestPostgres();
  const test = openTestSqlite();
  await migrate(test.store);
  return test;
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
  const { url, drop } = await createMigratedDatabase();
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
export const createDatabase = (): Promise<TestServers> => createFrom('template1');

/** A migrated database on the test server: a copy of one that is migrated once a run. */
export async function createMigratedDatabase(): Promise<TestServers> {
  const folder = join(import.meta.dirname, '../src/store/migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  const template = `hubbub_template_${hash.digest('hex').slice(0, 12)}`;
  try {
    return await createFrom(template);
  } catch (error) {
    if ((error as { code?: string }).code !== NO_SUCH_DATABASE) throw error;
  }
  const { url } = await createDatabase();
  const store = openPostgres(url);
  await migrate(store);
  await store.close();
  const base = process.env['HUBBUB_TEST_DATABASE_URL'] ?? url;
  await asAdmin(base, `ALTER DATABASE ${new URL(url).pathname.slice(1)} RENAME TO ${template}`);
  return createFrom(template);
}

const NO_SUCH_DATABASE = '3D000';

async function createFrom(template: string): Promise<TestServers> {
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
  await asAdmin(base, `CREATE DATABASE ${name} TEMPLATE ${template}`);
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
  try {
    await (await store.knex()).raw(sql);
  } finally {
    await store.close();
  }
}
