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
  /** Of the connection's secrets: those it came under decode it. */
  readonly secret_version: number;
  /** 1: its reading may take long, and holds up no other. */
  readonly apart: number;
  /** Rises with every claim: whoever slept past its lease is told from the present holder by it. */
  readonly fence: number;
}

/** A row as somebody took it to read. */
export type EnvelopeClaim = Pick<EnvelopeRow, 'id' | 'fence'>;

/** An arrival on its way into its row: small bodies stand in the row, large ones in the blob store. */
export interface NewEnvelope {
  readonly connection: string;
  readonly arrival: Arrival;
  readonly receivedAt: number;
  readonly blob: string | null;
  readonly secretVersion: number;
  readonly apart: boolean;
}

/** Returns the row; null when this delivery is already here. */
export function* insertEnvelope(envelope: NewEnvelope): Work<EnvelopeRow | null> {
  const { connection, arrival, receivedAt, blob, secretVersion } = envelope;
  const apart = Number(envelope.apart);
  const key = boundedKey(arrival.key);
  const notes = JSON.stringify(arrival.notes);
  const body = blob === null ? arrival.body : null;
  const size = arrival.body.length;
  const id = yield* insert(
    `INSERT INTO envelopes (connection_id, key, received_at, type, notes, query, body, blob, size, state, secret_version, apart)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (connection_id, key) DO NOTHING`,
    connection,
    key,
    receivedAt,
    arrival.type,
    notes,
    arrival.query,
    body,
    blob,
    size,
    secretVersion,
    apart,
  );
  if (id === 0) return null;
  return {
    id,
    connection_id: connection,
    key,
    received_at: receivedAt,
    type: arrival.type,
    notes,
    query: arrival.query,
    body,
    blob,
    size,
    state: EnvelopeState.received,
    attempts: 0,
    reason: null,
    remarks: null,
    secret_version: secretVersion,
    apart,
    fence: 0,
  };
}

const COLUMNS =
  'id, connection_id, key, received_at, type, notes, query, body, blob, size, state, attempts, reason, remarks, secret_version, apart, fence';

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

/** Whose turn it is: two queues, so that many of one never hide what waits behind them in the other. */
export interface Turn {
  readonly now: number;
  /** Of those that are read at once. */
  readonly quick: Portion;
  /** Of those that are read apart; no rows: there is no room for more. */
  readonly apart: Portion;
}

const DUE = {
  quick: 'FROM envelopes WHERE state = 0 AND apart = 0 AND due_at <= ?',
  apart: 'FROM envelopes WHERE state = 0 AND apart = 1 AND due_at <= ?',
} as const;

/** In a single process, which knows what it is reading (`held`) and may have the others at hand still. */
export function* dueEnvelopes(
  turn: Turn,
  held: readonly number[],
  atHand: JustWritten<EnvelopeRow> | undefined,
): Work<readonly EnvelopeRow[]> {
  const rows = [
    ...(yield* dueQuick(turn)),
    ...(turn.apart.rows > 0 ? yield* dueApart(turn, held) : []),
  ];
  if (atHand !== undefined) return yield* atHand.rowsOf(rows, envelopesByIds);
  return yield* envelopesByIds(rows.map(({ id }) => id));
}

type Due = readonly { readonly id: number; readonly size: number }[];

function* dueQuick({ now, quick }: Turn): Work<Due> {
  const sql = `SELECT id, size ${DUE.quick} ORDER BY id LIMIT ?`;
  return fitting(yield* all(sql, now, quick.rows), quick);
}

function* dueApart({ now, apart }: Turn, held: readonly number[]): Work<Due> {
  const sql = `SELECT id, size ${DUE.apart} AND id NOT IN {ids} ORDER BY id LIMIT ?`;
  return fitting(yield* all(sql, now, idList(held), apart.rows), apart);
}

