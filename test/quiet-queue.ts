import type { Queue, Stage } from '../src/queue/queue.js';

/** A doorbell that rings nobody: tests run the stages by hand and look at what was asked for. */
export interface QuietQueue extends Queue {
  readonly rung: Stage[];
  readonly wakes: { readonly stage: Stage; readonly at: number }[];
}

export function quietQueue(): QuietQueue {
  const rung: Stage[] = [];
  const wakes: { stage: Stage; at: number }[] = [];
  return {
    rung,
    wakes,
    ring: (stage) => void rung.push(stage),
    wakeAt: (stage, at) => void wakes.push({ stage, at }),
    onRing: () => undefined,
    answers: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
}
