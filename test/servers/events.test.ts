import { announce } from '../../src/intake/announce.js';
import { holdLease } from '../../src/store/leases.js';
import { openPostgres } from '../../src/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { eventsAfter, insertEvent } from '../../src/store/tickets.js';
import { get } from '../../src/store/work.js';
import { createMigratedDatabase, type TestServers } from '../database.js';

const EACH = 300;

let servers: TestServers;
let stores: readonly [Store, Store, Store];
beforeAll(async () => {
  servers = await createMigratedDatabase();
  stores = [openPostgres(servers.url), openPostgres(servers.url), openPostgres(servers.url)];
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await servers.drop();
});

const systemClock = { now: () => Date.now() };

/** Commits one event in a transaction that stays open for a moment, so that commits overtake each other. */
async function record(store: Store, n: number): Promise<void> {
  await store.write(function* () {
    const event = { type: 'noted', data: { message: n } } as const;
    yield* insertEvent({ id: 1, conversation: null }, event, n, 'writer');
    yield* get('SELECT pg_sleep(?)', ((n * 7) % 5) / 200);
  });
}

async function write(store: Store, from: number): Promise<void> {
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = lane; n < EACH; n += 4) await record(store, from + n);
  });
  await Promise.all(lanes);
}

test('two writers on Postgres: an event reader sees every number, in order', async () => {
  const [one, other, reading] = stores;
  let done = false;
  const announcers = [one, other].map(async (store, i) => {
    const lease = holdLease(store, 'announcing', `announcer-${i}`, systemClock);
    while (!done) {
      await announce({ store, lease, announced: () => undefined });
      await new Promise(setImmediate);
    }
  });
  const seen: { readonly number: number; readonly at: number }[] = [];
  const reader = (async () => {
    while (seen.length < 2 * EACH) {
      const after = seen.at(-1)?.number ?? 0;
      const page = await reading.read(() => eventsAfter(after, 50));
      for (const { number, at } of page) seen.push({ number: number ?? 0, at });
    }
  })();
  await Promise.all([write(one, 0), write(other, EACH)]);
  await reader;
  done = true;
  await Promise.all(announcers);
  expect(seen.map(({ number }) => number)).toEqual(
    Array.from({ length: 2 * EACH }, (_, i) => i + 1),
  );
  expect(new Set(seen.map(({ at }) => at)).size).toBe(2 * EACH);
  // The test shows something only when commits did overtake each other.
  expect(seen.some(({ at }, i) => at < (seen[i - 1]?.at ?? 0))).toBe(true);
}, 60_000);
