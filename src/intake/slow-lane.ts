/**
 * Called by: normalise, with envelopes whose reading may take long.
 * Given: how one is read, and how those that are read are kept.
 * Leaves behind: each kept soon after it was read; whoever has others to read goes on meanwhile.
 */
import { fitting, type EnvelopeRow, type Portion } from '../store/envelopes.js';

/** Rows that are read or wait their turn, small bodies and all. */
const MOST_HELD = 384;
/** What is ready is kept at least this often, however long the others take. */
const KEEP_EVERY_MS = 50;

export interface SlowLane {
  /** How many more it takes now. */
  room(): number;
  /** Ids of the rows that are in it. */
  held(): readonly number[];
  /** Returns at once. Throws what keeping failed with, if it did. */
  take(rows: readonly EnvelopeRow[]): void;
  /** Resolves when it has come to its end, or after so long. Rejects when keeping failed. */
  ended(patienceMs: number): Promise<void>;
  /** What has not begun is left to others. */
  stop(): void;
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
  let failure: Error | null = null;

  async function run(): Promise<void> {
    try {
      while (waiting.length > 0) {
        const rows = fitting(waiting.slice(0, work.portion.rows), work.portion);
        waiting.splice(0, rows.length);
        await workOff(work, rows, ({ id }) => held.delete(id));
      }
    } catch (error) {
      failure = error as Error;
    }
    running = null;
  }

  function complain(): void {
    if (failure !== null) throw failure;
  }

  return {
    room: () => MOST_HELD - held.size,
    held: () => [...held],
    async ended(patienceMs) {
      await Promise.race([running, pause(patienceMs)]);
      complain();
    },
    take(rows) {
      complain();
      waiting.push(...rows);
      for (const { id } of rows) held.add(id);
      if (waiting.length > 0) running ??= run();
    },
    stop: () => void waiting.splice(0),
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
