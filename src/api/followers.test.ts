import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { announce } from '../intake/announce.js';
import { holdLease } from '../store/leases.js';
import type { Store } from '../store/store.js';
import { followConversations, type Followers } from './followers.js';
import { openTail, type Tail } from './tail.js';

let shop: Workshop;
let tail: Tail;
let followers: Followers;
let reads: number;
let broken: boolean;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
  [reads, broken] = [0, false];
  const counted: Store = {
    ...shop.store,
    read: (work) => {
      reads += 1;
      return broken ? Promise.reject(new Error('away')) : shop.store.read(work);
    },
  };
  tail = openTail(shop.store);
  followers = followConversations(counted, tail);
});
afterEach(async () => {
  tail.close();
  await shop.end();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Numbers what happened; the tail hears of it. */
async function announced(): Promise<void> {
  const lease = holdLease(shop.store, 'announcing', 'test', shop.clock);
  await announce({ store: shop.store, lease, announced: tail.poke });
  await settled();
}

/** How often the follower of each conversation was called. */
function follow(...keys: readonly string[]): { calls: Record<string, number>; stop: () => void } {
  const calls: Record<string, number> = {};
  const stops = keys.map((key) => {
    calls[key] = 0;
    const count = (): void => void (calls[key] = (calls[key] ?? 0) + 1);
    return followers.follow('a', key, count, count);
  });
  return { calls, stop: () => stops.forEach((stop) => stop()) };
}

test('a follower hears of its own conversation only, also of one that begins later', async () => {
  const { calls } = follow('mine', 'later');
  await settled();
  await shop.file({ conversation: 'mine' }, { conversation: 'other' });
  await announced();
  expect(calls).toEqual({ mine: 2, later: 1 });
  await shop.file({ conversation: 'later' }, { conversation: 'mine', text: 'again' });
  await announced();
  expect(calls).toEqual({ mine: 3, later: 2 });
});

test('a thousand followers cost the database no more than one', async () => {
  const keys = Array.from({ length: 1_000 }, (_, i) => `waiting-${i}`);
  const { calls } = follow(...keys, 'mine');
  await settled();
  await shop.file({ conversation: 'mine' }, { conversation: 'other' });
  await announced();
  await shop.file({ conversation: 'mine', text: 'two' }, { conversation: 'other', text: 'two' });
  await announced();
  expect([calls['mine'], reads]).toEqual([3, 1]);
});

test('who has stopped hears nothing, and nobody is followed for nobody', async () => {
  const { calls, stop } = follow('mine');
  await settled();
  stop();
  await shop.file({ conversation: 'mine' });
  await announced();
  expect([calls, reads]).toEqual([{ mine: 1 }, 0]);
});

test('when nobody can say whose news it is, everybody is told to look', async () => {
  const { calls } = follow('mine', 'other');
  await settled();
  broken = true;
  await shop.file({ conversation: 'mine' });
  await announced();
  expect(calls).toEqual({ mine: 2, other: 2 });
});
