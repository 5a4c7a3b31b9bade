import { STAGES, type Queue, type Stage } from './queue.js';

/** A batch closes when this many rows wait, or after this long, whichever comes first. */
const BATCH_ROWS = 96;
const BATCH_MS = 6;
const FARTHEST_TIMER_MS = 60_000;

interface Bell {
  handler: (() => Promise<void>) | null;
  rows: number;
  timer: NodeJS.Timeout | null;
  wake: { readonly at: number; readonly timer: NodeJS.Timeout } | null;
  running: Promise<void> | null;
  again: boolean;
}

/** The doorbell of a single process: a signal, and one timer a stage. */
export function embeddedQueue(onDefect: (stage: Stage, error: Error) => void): Queue {
  const bells = new Map<Stage, Bell>(
    STAGES.map((stage) => [
      stage,
      { handler: null, rows: 0, timer: null, wake: null, running: null, again: false },
    ]),
  );
  let closed = false;

  function bellOf(stage: Stage): Bell {
    const bell = bells.get(stage);
    if (bell === undefined) throw new Error(`no stage is called ${stage}`);
    return bell;
  }

  function ring(stage: Stage, rows = 0): void {
    const bell = bellOf(stage);
    if (closed || bell.handler === null) return;
    bell.rows += rows;
    if (bell.running !== null) {
      bell.again = true;
    } else if (bell.rows >= BATCH_ROWS) {
      start(stage, bell);
    } else {
      bell.timer ??= setTimeout(start, BATCH_MS, stage, bell);
    }
  }

  function start(stage: Stage, bell: Bell): void {
    if (bell.timer !== null) clearTimeout(bell.timer);
    bell.timer = null;
    bell.rows = 0;
    if (closed || bell.handler === null || bell.running !== null) return;
    bell.running = bell
      .handler()
      .catch((error: unknown) => onDefect(stage, error as Error))
      .finally(() => {
        bell.running = null;
        if (!bell.again) return;
        bell.again = false;
        ring(stage);
      });
  }

  function wakeAt(stage: Stage, time: number): void {
    const bell = bellOf(stage);
    if (closed || (bell.wake !== null && bell.wake.at <= time)) return;
    if (bell.wake !== null) clearTimeout(bell.wake.timer);
    const wait = Math.min(Math.max(time - Date.now(), 0), FARTHEST_TIMER_MS);
    const timer = setTimeout(() => {
      bell.wake = null;
      ring(stage);
    }, wait);
    timer.unref();
    bell.wake = { at: time, timer };
  }

  async function close(): Promise<void> {
    closed = true;
    for (const bell of bells.values()) {
      if (bell.timer !== null) clearTimeout(bell.timer);
      if (bell.wake !== null) clearTimeout(bell.wake.timer);
    }
    await Promise.all([...bells.values()].map(({ running }) => running));
  }

  return {
    ring,
    wakeAt,
    close,
    onRing(stage, handler) {
      bellOf(stage).handler = handler;
    },
  };
}
