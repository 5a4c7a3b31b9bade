import type { Job, Queue as BullQueue, Worker } from 'bullmq';
import { STAGES, type Queue, type Stage } from './queue.js';

const QUEUE = 'hubbub';
/** While a stage runs somewhere, further rings collapse into one that follows it. */
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true } as const;

/**
 * The doorbell of many processes, on Redis: one deduplicated job a stage. Redis may lose everything
 * at any time; then the sweeper rings. `installation` keeps two hubs on one Redis apart.
 */
export async function bullmqQueue(
  { url, installation }: { readonly url: string; readonly installation: string },
  onDefect: (stage: Stage, error: Error) => void,
): Promise<Queue> {
  const [{ Queue: Bull, Worker: BullWorker }, { Redis }] = await Promise.all([
    import('bullmq'),
    import('ioredis'),
  ]);
  // A doorbell that cannot ring must not make its caller wait: commands fail at once while Redis is away.
  const ringing = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    lazyConnect: true,
  });
  const listening = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const link of [ringing, listening]) link.on('error', () => undefined);
  await Promise.allSettled([ringing.connect(), listening.connect()]);
  const prefix = `${QUEUE}:${installation}`;
  const queues = new Map<Stage, BullQueue>();
  const workers: Worker[] = [];
  for (const stage of STAGES) {
    const queue = new Bull(stage, { connection: ringing, prefix, skipVersionCheck: true });
    queue.on('error', () => undefined);
    queues.set(stage, queue);
  }

  function add(stage: Stage, delay: number): void {
    const deduplication = {
      id: delay > 0 ? `wake-${Math.ceil(delay / 1_000)}` : 'ring',
      keepLastIfActive: true,
    };
    queues
      .get(stage)
      ?.add('ring', {}, { ...KEEP_NOTHING, delay, deduplication })
      .catch(() => undefined);
  }

  return {
    ring: (stage) => add(stage, 0),
    wakeAt: (stage, time) => add(stage, Math.max(time - Date.now(), 1)),
    onRing(stage, handler) {
      const run = (_: Job): Promise<void> =>
        handler().catch((error: unknown) => onDefect(stage, error as Error));
      const worker = new BullWorker(stage, run, {
        connection: listening,
        prefix,
        skipVersionCheck: true,
      });
      worker.on('error', () => undefined);
      workers.push(worker);
    },
    async close() {
      await Promise.allSettled(workers.map((worker) => worker.close()));
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      ringing.disconnect();
      listening.disconnect();
    },
  };
}
