/**
 * Called by: normalise, with envelopes whose reading may take long.
 * Given: how one is read, and how those that are read are kept.
 * Leaves behind: each kept soon after it was read; whoever has others to read goes on meanwhile.
 */
import { fitting, type EnvelopeRow, type Portion } from '../store/envelopes.js';

/** Rows that wait their turn, small bodies and all; whoever brings more waits for room. */
const MOST_WAITING = 256;
/** What is ready is kept at least this often, however long the others take. */
const KEEP_EVERY_MS = 50;

export interface SlowLane {
  /** False for those that are in it already. */
  readonly isNew: (row: EnvelopeRow) => boolean;
  readonly busy: () => boolean;
  /** Resolves when there is room for more; rejects when keeping failed. */
  take(rows: readonly EnvelopeRow[]): Promise<void>;
  /** Resolves when it has come to its end, or after so long. Rejects when keeping failed. */
  ended(patienceMs: number): Promise<void>;
}

export interface SlowWork<T> {
  readonly portion: Portion;
  readonly read: (row: EnvelopeRow) => Promise<T>;
  readonly keep: (rows: readonly EnvelopeRow[], reads: readonly T[]) => Promise<void>;
}

export function openSlowLane<T>(work: SlowWork<T>): SlowLane {
  const waiting: EnvelopeRow[] = [];
  const held = new Set<number>();
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const rows = fitting(waiting.slice(0, work.portion.rows), work.portion);
      waiting.splice(0, rows.length);
      await workOff(work, rows, ({ id }) => held.delete(id));
    }
    running = null;
  }

  async function ended(patienceMs: number): Promise<void> {
    await Promise.race([running, pause(patienceMs)]);
  }

  return {
    isNew: ({ id }) => !held.has(id),
    busy: () => running !== null,
    ended,
    async take(rows) {
      waiting.push(...rows);
      for (const { id } of rows) held.add(id);
      if (waiting.length > 0 && running === null) {
        running = run();
        // Whoever waits hears of it; until somebody does, it is no unhandled rejection.
        running.catch(() => undefined);
      }
      while (waiting.length > MOST_WAITING) await ended(KEEP_EVERY_MS);
    },
  };
}

/** One portion: what is ready is kept together, the rest follows. */
async function workOff<T>(
  { read, keep }: SlowWork<T>,
  rows: readonly EnvelopeRow[],
  done: (row: EnvelopeRow) => void,
): Promise<void> {
  const ready: { readonly row: EnvelopeRow; readonly read: T }[] = [];
  const reading = rows.map(async (row) => void ready.push({ row, read: await read(row) }));
  const all = Promise.all(reading);
  all.catch(() => undefined);
  for (let left = rows.length; left > 0;) {
    await Promise.race([all, pause(KEEP_EVERY_MS)]);
    const batch = ready.splice(0);
    left -= batch.length;
    if (batch.length === 0) continue;
    const kept = batch.map(({ row }) => row);
    await keep(
      kept,
      batch.map((one) => one.read),
    );
    kept.forEach(done);
  }
}

/** Ends nobody's waiting for the process. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
