import type { Arrival } from '../model/arrival.js';
import { boundedKey } from '../model/key.js';
import type { JustWritten } from './just-written.js';
import { all, get, idList, insert, run, type Work } from './work.js';

export const EnvelopeState = { received: 0, done: 1, quarantined: 2 } as const;

export interface EnvelopeRow {
  readonly id: number;
  readonly connection_id: string;
  readonly key: string;
  readonly received_at: number;
  readonly type: string;
  readonly notes: string;
  readonly query: string;
  readonly body: Buffer | null;
  readonly blob: string | null;
  readonly size: number;
  readonly state: number;
  readonly attempts: number;
  readonly reason: string | null;
  readonly remarks: string | null;
}

/** An arrival on its way into its row: small bodies stand in the row, large ones in the blob store. */
export interface NewEnvelope {
  readonly connection: string;
  readonly arrival: Arrival;
  readonly receivedAt: number;
  readonly blob: string | null;
}

/** Returns the row; null when this delivery is already here. */
export function* insertEnvelope({
  connection,
  arrival,
  receivedAt,
  blob,
}: NewEnvelope): Work<EnvelopeRow | null> {
  const row = {
    connection_id: connection,
    key: boundedKey(arrival.key),
    received_at: receivedAt,
    type: arrival.type,
    notes: JSON.stringify(arrival.notes),
    query: arrival.query,
    body: blob === null ? arrival.body : null,
    blob,
    size: arrival.body.length,
  };
  const id = yield* insert(
    `INSERT INTO envelopes (connection_id, key, received_at, type, notes, query, body, blob, size, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (connection_id, key) DO NOTHING`,
    ...[row.connection_id, row.key, row.received_at, row.type, row.notes, row.query],
    ...[row.body, row.blob, row.size],
  );
  if (id === 0) return null;
  return { ...row, id, state: EnvelopeState.received, attempts: 0, reason: null, remarks: null };
}

const COLUMNS =
  'id, connection_id, key, received_at, type, notes, query, body, blob, size, state, attempts, reason, remarks';

/** How much of what waits is taken at a time; `bytes` counts bodies, wherever they are kept. */
export interface Portion {
  readonly rows: number;
  readonly bytes: number;
}

/** From the start as many rows as fit, and one in any case: what is too large alone is read alone. */
export function fitting<Row extends { readonly size: number }>(
  rows: readonly Row[],
  { bytes }: Portion,
): readonly Row[] {
  let sum = 0;
  const beyond = rows.findIndex(({ size }, i) => (sum += size) > bytes && i > 0);
  return beyond < 0 ? rows : rows.slice(0, beyond);
}

/** In a single process, which may have them at hand still. */
export function* dueEnvelopes(
  now: number,
  portion: Portion,
  atHand: JustWritten<EnvelopeRow> | undefined,
): Work<readonly EnvelopeRow[]> {
  const due = yield* all<{ id: number; size: number }>(
    `SELECT id, size FROM envelopes WHERE state = 0 AND due_at <= ? AND lease_until <= ? ORDER BY id LIMIT ?`,
    now,
    now,
    portion.rows,
  );
  const rows = fitting(due, portion);
  if (atHand !== undefined) return yield* atHand.rowsOf(rows, envelopesByIds);
  return yield* envelopesByIds(rows.map(({ id }) => id));
}

function* envelopesByIds(ids: readonly number[]): Work<readonly EnvelopeRow[]> {
  return yield* all<EnvelopeRow>(
    `SELECT ${COLUMNS} FROM envelopes WHERE id IN {ids} ORDER BY id`,
    idList(ids),
  );
}

/** Several processes normalise at once: each takes rows nobody else holds. */
export function* claimEnvelopes(
  now: number,
  until: number,
  portion: Portion,
): Work<readonly EnvelopeRow[]> {
  const due = yield* all<EnvelopeRow>(
    `SELECT ${COLUMNS} FROM envelopes WHERE state = 0 AND due_at <= ? AND lease_until <= ?
     ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED`,
    now,
    now,
    portion.rows,
  );
  const rows = fitting(due, portion);
  yield* leaseEnvelopes(
    rows.map(({ id }) => id),
    until,
  );
  return rows;
}