function* envelopesByIds(ids: readonly number[]): Work<readonly EnvelopeRow[]> {
  return yield* all<EnvelopeRow>(
    `SELECT ${COLUMNS} FROM envelopes WHERE id IN {ids} ORDER BY id`,
    idList(ids),
  );
}

/** Several processes normalise at once: each takes rows nobody else holds. */
export function* claimEnvelopes(turn: Turn, until: number): Work<readonly EnvelopeRow[]> {
  const rows = [
    ...(yield* unclaimed('quick', turn)),
    ...(turn.apart.rows > 0 ? yield* unclaimed('apart', turn) : []),
  ];
  if (rows.length === 0) return rows;
  yield* run(
    'UPDATE envelopes SET lease_until = ?, fence = fence + 1 WHERE id IN {ids}',
    until,
    idList(rows.map(({ id }) => id)),
  );
  return rows.map((row) => ({ ...row, fence: row.fence + 1 }));
}

function* unclaimed(queue: 'quick' | 'apart', turn: Turn): Work<readonly EnvelopeRow[]> {
  const due = yield* all<EnvelopeRow>(
    `SELECT ${COLUMNS} ${DUE[queue]} AND lease_until <= ? ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED`,
    turn.now,
    turn.now,
    turn[queue].rows,
  );
  return fitting(due, turn[queue]);
}

/** Whoever still reads them keeps them from the others until then. */
export function* renewEnvelopes(ids: readonly number[], until: number): Work<void> {
  yield* run(
    'UPDATE envelopes SET lease_until = ? WHERE id IN {ids} AND state = 0',
    until,
    idList(ids),
  );
}

/** What was read is read, whoever holds the row by now; what was set aside meanwhile stays set aside. */
export function* markEnvelopesDone(ids: readonly number[]): Work<void> {
  yield* run('UPDATE envelopes SET state = 1 WHERE id IN {ids} AND state = 0', idList(ids));
}

export function* remarkEnvelope(id: number, remarks: readonly string[]): Work<void> {
  yield* run('UPDATE envelopes SET remarks = ? WHERE id = ?', JSON.stringify(remarks), id);
}

/** The bytes stay; `reason` is what an admin reads. False: by now it is read, or somebody else's to read. */
export function* quarantineEnvelope({ id, fence }: EnvelopeClaim, reason: string): Work<boolean> {
  const changed = yield* run(
    'UPDATE envelopes SET state = 2, reason = ?, lease_until = 0 WHERE id = ? AND state = 0 AND fence = ?',
    reason,
    id,
    fence,
  );
  return changed > 0;
}

/** To be read again then; nothing when it is read by now, or somebody else's to read. */
export function* postponeEnvelope(
  { id, fence }: EnvelopeClaim,
  attempts: number,
  dueAt: number,
  reason: string,
): Work<void> {
  yield* run(
    'UPDATE envelopes SET attempts = ?, due_at = ?, lease_until = 0, reason = ? WHERE id = ? AND state = 0 AND fence = ?',
    attempts,
    dueAt,
    reason,
    id,
    fence,
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

export type ListedEnvelope = Omit<
  EnvelopeRow,
  'body' | 'notes' | 'query' | 'secret_version' | 'apart' | 'fence'
>;

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

/** What stands under a key; `blob`: the hash of a body too large for the row. */
export function* bodyUnder(
  connection: string,
  key: string,
): Work<Pick<EnvelopeRow, 'body' | 'blob'> | undefined> {
  const sql = 'SELECT body, blob FROM envelopes WHERE connection_id = ? AND key = ?';
  return yield* get<EnvelopeRow>(sql, connection, boundedKey(key));
}

/** When the last envelope arrived, milliseconds UTC; null: none ever. */
export function* latestReceipt(): Work<number | null> {
  const row = yield* get<{ received_at: number }>(
    'SELECT received_at FROM envelopes ORDER BY id DESC LIMIT 1',
  );
  return row?.received_at ?? null;
}
