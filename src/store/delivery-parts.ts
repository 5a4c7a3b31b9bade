import { all, get, idList, insert, run, type Work } from './work.js';

export interface PartRow {
  readonly id: number;
  readonly delivery_id: number;
  readonly connection_id: string;
  readonly position: number;
  readonly key: string;
  readonly payload: string;
  readonly hash: string;
  readonly preview: string;
  readonly attachments: string;
  readonly state: string;
  readonly external_id: string | null;
  readonly attempts: number;
  /** When its last attempt began, whether or not a byte of it left. */
  readonly tried_at: number | null;
  /** When the attempt began that is known to have left; null: none is. */
  readonly sent_at: number | null;
  readonly reason: string | null;
}

const PART =
  'id, delivery_id, connection_id, position, key, payload, hash, preview, attachments, state, external_id, attempts, tried_at, sent_at, reason';

export type NewPart = Pick<
  PartRow,
  | 'delivery_id'
  | 'connection_id'
  | 'position'
  | 'key'
  | 'payload'
  | 'hash'
  | 'preview'
  | 'attachments'
>;

export function* insertPart(row: NewPart): Work<number> {
  return yield* insert(
    `INSERT INTO delivery_parts (delivery_id, connection_id, position, key, payload, hash, preview, attachments, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued')`,
    row.delivery_id,
    row.connection_id,
    row.position,
    row.key,
    row.payload,
    row.hash,
    row.preview,
    row.attachments,
  );
}

export function* partsOf(delivery: number): Work<readonly PartRow[]> {
  return yield* all<PartRow>(
    `SELECT ${PART} FROM delivery_parts WHERE delivery_id = ? ORDER BY position`,
    delivery,
  );
}

export function* partsOfDeliveries(deliveries: readonly number[]): Work<readonly PartRow[]> {
  return yield* all<PartRow>(
    `SELECT ${PART} FROM delivery_parts WHERE delivery_id IN {ids} ORDER BY delivery_id, position`,
    idList(deliveries),
  );
}

export function* partById(id: number): Work<PartRow | undefined> {
  return yield* get<PartRow>(`SELECT ${PART} FROM delivery_parts WHERE id = ?`, id);
}

export function* partByExternalId(
  connection: string,
  externalId: string,
): Work<PartRow | undefined> {
  return yield* get<PartRow>(
    `SELECT ${PART} FROM delivery_parts WHERE connection_id = ? AND external_id = ?`,
    connection,
    externalId,
  );
}

/** True when another part of the connection is the message that has this id there. */
export function* isAnothersExternalId(
  { id, connection_id }: PartRow,
  externalId: string,
): Work<boolean> {
  const row = yield* get(
    'SELECT 1 AS one FROM delivery_parts WHERE connection_id = ? AND external_id = ? AND id <> ? LIMIT 1',
    connection_id,
    externalId,
    id,
  );
  return row !== undefined;
}

export function* partByKey(key: string): Work<PartRow | undefined> {
  return yield* get<PartRow>(`SELECT ${PART} FROM delivery_parts WHERE key = ?`, key);
}

/** Parts that are known to have left on a conversation, for watermarks ("read up to"). */
export function* sentParts(conversation: number, upTo: number): Work<readonly PartRow[]> {
  return yield* all<PartRow>(
    `SELECT ${PART.split(', ')
      .map((name) => `p.${name}`)
      .join(', ')} FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery_id
     WHERE d.conversation_id = ? AND p.sent_at <= ? AND p.state IN ('sent', 'delivered') ORDER BY p.id DESC LIMIT 200`,
    conversation,
    upTo,
  );
}

/**
 * Committed before the first byte leaves: after a crash this part is uncertain, not queued. Renews
 * the claim of its delivery. `lost`: somebody else has claimed it since · `settled`: the part needs no
 * sending any more.
 */
export function* markPartSending(
  { id, delivery_id }: PartRow,
  fence: number,
  at: number,
  leaseUntil: number,
): Work<'marked' | 'settled' | 'lost'> {
  const held = yield* run(
    'UPDATE deliveries SET lease_until = ? WHERE id = ? AND fence = ?',
    leaseUntil,
    delivery_id,
    fence,
  );
  if (held === 0) return 'lost';
  const changed = yield* run(
    `UPDATE delivery_parts SET state = 'sending', tried_at = ? WHERE id = ? AND state IN ('queued', 'sending')`,
    at,
    id,
  );
  return changed > 0 ? 'marked' : 'settled';
}

