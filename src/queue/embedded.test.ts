import { jest } from '@jest/globals';
import { embeddedQueue } from './embedded.js';
import type { Queue, Stage } from './queue.js';
import { startSweeper } from './sweeper.js';

let queue: Queue;
let defects: string[];
let runs: number;
beforeEach(() => {
  jest.useFakeTimers();
  [defects, runs] = [[], 0];
  queue = embeddedQueue((stage, error) => void defects.push(`${stage}: ${error.message}`));
});
afterEach(async () => {
  await queue.close();
  jest.useRealTimers();
});

const count = async (): Promise<void> => {
  runs += 1;
};
const pass = (milliseconds: number): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);

/** A run that lasts until the test ends it. */
function longRun(): { readonly end: () => void; readonly handler: () => Promise<void> } {
  let end: () => void = () => undefined;
  return {
    end: () => end(),
    handler: () => {
      runs += 1;
      return new Promise<void>((resolve) => (end = resolve));
    },
  };
}

test('many rings are one run, a few milliseconds later', async () => {
  queue.onRing('file', count);
  for (let i = 0; i < 50; i += 1) queue.ring('file', 1);
  expect(runs).toBe(0);
  await pass(10);
  expect(runs).toBe(1);
});

test('a full batch does not wait', async () => {
  queue.onRing('file', count);
  queue.ring('file', 96);
  expect(runs).toBe(1);
  await pass(100);
  expect(runs).toBe(1);
});

test('a ring during a run causes one more run, however many rings there were', async () => {
  const { end, handler } = longRun();
  queue.onRing('file', handler);
  queue.ring('file', 96);
  for (let i = 0; i < 10; i += 1) queue.ring('file', 200);
  await pass(1_000);
  expect(runs).toBe(1);
  end();
  await pass(10);
  expect(runs).toBe(2);
  end();
  await pass(1_000);
  expect(runs).toBe(2);
});

test('stages do not ring each other', async () => {
  const rung: Stage[] = [];
  for (const stage of ['file', 'send'] as const) {
    queue.onRing(stage, async () => void rung.push(stage));
  }
  queue.ring('send');
  await pass(10);
  expect(rung).toEqual(['send']);
});

test('a run that fails is a defect, and the next ring is heard', async () => {
  queue.onRing('file', async () => {
    runs += 1;
    throw new Error('out of luck');
  });
  queue.ring('file');
  await pass(10);
  queue.ring('file');
  await pass(10);
  expect([runs, defects]).toEqual([2, ['file: out of luck', 'file: out of luck']]);
});

describe('a wake', () => {
  test('rings at its time or a little later, and not before', async () => {
    queue.onRing('send', count);
    queue.wakeAt('send', Date.now() + 5_000);
    await pass(4_999);
    expect(runs).toBe(0);
    await pass(10);
    expect(runs).toBe(1);
  });

  test('that is far away is not early either', async () => {
    queue.onRing('send', count);
    queue.wakeAt('send', Date.now() + 3_600_000);
    await pass(3_599_999);
    expect(runs).toBe(0);
    await pass(10);
    expect(runs).toBe(1);
  });

  test('gives way to an earlier one', async () => {
    queue.onRing('send', count);
    queue.wakeAt('send', Date.now() + 50_000);
    queue.wakeAt('send', Date.now() + 1_000);
    await pass(1_010);
    expect(runs).toBe(1);
  });

  test('that is over rings at once', async () => {
    queue.onRing('send', count);
    queue.wakeAt('send', Date.now() - 1);
    await pass(10);
    expect(runs).toBe(1);
  });
});

test('closing waits for the run that is going on and begins no other', async () => {
  const { end, handler } = longRun();
  queue.onRing('file', handler);
  queue.ring('file', 96);
  queue.ring('file');
  let closed = false;
  const closing = queue.close().then(() => (closed = true));
  await pass(1_000);
  expect(closed).toBe(false);
  end();
  await closing;
  queue.ring('file', 200);
  queue.wakeAt('file', 0);
  await pass(100_000);
  expect(runs).toBe(1);
});

test('the sweeper rings every stage, so that a lost ring costs a second', async () => {
  const rung = new Set<Stage>();
  for (const stage of [
    'normalise',
    'file',
    'announce',
    'attachments',
    'send',
    'reconcile',
  ] as const) {
    queue.onRing(stage, async () => void rung.add(stage));
  }
  const sweeper = startSweeper(queue, 1_000);
  await pass(1_010);
  expect(rung.size).toBe(6);
  sweeper.stop();
  rung.clear();
  await pass(5_000);
  expect(rung.size).toBe(0);
});
