import { all, get, insert, run, type Work } from './work.js';

export interface ConnectionRow {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly group_id: number;
  /** JSON as the connector's schema knows it. */
  readonly settings: string;
  /** Sealed by the vault; only it can read them. */
  readonly credentials: string;
  /** Rises whenever other secrets take their place. */
  readonly secret_version: number;
  readonly status: 'active' | 'paused' | 'failing';
  readonly status_reason: string | null;
  readonly version: number;
  readonly created_at: number;
  readonly removed_at: number | null;
}

const COLUMNS =
  'id, connector, name, group_id, settings, credentials, secret_version, status, status_reason, version, created_at, removed_at';

export function* liveConnections(): Work<readonly ConnectionRow[]> {
  return yield* all<ConnectionRow>(
    `SELECT ${COLUMNS} FROM connections WHERE removed_at IS NULL ORDER BY created_at, id`,
  );
}

export function* connectionById(id: string): Work<ConnectionRow | undefined> {
  return yield* get<ConnectionRow>(`SELECT ${COLUMNS} FROM connections WHERE id = ?`, id);
}

/** For a change of what it says: until the commit nobody else changes it. */
export function* lockConnection(id: string): Work<ConnectionRow | undefined> {
  return yield* get<ConnectionRow>(`SELECT ${COLUMNS} FROM connections WHERE id = ? {lock}`, id);
}

/** Changes whenever any connection was added, changed or removed: what the supervisor watches. */
export function* connectionsVersion(): Work<number> {
  const row = yield* get<{ version: number | string | null }>(
    'SELECT SUM(version) AS version FROM connections',
  );
  return Number(row?.version ?? 0);
}

export function* insertConnection(
  row: Omit<ConnectionRow, 'secret_version' | 'status_reason' | 'version' | 'removed_at'>,
): Work<void> {
  yield* run(
    `INSERT INTO connections (id, connector, name, group_id, settings, credentials, status, version, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)`,
    row.id,
    row.connector,
    row.name,
    row.group_id,
    row.settings,
    row.credentials,
    row.status,
    row.created_at,
  );
}

export interface ConnectionChange {
  readonly name: string;
  readonly settings: string;
  /** Null: the secrets are as they were. */
  readonly credentials: string | null;
}

/** Secrets that are replaced are kept, sealed: envelopes that came under them may not be read yet, or be replayed. */
export function* changeConnection(
  id: string,
  { name, settings, credentials }: ConnectionChange,
  now: number,
): Work<void> {
  if (credentials !== null) {
    yield* run(
      `INSERT INTO retired_secrets (connection_id, version, sealed, retired_at)
       SELECT id, secret_version, credentials, ? FROM connections WHERE id = ?`,
      now,
      id,
    );
    yield* run(
      'UPDATE connections SET credentials = ?, secret_version = secret_version + 1 WHERE id = ?',
      credentials,
      id,
    );
  }
  yield* run(
    'UPDATE connections SET name = ?, settings = ?, version = version + 1 WHERE id = ?',
    name,
    settings,
    id,
  );
}

export interface RetiredSecret {
  readonly connection_id: string;
  readonly version: number;
  readonly sealed: string;
}

/** Earlier secrets of all connections that are there. */
export function* retiredSecrets(): Work<readonly RetiredSecret[]> {
  return yield* all<RetiredSecret>(
    'SELECT connection_id, version, sealed FROM retired_secrets ORDER BY connection_id, version',
  );
}

/**
 * Forgets secrets that were replaced before that time (milliseconds UTC) and that no envelope, unread or
 * in quarantine, came under. Returns how many.
 */
