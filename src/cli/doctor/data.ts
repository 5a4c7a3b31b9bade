import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Loaded } from '../../config/load.js';
import { masterKeysOf } from '../../connections/master-key.js';
import { shownStatus } from '../../connections/shown-status.js';
import { openVault } from '../../connections/vault.js';
import { MINUTE } from '../../model/time.js';
import { liveConnections, type ConnectionRow } from '../../store/connections.js';
import { latestReceipt } from '../../store/envelopes.js';
import { pendingMigrations } from '../../store/migrate.js';
import type { Store } from '../../store/store.js';
import { megabytes } from '../progress.js';
import { typed } from '../typed.js';
import { checked, note, ok, wrong, type Finding } from './finding.js';
import { workFindings } from './work.js';

const LITTLE_ROOM = 1_000_000_000;
const NO_ROOM = 100_000_000;

/** The data folder, its room, the database, the key, the connections, the clock. */
export async function examineData(
  loaded: Loaded,
  served: string | null,
  connectors: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const { dir, databaseUrl } = loaded.config.data;
  const folder = folderFindings(dir);
  if (folder.some(({ level }) => level === 'wrong')) return folder;
  const room = await checked('disk', 'look at the disk', () => roomFor(dir));
  const server =
    served === null
      ? note('hub', 'none runs on this data', typed(loaded, 'start'))
      : ok('hub', served);
  if (databaseUrl === null && !existsSync(join(dir, 'hubbub.db'))) {
    const empty = note('database', 'there is none yet', 'the first start makes it');
    return [...folder, ...room, server, empty];
  }
  const database = await checked('database', 'put back a backup, or ask the database server', () =>
    databaseFindings(loaded, served !== null, connectors),
  );
  return [...folder, ...room, server, ...database];
}

function folderFindings(dir: string): readonly Finding[] {
  const place = existsSync(dir) ? dir : dirname(dir);
  const next = 'make it a folder this user may write, or name another in HUBBUB_DATA_DIR';
  try {
    if (!statSync(place).isDirectory()) return [wrong('data folder', `${place} is a file`, next)];
    accessSync(place, constants.W_OK);
    return [ok('data folder', dir)];
  } catch (error) {
    const { code } = error as { code?: string };
    return [wrong('data folder', `${dir} (${code ?? String(error)})`, next)];
  }
}

async function roomFor(dir: string): Promise<readonly Finding[]> {
  const { bavail, bsize } = await statfs(existsSync(dir) ? dir : dirname(dir));
  const free = bavail * bsize;
  const text = `${megabytes(free)} free`;
  if (free < NO_ROOM) return [wrong('disk', text, 'free some space: soon nothing can be accepted')];
  return [free < LITTLE_ROOM ? note('disk', text, 'free some space soon') : ok('disk', text)];
}

async function databaseFindings(
  loaded: Loaded,
  served: boolean,
  connectors: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const store = await open(loaded);
  try {
    const pending = await pendingMigrations(store);
    if (pending.length > 0) {
      const text = `${store.dialect} lacks ${pending.join(', ')}`;
      const embedded = store.dialect === 'sqlite';
      return [note('database', text, typed(loaded, embedded ? 'start' : 'migrate'))];
    }
    return [
      ok('database', store.dialect),
      ...(await keyFindings(loaded, store, served)),
      ...(await connectionFindings(loaded, store, connectors)),
      ...(await workFindings(loaded, store)),
      ...(await clockFindings(store)),
    ];
  } finally {
    await store.close();
  }
}

async function open({ config }: Loaded): Promise<Store> {
  const { databaseUrl, dir } = config.data;
  return databaseUrl === null
    ? (await import('../../store/sqlite.js')).openSqlite(join(dir, 'hubbub.db'))
    : (await import('../../store/postgres.js')).openPostgres(databaseUrl);
}

async function keyFindings(
  { config, environment }: Loaded,
  store: Store,
  served: boolean,
): Promise<readonly Finding[]> {
  if (served) return [ok('master key', 'opened by the running hub')];
  const file = join(config.data.dir, 'master.key');
  const next = 'put back master.key, or give the key in HUBBUB_MASTER_KEY';
  if (environment.masterKey === null && !existsSync(file)) {
    return [wrong('master key', `${file} is not there`, next)];
  }
  return checked('master key', next, async () => {
    await openVault(store, masterKeysOf(environment.masterKey, config.data.dir), Date.now());
    return [ok('master key', environment.masterKey === null ? file : 'HUBBUB_MASTER_KEY')];
  });
}

async function connectionFindings(
  loaded: Loaded,
  store: Store,
  connectors: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const rows = await store.read(liveConnections);
  if (rows.length === 0) {
    return [note('connections', 'there is none yet', typed(loaded, 'connections add --help'))];
  }
  const findings = rows.flatMap((row) => connectionFinding(loaded, row, connectors));
  return findings.length > 0 ? findings : [ok('connections', rows.map(({ id }) => id).join(', '))];
}

function connectionFinding(
  loaded: Loaded,
  row: ConnectionRow,
  connectors: ReadonlySet<string>,
): readonly Finding[] {
  const { id, connector, status_reason: reason } = row;
  const status = shownStatus(row);
  const check = typed(loaded, `connections check ${id}`);
  if (!connectors.has(connector)) {
    const remove = typed(loaded, `connections remove ${id}`);
    return [
      wrong(
        'connections',
        `${id}: there is no connector ${connector}`,
        `put it back, or ${remove}`,
      ),
    ];
  }
  if (status === 'active') return [];
  if (status === 'paused') {
    const next = `PATCH /api/v1/connections/${id} with {"status":"active"} when it is to go on`;
    return [note('connections', `${id}: paused by an admin, its answers wait`, next)];
  }
  return [wrong('connections', `${id}: ${status}: ${reason ?? 'no reason is known'}`, check)];
}

/** Something that arrived in the future says that the clock was put back. */
async function clockFindings(store: Store): Promise<readonly Finding[]> {
  const latest = await store.read(latestReceipt);
  const now = new Date().toISOString();
  return latest !== null && latest > Date.now() + MINUTE
    ? [
        wrong(
          'clock',
          `it is ${now}, but something arrived at ${new Date(latest).toISOString()}`,
          'set the clock of this machine, and let it be kept (NTP)',
        ),
      ]
    : [ok('clock', now)];
}
