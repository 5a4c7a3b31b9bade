import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrate } from '../src/store/migrate.js';
import { openPostgres } from '../src/store/postgres.js';
import { copyDatabase, openSqlite } from '../src/store/sqlite.js';
import type { Store } from '../src/store/store.js';
import { ROOT } from './architecture/tree.js';

/** `DB=postgres` runs the same tests on Postgres; everything else on the embedded database. */
export const onPostgres = process.env['DB'] === 'postgres';

export interface TestStore {
  readonly store: Store;
  end(): Promise<void>;
}

/** A migrated database of its own. */
export function openTestStore(): Promise<TestStore> {
  return onPostgres ? openTestPostgres() : openTestSqlite();
}

async function openTestSqlite(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-store-'));
  await putMigratedDatabase(folder);
  const store = openSqlite(join(folder, 'hubbub.db'), 'OFF');
  return {
    store,
    async end() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Puts a migrated database into a folder that has none: a copy of one that is migrated once as long as
 * the migrations stay, since to load and run them costs many a test file more than its tests.
 */
export async function putMigratedDatabase(folder: string): Promise<void> {
  const file = join(folder, 'hubbub.db');
  if (existsSync(file)) return;
  const template = join(ROOT, '.cache', `${templateName()}.db`);
  if (!existsSync(template)) await makeTemplate(template);
  mkdirSync(folder, { recursive: true });
  copyFileSync(template, file);
}

async function makeTemplate(template: string): Promise<void> {
  const folder = mkdtempSync(join(dirname(template), 'template-'));
  const file = join(folder, 'hubbub.db');
  const store = openSqlite(file);
  await migrate(store);
  await store.close();
  copyDatabase(file, join(folder, 'whole.db'));
  renameSync(join(folder, 'whole.db'), template);
  rmSync(folder, { recursive: true });
}

/** Names the schema by all that makes it. */
function templateName(): string {
  const folder = join(import.meta.dirname, '../src/store');
  const migrations = readdirSync(join(folder, 'migrations')).sort();
  const hash = createHash('sha256');
  for (const name of ['migrate.js', ...migrations.map((file) => `migrations/${file}`)]) {
    hash.update(readFileSync(join(folder, name)));
  }
  return `hubbub_template_${hash.digest('hex').slice(0, 12)}`;
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
  const template = templateName();
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