/**
 * To be sent again with the same key, as if it had never been tried. The platform's id of the first
 * send stays among the attempts only: what is still reported of that one does not settle this one.
 */
export function* requeuePart(id: number, reason: string): Work<void> {
  yield* run(
    "UPDATE delivery_parts SET state = 'queued', external_id = NULL, sent_at = NULL, attempts = 0, reason = ? WHERE id = ?",
    reason,
    id,
  );
}

export function* countPartAttempt(id: number): Work<void> {
  yield* run('UPDATE delivery_parts SET attempts = attempts + 1 WHERE id = ?', id);
}

/** States of which it is known that the part left. */
const LEFT: ReadonlySet<string> = new Set(['sent', 'delivered', 'read']);

export function* setPart(
  id: number,
  state: string,
  externalId: string | null,
  reason: string | null,
): Work<void> {
  yield* run(
    `UPDATE delivery_parts SET state = ?, external_id = COALESCE(?, external_id), reason = ?,
       sent_at = CASE WHEN ? = 1 THEN COALESCE(sent_at, tried_at) ELSE sent_at END WHERE id = ?`,
    state,
    externalId,
    reason,
    LEFT.has(state) ? 1 : 0,
    id,
  );
}

/** What would have followed a part that did not arrive is not sent, and says so. */
export function* failQueuedParts(delivery: number, reason: string): Work<void> {
  yield* run(
    "UPDATE delivery_parts SET state = 'failed', reason = ? WHERE delivery_id = ? AND state = 'queued'",
    reason,
    delivery,
  );
}

export function* insertAttempt(part: number, at: number, outcome: string): Work<void> {
  yield* insert('INSERT INTO attempts (part_id, at, outcome) VALUES (?, ?, ?)', part, at, outcome);
}

/** JSON of what became of each send of a part, in order. */
export function* outcomesOf(part: number): Work<readonly string[]> {
  const rows = yield* all<{ outcome: string }>(
    'SELECT outcome FROM attempts WHERE part_id = ? ORDER BY id',
    part,
  );
  return rows.map(({ outcome }) => outcome);
}

/** How often this part met a defect of its connector. */
export function* defectsOf(part: number): Work<number> {
  const row = yield* get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM attempts WHERE part_id = ? AND outcome LIKE '{"kind":"defect"%'`,
    part,
  );
  return row?.n ?? 0;
}

export function* attemptsOf(
  delivery: number,
): Work<readonly { part_id: number; at: number; outcome: string }[]> {
  return yield* all(
    'SELECT a.part_id, a.at, a.outcome FROM attempts a JOIN delivery_parts p ON p.id = a.part_id WHERE p.delivery_id = ? ORDER BY a.id',
    delivery,
  );
}

/** A part that counts against a quota of its conversation's platform. */
export interface Spent {
  readonly id: number;
  readonly conversation: number;
  /** When it left, milliseconds UTC; null: it still waits. */
  readonly at: number | null;
}

/** What left or waits on these conversations, each since its own time. What failed was not taken by the platform. */
export function* spentOn(
  since: ReadonlyMap<number, number>,
): Work<ReadonlyMap<number, readonly Spent[]>> {
  const spent = new Map<number, Spent[]>();
  if (since.size === 0) return spent;
  const rows = yield* all<Spent>(
    `SELECT p.id, d.conversation_id AS conversation,
       CASE WHEN p.state = 'queued' THEN NULL ELSE COALESCE(p.sent_at, p.tried_at, d.created_at) END AS at
     FROM deliveries d JOIN delivery_parts p ON p.delivery_id = d.id
     WHERE d.conversation_id IN {ids} AND p.state <> 'failed'
       AND (p.state = 'queued' OR COALESCE(p.sent_at, p.tried_at, d.created_at) >= ?) ORDER BY p.id`,
    idList([...since.keys()]),
    Math.min(...since.values()),
  );
  for (const row of rows) {
    const { conversation, at } = row;
    if (at !== null && at < (since.get(conversation) ?? 0)) continue;
    const parts = spent.get(conversation);
    if (parts === undefined) spent.set(conversation, [row]);
    else parts.push(row);
  }
  return spent;
}