/** Keeps them for whoever reads them, until they are kept or the lease runs out. */
export function* leaseEnvelopes(ids: readonly number[], until: number): Work<void> {
  yield* run('UPDATE envelopes SET lease_until = ? WHERE id IN {ids}', until, idList(ids));
}

export function* markEnvelopesDone(ids: readonly number[]): Work<void> {
  yield* run('UPDATE envelopes SET state = 1 WHERE id IN {ids}', idList(ids));
}

export function* remarkEnvelope(id: number, remarks: readonly string[]): Work<void> {
  yield* run('UPDATE envelopes SET remarks = ? WHERE id = ?', JSON.stringify(remarks), id);
}

/** The bytes stay; `reason` is what an admin reads. */
export function* quarantineEnvelope(id: number, reason: string): Work<void> {
  yield* run(
    'UPDATE envelopes SET state = 2, reason = ?, lease_until = 0 WHERE id = ?',
    reason,
    id,
  );
}

export function* postponeEnvelope(
  id: number,
  attempts: number,
  dueAt: number,
  reason: string,
): Work<void> {
  yield* run(
    'UPDATE envelopes SET attempts = ?, due_at = ?, lease_until = 0, reason = ? WHERE id = ?',
    attempts,
    dueAt,
    reason,
    id,
  );
}

/** Back to the start of the path, after a mapping or a connector was mended. */
export function* replayEnvelope(id: number): Work<boolean> {
  const changed = yield* run(
    'UPDATE envelopes SET state = 0, attempts = 0, due_at = 0, lease_until = 0, reason = NULL, remarks = NULL WHERE id = ?',
    id,
  );
  return changed > 0;
}

export type ListedEnvelope = Omit<EnvelopeRow, 'body' | 'notes' | 'query'>;

/** Without their bytes, the youngest first; `before`: the id of the last one seen. */
export function* listEnvelopes(
  state: number | null,
  before: number,
  limit: number,
): Work<readonly ListedEnvelope[]> {
  const condition = state === null ? '' : 'state = ? AND ';
  return yield* all<ListedEnvelope>(
    `SELECT id, connection_id, key, received_at, type, blob, size, state, attempts, reason, remarks
     FROM envelopes WHERE ${condition}id < ? ORDER BY id DESC LIMIT ?`,
    ...(state === null ? [] : [state]),
    before,
    limit,
  );
}

export function* envelopeById(id: number): Work<EnvelopeRow | undefined> {
  return yield* get<EnvelopeRow>(`SELECT ${COLUMNS} FROM envelopes WHERE id = ?`, id);
}

export function* quarantinedAfter(after: number, limit: number): Work<readonly number[]> {
  const rows = yield* all<{ id: number }>(
    'SELECT id FROM envelopes WHERE state = 2 AND id > ? ORDER BY id LIMIT ?',
    after,
    limit,
  );
  return rows.map(({ id }) => id);
}

export function* countQuarantined(): Work<number> {
  const row = yield* get<{ n: number }>('SELECT COUNT(*) AS n FROM envelopes WHERE state = 2');
  return row?.n ?? 0;
}

/** Those of the keys that this connection has received already. */
export function* knownKeys(connection: string, keys: readonly string[]): Work<readonly string[]> {
  const known: string[] = [];
  for (const key of keys) {
    const row = yield* get(
      'SELECT 1 AS one FROM envelopes WHERE connection_id = ? AND key = ?',
      connection,
      boundedKey(key),
    );
    if (row !== undefined) known.push(key);
  }
  return known;
}

/** When the last envelope arrived, milliseconds UTC; null: none ever. */
export function* latestReceipt(): Work<number | null> {
  const row = yield* get<{ received_at: number }>(
    'SELECT received_at FROM envelopes ORDER BY id DESC LIMIT 1',
  );
  return row?.received_at ?? null;
}
