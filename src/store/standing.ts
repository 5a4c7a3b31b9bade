import { countConnections, type ConnectionCounts } from './connections.js';
import { draftOfBody } from './draft-body.js';
import { get, type Work } from './work.js';

/** What stands in the database now, as figures for whoever watches. */
export interface Standing {
  /** Envelopes whose bytes could not be read. */
  readonly quarantined: number;
  /** Drafts that no try could file. */
  readonly deadDrafts: number;
  /** Deliveries that failed for good. */
  readonly deadDeliveries: number;
  /** Deliveries of which nobody knows whether the platform took them. */
  readonly uncertainDeliveries: number;
  readonly connections: ConnectionCounts;
  /** Milliseconds by which the oldest work that could be done now waits, by stage; 0: none waits. */
  readonly waiting: Readonly<Record<Waiting, number>>;
}

export type Waiting = 'normalise' | 'file' | 'announce' | 'attachments' | 'send' | 'reconcile';

/** Every figure is read by an index that holds only what is counted, whatever the database holds. */
export function* standingAt(now: number): Work<Standing> {
  return {
    quarantined: yield* figure('SELECT COUNT(*) AS n FROM envelopes WHERE state = 2'),
    deadDrafts: yield* figure('SELECT COUNT(*) AS n FROM drafts WHERE state = 3'),
    deadDeliveries: yield* figure("SELECT COUNT(*) AS n FROM deliveries WHERE state = 'failed'"),
    uncertainDeliveries: yield* figure(
      "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'uncertain'",
    ),
    connections: yield* countConnections(),
    waiting: yield* oldest(now),
  };
}

/**
 * Since when the oldest row of each stage could be worked on. What was never tried waits since it came, and the
 * first of these is the oldest; what is to be tried again waits from then on, and not before.
 */
function* oldest(now: number): Work<Standing['waiting']> {
  const waited = (...times: readonly (number | null)[]): number =>
    Math.max(0, ...times.map((at) => (at === null ? 0 : now - at)));
  return {
    normalise: waited(
      yield* time(FRESH.quick),
      yield* time(FRESH.apart),
      yield* time(`SELECT MIN(due_at) AS at FROM envelopes ${AGAIN}`, now),
    ),
    file: waited(
      yield* firstDraft(),
      yield* time(`SELECT MIN(due_at) AS at FROM drafts ${AGAIN}`, now),
    ),
    announce: waited(yield* time('SELECT at FROM events WHERE number IS NULL ORDER BY id LIMIT 1')),
    attachments: waited(yield* time(FRESH.attachment), yield* time(ATTACHMENT_AGAIN, now, now)),
    send: waited(yield* time(SENDABLE, now, now, now, now)),
    reconcile: waited(
      yield* time('SELECT MIN(due_at) AS at FROM deliveries WHERE work = 2 AND due_at <= ?', now),
    ),
  };
}

const AGAIN = 'WHERE state = 0 AND due_at > 0 AND due_at <= ?';

const FRESH = {
  quick:
    'SELECT received_at AS at FROM envelopes WHERE state = 0 AND apart = 0 AND due_at = 0 ORDER BY id LIMIT 1',
  apart:
    'SELECT received_at AS at FROM envelopes WHERE state = 0 AND apart = 1 AND due_at = 0 ORDER BY id LIMIT 1',
  attachment: `SELECT m.received_at AS at FROM attachments a JOIN messages m ON m.id = a.message_id
     WHERE a.state = 'pending' AND a.due_at = 0 ORDER BY a.id LIMIT 1`,
} as const;

const ATTACHMENT_AGAIN = `SELECT MIN(due_at) AS at FROM attachments
   WHERE state = 'pending' AND due_at > 0 AND due_at <= ? AND lease_until <= ?`;

/** Where an admin paused, or the platform refuses us, waiting is no fault of the stage; nor behind an older reply. */
const SENDABLE = `SELECT d.due_at AS at FROM deliveries d JOIN connections c ON c.id = d.connection_id
   WHERE d.work = 0 AND d.due_at <= ? AND d.lease_until <= ? AND c.status = 'active' AND c.removed_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.conversation_id = d.conversation_id AND o.work = 0
       AND o.id < d.id AND (o.due_at > ? OR o.lease_until > ?))
     AND NOT EXISTS (SELECT 1 FROM deliveries u WHERE u.conversation_id = d.conversation_id AND u.work = 2 AND u.id < d.id)
   ORDER BY d.due_at LIMIT 1`;

function* time(sql: string, ...values: readonly number[]): Work<number | null> {
  return (yield* get<{ at: number | null }>(sql, ...values))?.at ?? null;
}

/** A draft that was pushed has no envelope: its own word says when it came. */
function* firstDraft(): Work<number | null> {
  const row = yield* get<{ body: string }>(
    'SELECT body FROM drafts WHERE state = 0 AND due_at = 0 ORDER BY id LIMIT 1',
  );
  return row === undefined ? null : Date.parse(draftOfBody(row.body).receivedAt);
}

function* figure(sql: string): Work<number> {
  return (yield* get<{ n: number }>(sql))?.n ?? 0;
}
