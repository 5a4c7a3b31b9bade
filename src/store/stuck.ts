import { MAY_WORK_NOW } from './deliveries.js';
import { all, get, type Value, type Work } from './work.js';

/** One thing that does not go on by itself. */
export interface StuckOne {
  readonly id: number;
  readonly connection_id: string;
  readonly why: string | null;
}

/** How many there are, and the youngest of them. */
export interface Stuck {
  readonly total: number;
  readonly youngest: readonly StuckOne[];
}

/** What a person has to look at, each by an index that holds only such rows. */
export interface StuckWork {
  /** Nobody knows whether they arrived, and nothing looks them up any more. */
  readonly uncertain: Stuck;
  /** Failed by a defect or after too many tries: sending them again may work. */
  readonly failed: Stuck;
  /** The platform's word is final. */
  readonly refused: Stuck;
  /** In the queue since before the given time. */
  readonly waiting: Stuck;
  readonly quarantined: Stuck;
  readonly deadDrafts: Stuck;
}

const SHOWN = 10;

/** `waitingSince` in milliseconds UTC: what waits for longer is stuck. */
export function* stuckWork(waitingSince: number): Work<StuckWork> {
  return {
    uncertain: yield* stuck(DELIVERIES, "state = 'uncertain' AND work = 1"),
    failed: yield* stuck(DELIVERIES, `state = 'failed' AND ${MAY_WORK_NOW}`),
    refused: yield* stuck(DELIVERIES, `state = 'failed' AND NOT ${MAY_WORK_NOW}`),
    waiting: yield* stuck(DELIVERIES, 'work = 0 AND created_at < ?', waitingSince),
    quarantined: yield* stuck(['envelopes', 'reason'], 'state = 2'),
    deadDrafts: yield* stuck(['drafts', 'reason'], 'state = 3'),
  };
}

type Source = readonly [table: string, why: string];
const DELIVERIES: Source = ['deliveries', 'failure'];

function* stuck([table, why]: Source, where: string, ...values: readonly Value[]): Work<Stuck> {
  const count = yield* get<{ n: number }>(
    `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`,
    ...values,
  );
  const youngest = yield* all<StuckOne>(
    `SELECT id, connection_id, ${why} AS why FROM ${table} WHERE ${where} ORDER BY id DESC LIMIT ${SHOWN}`,
    ...values,
  );
  return { total: count?.n ?? 0, youngest };
}
