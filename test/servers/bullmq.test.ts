import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { bullmqQueue } from '../../src/queue/bullmq.js';
import type { Queue, Stage } from '../../src/queue/queue.js';
import { startSweeper } from '../../src/queue/sweeper.js';
import { until } from '../hub.js';

const url = process.env['HUBBUB_TEST_REDIS_URL'] ?? '';
const queues: Queue[] = [];
let installation: string;
beforeEach(() => {
  installation = randomBytes(4).toString('hex');
});
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close()));
});

async function open(hub = installation, defects: string[] = []): Promise<Queue> {
  const queue = await bullmqQueue({ url, installation: hub }, (stage, error) =>
    defects.push(`${stage}: ${error.message}`),
  );
  queues.push(queue);
  return queue;
}

/** Counts the runs of a stage. */
function counted(queue: Queue, stage: Stage): { runs: number } {
  const count = { runs: 0 };
  queue.onRing(stage, async () => void (count.runs += 1));
  return count;
}

test('a ring in one process runs the stage in another', async () => {
  const [api, worker] = [await open(), await open()];
  const count = counted(worker, 'file');
  api.ring('file');
  await until('the run', async () => count.runs === 1);
});

test('many rings are few runs, and a ring during a run causes another', async () => {
  const queue = await open();
  let runs = 0;
  let end: () => void = () => undefined;
  queue.onRing('file', () => {
    runs += 1;
    return new Promise<void>((resolve) => (end = resolve));
  });
  queue.ring('file');
  await until('the first run', async () => runs === 1);
  for (let i = 0; i < 100; i += 1) queue.ring('file');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(runs).toBe(1);
  end();
  await until('the second run', async () => runs === 2);
  end();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(runs).toBe(2);
});

test('a wake rings at its time', async () => {
  const queue = await open();
  const count = counted(queue, 'send');
  const at = Date.now() + 700;
  queue.wakeAt('send', at);
  await until('the wake', async () => count.runs === 1);
  expect(Date.now()).toBeGreaterThanOrEqual(at - 50);
});

test('a stage that fails is a defect, and the next ring is heard', async () => {
  const defects: string[] = [];
  const queue = await open(installation, defects);
  queue.onRing('file', async () => {
    throw new Error('out of luck');
  });
  queue.ring('file');
  await until('the first', async () => defects.length === 1);
  queue.ring('file');
  await until('the second', async () => defects.length === 2);
  expect(defects[1]).toBe('file: out of luck');
});

test('two hubs on one Redis do not hear each other', async () => {
  const [one, other] = [await open('one'), await open('other')];
  const [mine, theirs] = [counted(one, 'file'), counted(other, 'file')];
  one.ring('file');
  await until('the run', async () => mine.runs === 1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(theirs.runs).toBe(0);
});

test('Redis may lose everything in the middle: the sweeper finds the work', async () => {
  const queue = await open();
  const work = new Set<number>();
  const done: number[] = [];
  queue.onRing('file', async () => {
    for (const n of [...work]) {
      work.delete(n);
      done.push(n);
    }
  });
  const redis = new Redis(url);
  const sweeper = startSweeper(queue, 500);
  for (let n = 0; n < 50; n += 1) {
    work.add(n);
    queue.ring('file');
    if (n % 7 === 0) await redis.flushall();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await redis.flushall();
  await until('everything to be done', async () => work.size === 0);
  expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  sweeper.stop();
  await redis.quit();
});

test('says whether Redis answers', async () => {
  expect(await (await open()).answers()).toBe(true);
  const away = await bullmqQueue({ url: 'redis://127.0.0.1:1', installation }, () => undefined);
  expect(await away.answers()).toBe(false);
  await away.close();
});

describe('while Redis is away', () => {
  const away = async (): Promise<Queue> => {
    const queue = await bullmqQueue({ url: 'redis://127.0.0.1:1', installation }, () => undefined);
    queues.push(queue);
    return queue;
  };

  test('a ring and a wake are heard in this process', async () => {
    const queue = await away();
    const [rung, woken] = [counted(queue, 'file'), counted(queue, 'send')];
    queue.ring('file');
    queue.wakeAt('send', Date.now() + 10);
    await until('both runs', async () => rung.runs === 1 && woken.runs === 1);
  });

  test('a ring during a run causes another, after it', async () => {
    const queue = await away();
    const ends: (() => void)[] = [];
    let [running, most] = [0, 0];
    queue.onRing('file', async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    });
    queue.ring('file');
    await until('the first run', async () => ends.length === 1);
    queue.ring('file');
    await new Promise((resolve) => setTimeout(resolve, 100));
    ends[0]?.();
    await until('the second run', async () => ends.length === 2);
    ends[1]?.();
    expect(most).toBe(1);
  });
});
