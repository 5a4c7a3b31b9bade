import type { Draft } from '../model/draft.js';
import { all, get, type Work } from './work.js';

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
  readonly connections: Readonly<Record<'active' | 'paused' | 'failing', number>>;
  /** Milliseconds by which the oldest work that could be done now waits, by stage; 0: none waits. */
  readonly waiting: Readonly<Record<Waiting, number>>;
}

export type Waiting = 'normalise' | 'file' | 'announce' | 'attachments' | 'send' | 'reconcile';

/** Every figure is read by an index that holds only what is counted, whatever the database holds. */
export function* standingAt(now: number): Work<Standing> {
  const states = yield* all<{ status: 'active' | 'paused' | 'failing'; n: number }>(
    'SELECT status, COUNT(*) AS n FROM connections WHERE removed_at IS NULL GROUP BY status',
  );
  const count = (status: string): number => states.find((one) => one.status === status)?.n ?? 0;
  return {
    quarantined: yield* figure('SELECT COUNT(*) AS n FROM envelopes WHERE state = 2'),
    deadDrafts: yield* figure('SELECT COUNT(*) AS n FROM drafts WHERE state = 3'),
    deadDeliveries: yield* figure("SELECT COUNT(*) AS n FROM deliveries WHERE state = 'failed'"),
    uncertainDeliveries: yield* figure(
      "SELECT COUNT(*) AS n FROM deliveries WHERE state = 'uncertain'",
    ),
    connections: {
      active: count('active'),
      paused: count('paused'),
      failing: count('failing'),
    },
    waiting: {
      normalise: yield* since(now, OLDEST.normalise),
      file: yield* sinceDraft(now),
      announce: yield* since(now, OLDEST.announce),
      attachments: yield* since(now, OLDEST.attachments),
      send: yield* since(now, OLDEST.send),
      reconcile: yield* since(now, OLDEST.reconcile),
    },
  };
}

/** Since when the oldest row of each stage could be worked on. What is to be tried again later waits from then. */
const OLDEST: Readonly<Record<Exclude<Waiting, 'file'>, string>> = {
  normalise:
    'SELECT CASE WHEN due_at > received_at THEN due_at ELSE received_at END AS n FROM envelopes WHERE state = 0 ORDER BY id LIMIT 1',
  announce: 'SELECT at AS n FROM events WHERE number IS NULL ORDER BY id LIMIT 1',
  attachments: "SELECT MIN(due_at) AS n FROM attachments WHERE state = 'pending' AND due_at > 0",
  send: 'SELECT MIN(due_at) AS n FROM deliveries WHERE work = 0',
  reconcile: 'SELECT MIN(due_at) AS n FROM deliveries WHERE work = 2',
};

function* since(now: number, sql: string): Work<number> {
  const at = (yield* get<{ n: number | null }>(sql))?.n ?? null;
  return at === null ? 0 : Math.max(now - at, 0);
}

/** A draft that was pushed has no envelope: its own word says when it came. */
function* sinceDraft(now: number): Work<number> {
  const row = yield* get<{ due_at: number; body: string }>(
    'SELECT due_at, body FROM drafts WHERE state = 0 ORDER BY id LIMIT 1',
  );
  if (row === undefined) return 0;
  const { receivedAt } = JSON.parse(row.body) as Draft;
  return Math.max(now - Math.max(Date.parse(receivedAt), row.due_at), 0);
}

function* figure(sql: string): Work<number> {
  return (yield* get<{ n: number }>(sql))?.n ?? 0;
}
