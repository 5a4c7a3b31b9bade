import { all, get, idList, insert, run, type Work } from './work.js';

export interface DeliveryRow {
  readonly id: number;
  readonly message_id: number;
  readonly conversation_id: number;
  readonly connection_id: string;
  readonly recipient: string;
  readonly state: string;
  /** See `model/delivery.ts`: send, none, reconcile. */
  readonly work: number;
  readonly attempts: number;
  readonly due_at: number;
  readonly lease_until: number;
  /** JSON of the failure, or null. */
  readonly failure: string | null;
  readonly created_at: number;
  readonly out_of_order: number;
}

const DELIVERY =
  'id, message_id, conversation_id, connection_id, recipient, state, work, attempts, due_at, lease_until, failure, created_at, out_of_order';

export type NewDelivery = Pick<
  DeliveryRow,
  'message_id' | 'conversation_id' | 'connection_id' | 'recipient' | 'created_at'
>;

export function* insertDelivery(row: NewDelivery): Work<number> {
  return yield* insert(
    `INSERT INTO deliveries (message_id, conversation_id, connection_id, recipient, state, work, due_at, created_at)
     VALUES (?, ?, ?, ?, 'queued', 0, ?, ?)`,
    row.message_id,
    row.conversation_id,
    row.connection_id,
    row.recipient,
    row.created_at,
    row.created_at,
  );
}

/** A delivery that somebody else made: our side wrote in the platform itself. */
export function* insertNativeDelivery(
  row: NewDelivery,
  externalId: string,
  key: string,
): Work<number> {
  const id = yield* insert(
    `INSERT INTO deliveries (message_id, conversation_id, connection_id, recipient, state, work, due_at, created_at)
     VALUES (?, ?, ?, ?, 'sent', 1, 0, ?)`,
    row.message_id,
    row.conversation_id,
    row.connection_id,
    row.recipient,
    row.created_at,
  );
  yield* insert(
    `INSERT INTO delivery_parts (delivery_id, connection_id, position, key, payload, hash, preview, attachments, state, external_id, tried_at, sent_at)
     VALUES (?, ?, 0, ?, 'null', '', '', '[]', 'sent', ?, ?, ?)`,
    id,
    row.connection_id,
    key,
    externalId,
    row.created_at,
    row.created_at,
  );
  return id;
}

/** What waits to be sent on a connection and is not being sent right now. */
export function* queuedDeliveries(connection: string, now: number): Work<readonly DeliveryRow[]> {
  return yield* all<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries WHERE connection_id = ? AND work = 0 AND lease_until <= ? ORDER BY id`,
    connection,
    now,
  );
}

/** Which due deliveries are looked for. */
export interface DueQuery {
  readonly now: number;
  /** An older delivery made before this has held the others long enough (milliseconds UTC). */
  readonly passBefore: number;
  /** Only ids beyond this one: the next page. */
  readonly after: number;
  readonly limit: number;
}

/**
 * Deliveries whose turn it is: the oldest unsettled one of each conversation, and those behind it
 * once it has held them back long enough and is not due itself.
 */
export function* dueDeliveries(query: DueQuery): Work<readonly DeliveryRow[]> {
  const { now, passBefore, after, limit } = query;
  return yield* all<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries d WHERE work = 0 AND id > ? AND due_at <= ? AND lease_until <= ? AND NOT EXISTS (
       SELECT 1 FROM deliveries o WHERE o.conversation_id = d.conversation_id AND o.work = 0 AND o.id < d.id
         AND (o.lease_until > ? OR o.due_at <= ? OR o.created_at > ?))
       AND NOT EXISTS (SELECT 1 FROM deliveries u WHERE u.conversation_id = d.conversation_id AND u.work = 2 AND u.id < d.id)
     ORDER BY id LIMIT ?`,
    after,
    now,
    now,
    now,
    now,
    passBefore,
    limit,
  );
}

/**
 * Takes a due delivery for sending; null when another process was quicker. The fence rises with every
 * claim: whoever slept past its lease is told from the present holder by it.
 */
