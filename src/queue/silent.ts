import type { Queue } from './queue.js';

/** A doorbell that nobody hears: the work is done by hand, or found by the sweeper of a hub. */
export const SILENT: Queue = {
  ring: () => undefined,
  wakeAt: () => undefined,
  onRing: () => undefined,
  answers: () => Promise.resolve(true),
  close: () => Promise.resolve(),
};
