import type { Job, Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { embeddedQueue } from './embedded.js';
import { STAGES, type Queue, type Stage } from './queue.js';

const QUEUE = 'hubbub';
/** While a stage runs somewhere, further rings collapse into one that follows it. */
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true } as const;
/** A Redis that takes longer to hear a ring counts as away. */
const PATIENCE_MS = 2_000;

type OnDefect = (stage: Stage, error: Error) => void;

/**
 * The doorbell of many processes, on Redis: one deduplicated job a stage. Redis may lose everything
 * at any time; then the sweeper rings. While it is away a ring is heard in this process only, so that
 * work goes on. `installation` keeps two hubs on one Redis apart.
 */
export async function bullmqQueue(
  { url, installation }: { readonly url: string; readonly installation: string },
  onDefect: OnDefect,
): Promise<Queue> {
  const { Queue: Bull, Worker: BullWorker } = await import('bullmq');
  const { ringing, listening } = await openLinks(url);
  const shared = { prefix: `${QUEUE}:${installation}`, skipVersionCheck: true };
  const queues = new Map<Stage, BullQueue>();
  const workers: Worker[] = [];
  const here = embeddedQueue(onDefect);
  for (const stage of STAGES) {
    const queue = new Bull(stage, { connection: ringing, ...shared });
    queue.on('error', () => undefined);
    queues.set(stage, queue);
  }

  /** A queue would wait for a link that is down, and every ring with it. */
  async function add(stage: Stage, delay: number): Promise<void> {
    if (ringing.status !== 'ready') throw new Error(`Redis is ${ringing.status}`);
    const deduplication = {
      id: delay > 0 ? `wake-${Math.ceil(delay / 1_000)}` : 'ring',
      keepLastIfActive: true,
    };
    await queues.get(stage)?.add('ring', {}, { ...KEEP_NOTHING, delay, deduplication });
  }

  return {
    ring: (stage, rows) => void add(stage, 0).catch(() => here.ring(stage, rows)),
    wakeAt: (stage, time) =>
      void add(stage, Math.max(time - Date.now(), 1)).catch(() => here.wakeAt(stage, time)),
    onRing(stage, handler) {
      const inTurn = oneAtATime(handler);
      here.onRing(stage, inTurn);
      const run = (_: Job): Promise<void> =>
        inTurn().catch((error: unknown) => onDefect(stage, error as Error));
      const worker = new BullWorker(stage, run, { connection: listening, ...shared });
      worker.on('error', () => undefined);
      workers.push(worker);
    },
    answers: () =>
      ringing.ping().then(
        () => true,
        () => false,
      ),
    async close() {
      await Promise.allSettled([here.close(), ...workers.map((worker) => worker.close())]);
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      for (const link of [ringing, listening]) link.disconnect();
    },
  };
}

interface Links {
  readonly ringing: Redis;
  readonly listening: Redis;
}

/** A doorbell that cannot ring must not make its caller wait: commands fail at once while Redis is away. */
async function openLinks(url: string): Promise<Links> {
  const { Redis: Link } = await import('ioredis');
  const ringing = new Link(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: PATIENCE_MS,
    lazyConnect: true,
  });
  const listening = new Link(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const link of [ringing, listening]) link.on('error', () => undefined);
  await Promise.allSettled([ringing.connect(), listening.connect()]);
  return { ringing, listening };
}

/** A ring by Redis and one of this process may come together; a stage runs once at a time all the same. */
function oneAtATime(handler: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(handler);
    last = next.catch(() => undefined);
    return next;
  };
}