export function* claimDelivery(id: number, now: number, until: number): Work<number | null> {
  const changed = yield* run(
    `UPDATE deliveries SET lease_until = ?, fence = fence + 1, state = 'sending' WHERE id = ? AND work = 0 AND due_at <= ? AND lease_until <= ?`,
    until,
    id,
    now,
    now,
  );
  if (changed === 0) return null;
  const row = yield* get<{ fence: number }>('SELECT fence FROM deliveries WHERE id = ?', id);
  return row?.fence ?? null;
}

/** Inside the holder's own transaction: false when somebody else has claimed it since. */
export function* holdsDelivery(id: number, fence: number): Work<boolean> {
  return (
    (yield* run('UPDATE deliveries SET fence = fence WHERE id = ? AND fence = ?', id, fence)) > 0
  );
}

/** The first time after `now` at which a delivery becomes due. */
export function* nextDeliveryDue(now: number): Work<number | null> {
  const row = yield* get<{ at: number | null }>(
    'SELECT MIN(due_at) AS at FROM deliveries WHERE work = 0 AND due_at > ?',
    now,
  );
  return row?.at ?? null;
}

/** Gives a claimed delivery back unsent, to be looked at again then. */
export function* giveBackDelivery(id: number, fence: number, dueAt: number): Work<void> {
  yield* run(
    "UPDATE deliveries SET state = 'queued', due_at = ?, lease_until = 0 WHERE id = ? AND work = 0 AND fence = ?",
    dueAt,
    id,
    fence,
  );
}

export function* uncertainDeliveries(now: number, limit: number): Work<readonly DeliveryRow[]> {
  return yield* all<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries WHERE work = 2 AND due_at <= ? ORDER BY id LIMIT ?`,
    now,
    limit,
  );
}

/** As it is now, and for nobody else to change until the commit. */
export function* lockDelivery(id: number): Work<DeliveryRow | undefined> {
  return yield* get<DeliveryRow>(`SELECT ${DELIVERY} FROM deliveries WHERE id = ? {lock}`, id);
}

export function* deliveryById(id: number): Work<DeliveryRow | undefined> {
  return yield* get<DeliveryRow>(`SELECT ${DELIVERY} FROM deliveries WHERE id = ?`, id);
}

export function* deliveriesOfMessages(messages: readonly number[]): Work<readonly DeliveryRow[]> {
  return yield* all<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries WHERE message_id IN {ids} ORDER BY id`,
    idList(messages),
  );
}

/** The youngest first; `before`: the id of the last one seen. */
export function* listDeliveries(
  state: string | null,
  before: number,
  limit: number,
): Work<readonly DeliveryRow[]> {
  const condition = state === null ? '' : 'state = ? AND ';
  return yield* all<DeliveryRow>(
    `SELECT ${DELIVERY} FROM deliveries WHERE ${condition}id < ? ORDER BY id DESC LIMIT ?`,
    ...(state === null ? [] : [state]),
    before,
    limit,
  );
}

export interface DeliveryChange {
  readonly state: string;
  readonly work: number;
  readonly dueAt: number;
  readonly attempts: number;
  readonly failure: string | null;
  /** Absent: whoever had claimed it is done with it. */
  readonly leaseUntil?: number;
}

export function* setDelivery(id: number, change: DeliveryChange): Work<void> {
  yield* run(
    'UPDATE deliveries SET state = ?, work = ?, due_at = ?, attempts = ?, failure = ?, lease_until = ? WHERE id = ?',
    change.state,
    change.work,
    change.dueAt,
    change.attempts,
    change.failure,
    change.leaseUntil ?? 0,
    id,
  );
}

/** Nobody could say yet: looked at again then, or (`work` none) waiting for a person. Only while it is uncertain. */
export function* postponeReconcile(id: number, work: number, dueAt: number): Work<void> {
  yield* run(
    'UPDATE deliveries SET work = ?, due_at = ? WHERE id = ? AND work = 2',
    work,
    dueAt,
    id,
  );
}

