import { onPostgres, openTestStore, type TestStore } from '../../test/database.js';
import { testClock } from '../../test/clock.js';
import { holdLease, takeLease } from '../store/leases.js';
import { eventsAfter, insertEvent } from '../store/tickets.js';
import { announce, type AnnounceDependencies } from './announce.js';

let test_: TestStore;
let pokes: number;
const clock = testClock();
beforeEach(async () => {
  test_ = await openTestStore();
  pokes = 0;
});
afterEach(() => test_.end());

const deps = (): AnnounceDependencies => ({
  store: test_.store,
  lease: holdLease(test_.store, 'announcing', 'me', clock),
  announced: () => void (pokes += 1),
});

async function record(n: number): Promise<void> {
  await test_.store.write(function* () {
    for (let i = 0; i < n; i += 1) {
      const event = { type: 'noted', data: { message: i } } as const;
      yield* insertEvent({ id: 1, conversation: null }, event, 1, 'test');
    }
  });
}
const numbers = async (): Promise<readonly (number | null)[]> =>
  (await test_.store.read(() => eventsAfter(0, 5_000))).map(({ number }) => number);

test('events get numbers without a gap, however many there are, and readers are poked', async () => {
  await record(2_500);
  await announce(deps());
  expect(await numbers()).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1));
  expect(pokes).toBeGreaterThan(0);
});

if (onPostgres) {
  test('nobody is poked when nothing happened', async () => {
    await announce(deps());
    expect(pokes).toBe(0);
  });

  test('who does not hold the lease numbers nothing', async () => {
    await record(1);
    await test_.store.write(() => takeLease('announcing', 'somebody else', clock.now(), 9e15));
    await announce(deps());
    expect([await numbers(), pokes]).toEqual([[], 0]);
  });

  test('who slept past the lease numbers nothing, although it thinks it holds it', async () => {
    const sleeper = deps();
    await sleeper.lease();
    await record(1);
    clock.pass(60_000);
    await test_.store.write(() => takeLease('announcing', 'the next', clock.now(), 9e15));
    await announce({ ...sleeper, lease: () => Promise.resolve(1) });
    expect([await numbers(), pokes]).toEqual([[], 0]);
  });
} else {
  test('the one writer of an embedded database numbers events as it records them', async () => {
    await record(2);
    expect(await numbers()).toEqual([1, 2]);
  });

  test('a work that fails takes its numbers back', async () => {
    await record(1);
    const failing = test_.store.write(function* () {
      yield* insertEvent(
        { id: 1, conversation: null },
        { type: 'noted', data: { message: 9 } },
        1,
        'test',
      );
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await record(1);
    expect(await numbers()).toEqual([1, 2]);
  });
}
