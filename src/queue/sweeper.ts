import { STAGES, type Queue } from './queue.js';

/** How long lost work may lie: 1 s embedded, 5 s with Redis. */
export const SWEEP_MS = { embedded: 1_000, bullmq: 5_000 } as const;

/** Rings every stage now and then, so that a lost ring costs a moment and nothing else. */
export function startSweeper(queue: Queue, every: number): { stop: () => void } {
  const timer = setInterval(() => {
    for (const stage of STAGES) queue.ring(stage);
  }, every);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