/** What was heard of it from outside its send, which may still be going on: its claim stays as it is. */
export function* noteDelivery(
  id: number,
  change: Pick<DeliveryChange, 'state' | 'work' | 'failure'>,
  now: number,
): Work<void> {
  yield* run(
    'UPDATE deliveries SET state = ?, due_at = CASE WHEN work = ? THEN due_at ELSE ? END, work = ?, failure = ? WHERE id = ?',
    change.state,
    change.work,
    now,
    change.work,
    change.failure,
    id,
  );
}

export function* markOutOfOrder(id: number): Work<void> {
  yield* run('UPDATE deliveries SET out_of_order = 1 WHERE id = ?', id);
}

/** A connection was mended: its queue is due at once. What is being sent right now stays claimed. */
export function* rescheduleConnection(connection: string, dueAt: number): Work<number> {
  return yield* run(
    'UPDATE deliveries SET due_at = ? WHERE connection_id = ? AND work = 0 AND due_at > ?',
    dueAt,
    connection,
    dueAt,
  );
}

/** The one process of an embedded installation starts anew: no lease of its earlier self counts. */
export function* dropLeases(): Work<void> {
  yield* run('UPDATE leases SET until = 0');
  yield* run('UPDATE deliveries SET lease_until = 0 WHERE lease_until > 0');
  yield* run('UPDATE attachments SET lease_until = 0 WHERE lease_until > 0');
}

/** True when an older delivery of the conversation still waits, or nobody knows of it: this one passes it. */
export function* passesAnother(conversation: number, id: number): Work<boolean> {
  const row = yield* get(
    `SELECT 1 AS one FROM deliveries WHERE conversation_id = ? AND (work <> 1 OR state = 'uncertain') AND id < ? LIMIT 1`,
    conversation,
    id,
  );
  return row !== undefined;
}

/**
 * Of what failed, by its failure as it is stored: for a while or by a defect of ours, not by a
 * platform's word, so that sending it again may work.
 */
export const MAY_WORK_NOW = `(COALESCE(failure, '') LIKE '%"kind":"transient"%' OR COALESCE(failure, '') LIKE '%"why":"defect:%')`;

/** What {@link MAY_WORK_NOW} says that may be sent again, oldest first. */
export function* retriableFailures(): Work<readonly number[]> {
  const rows = yield* all<{ id: number }>(
    `SELECT id FROM deliveries WHERE work = 1 AND state = 'failed' AND ${MAY_WORK_NOW} ORDER BY id`,
  );
  return rows.map(({ id }) => id);
}

/** What a connection has to send, and what it could not. */
export interface OutboxOf {
  /** In the queue. */
  readonly waiting: number;
  /** Nobody knows whether they arrived. */
  readonly uncertain: number;
  /** JSON of the youngest failure among those that wait, are uncertain or failed; null: there is none. */
  readonly failure: string | null;
}

/** By the indexes of what is not settled: it costs nothing how much a connection has sent. */
export function* outboxOf(connection: string): Work<OutboxOf> {
  const counts = yield* get<{ waiting: number; uncertain: number }>(
    `SELECT (SELECT COUNT(*) FROM deliveries WHERE work = 0 AND connection_id = ?) AS waiting,
       (SELECT COUNT(*) FROM deliveries WHERE state = 'uncertain' AND connection_id = ?) AS uncertain`,
    connection,
    connection,
  );
  let youngest: { readonly id: number; readonly failure: string } | undefined;
  for (const unsettled of ['work = 0', "state = 'uncertain'", "state = 'failed'"]) {
    const row = yield* get<{ id: number; failure: string }>(
      `SELECT id, failure FROM deliveries WHERE ${unsettled} AND connection_id = ? AND failure IS NOT NULL ORDER BY id DESC LIMIT 1`,
      connection,
    );
    if (row !== undefined && row.id > (youngest?.id ?? 0)) youngest = row;
  }
  const { waiting = 0, uncertain = 0 } = counts ?? {};
  return { waiting, uncertain, failure: youngest?.failure ?? null };
}