export function* forgetRetiredSecrets(before: number): Work<number> {
  const unneeded = yield* all<RetiredSecret>(
    `SELECT connection_id, version, sealed FROM retired_secrets r WHERE retired_at < ?
       AND ${NO_ENVELOPE('state = 0 AND apart = 0')} AND ${NO_ENVELOPE('state = 0 AND apart = 1')} AND ${NO_ENVELOPE('state = 2')}`,
    before,
  );
  for (const { connection_id: id, version } of unneeded) {
    yield* run('DELETE FROM retired_secrets WHERE connection_id = ? AND version = ?', id, version);
    // Whoever has them in memory reads anew.
    yield* run('UPDATE connections SET version = version + 1 WHERE id = ?', id);
  }
  return unneeded.length;
}

/** One condition each, as the indexes of what waits are. */
const NO_ENVELOPE = (waits: string): string =>
  `NOT EXISTS (SELECT 1 FROM envelopes e WHERE ${waits} AND e.connection_id = r.connection_id AND e.secret_version = r.version)`;

export function* setConnectionStatus(
  id: string,
  status: ConnectionRow['status'],
  reason: string | null,
): Work<void> {
  yield* run(
    "UPDATE connections SET status = ?, status_reason = ?, version = version + 1 WHERE id = ? AND (status <> ? OR COALESCE(status_reason, '') <> COALESCE(?, ''))",
    status,
    reason,
    id,
    status,
    reason,
  );
}

/** Of those that are there. `attention`: active, with something of it that does not work. */
export type ConnectionCounts = Readonly<Record<ConnectionRow['status'] | 'attention', number>>;

export function* countConnections(): Work<ConnectionCounts> {
  const rows = yield* all<{ shown: keyof ConnectionCounts; n: number }>(
    `SELECT CASE WHEN status = 'active' AND status_reason IS NOT NULL THEN 'attention' ELSE status END AS shown,
       COUNT(*) AS n FROM connections WHERE removed_at IS NULL GROUP BY 1`,
  );
  const counts = Object.fromEntries(rows.map(({ shown, n }) => [shown, n]));
  return { active: 0, attention: 0, paused: 0, failing: 0, ...counts };
}

/**
 * What does not work of an active connection; null: all works. A paused or failing one has its own
 * reason. It is no change of the connection: nobody has to read it anew for that.
 */
export function* noteTrouble(id: string, why: string | null): Work<void> {
  yield* run(
    "UPDATE connections SET status_reason = ? WHERE id = ? AND status = 'active' AND COALESCE(status_reason, '') <> COALESCE(?, '')",
    why,
    id,
    why,
  );
}

/** True of one that was here once: nothing leaves by it any more. */
export function* isRemoved(id: string): Work<boolean> {
  const row = yield* get<{ removed_at: number | null }>(
    'SELECT removed_at FROM connections WHERE id = ?',
    id,
  );
  return row !== undefined && row.removed_at !== null;
}

/** Its history stays readable; its id is never given again. */
export function* removeConnection(id: string, now: number): Work<boolean> {
  const changed = yield* run(
    "UPDATE connections SET removed_at = ?, credentials = '', version = version + 1 WHERE id = ? AND removed_at IS NULL",
    now,
    id,
  );
  yield* run('DELETE FROM retired_secrets WHERE connection_id = ?', id);
  return changed > 0;
}

export function* cursorsOf(connection: string): Work<Record<string, string>> {
  const rows = yield* all<{ name: string; value: string }>(
    'SELECT name, value FROM cursors WHERE connection_id = ?',
    connection,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

export function* saveCursor(connection: string, name: string, value: string): Work<void> {
  yield* run(
    'INSERT INTO cursors (connection_id, name, value) VALUES (?, ?, ?) ON CONFLICT (connection_id, name) DO UPDATE SET value = excluded.value',
    connection,
    name,
    value,
  );
}

export function* ensureGroup(name: string): Work<number> {
  yield* insert('INSERT INTO groups (name) VALUES (?) ON CONFLICT (name) DO NOTHING', name);
  const row = yield* get<{ id: number }>('SELECT id FROM groups WHERE name = ?', name);
  return row?.id ?? 0;
}

export function* groupName(id: number): Work<string> {
  const row = yield* get<{ name: string }>('SELECT name FROM groups WHERE id = ?', id);
  return row?.name ?? '';
}
