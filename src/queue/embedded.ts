import { STAGES, type Queue, type Stage } from './queue.js';

/** A batch closes when this many rows wait, or after this long, whichever comes first. */
const BATCH_ROWS = 96;
const BATCH_MS = 6;
const FARTHEST_TIMER_MS = 60_000;

type OnDefect = (stage: Stage, error: Error) => void;

/** The doorbell of a single process: a signal, and one timer a stage. */
export function embeddedQueue(onDefect: OnDefect): Queue {
  const bells = new Map(STAGES.map((stage) => [stage, new Bell(stage, onDefect)]));
  return {
    ring: (stage, rows = 0) => bells.get(stage)?.ring(rows),
    onRing: (stage, handler) => bells.get(stage)?.answer(handler),
    wakeAt: (stage, time) => bells.get(stage)?.wakeAt(time),
    answers: () => Promise.resolve(true),
    async close() {
      await Promise.all([...bells.values()].map((bell) => bell.close()));
    },
  };
}

class Bell {
  private readonly stage: Stage;
  private readonly onDefect: OnDefect;
  private handler: (() => Promise<void>) | null = null;
  private rows = 0;
  private timer: NodeJS.Timeout | null = null;
  private wake: { readonly at: number; readonly timer: NodeJS.Timeout } | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private closed = false;

  constructor(stage: Stage, onDefect: OnDefect) {
    this.stage = stage;
    this.onDefect = onDefect;
  }

  answer(handler: () => Promise<void>): void {
    this.handler = handler;
  }

  ring(rows: number): void {
    if (this.closed || this.handler === null) return;
    this.rows += rows;
    if (this.running !== null) this.again = true;
    else if (this.rows >= BATCH_ROWS) this.start(this.handler);
    else this.timer ??= setTimeout(() => this.start(this.handler), BATCH_MS);
  }

  private start(handler: (() => Promise<void>) | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.rows = 0;
    if (this.closed || handler === null || this.running !== null) return;
    this.running = handler()
      .catch((error: unknown) => this.onDefect(this.stage, error as Error))
      .finally(() => this.ended());
  }

  private ended(): void {
    this.running = null;
    if (!this.again) return;
    this.again = false;
    this.ring(0);
  }

  wakeAt(time: number): void {
    if (this.closed || (this.wake !== null && this.wake.at <= time)) return;
    if (this.wake !== null) clearTimeout(this.wake.timer);
    const wait = Math.min(Math.max(time - Date.now(), 0), FARTHEST_TIMER_MS);
    const timer = setTimeout(() => {
      this.wake = null;
      if (time > Date.now()) this.wakeAt(time);
      else this.ring(0);
    }, wait);
    timer.unref();
    this.wake = { at: time, timer };
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.wake !== null) clearTimeout(this.wake.timer);
    await this.running;
  }
}
