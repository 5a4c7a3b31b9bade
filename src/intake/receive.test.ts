import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testClock } from '../../test/clock.js';
import { randomHanzi } from '../../test/hanzi.js';
import { openTestStore, type TestStore } from '../../test/database.js';
import { quietQueue, type QuietQueue } from '../../test/quiet-queue.js';
import type { Arrival } from '../model/arrival.js';
import { folderBlobs, type Blobs } from '../store/blobs.js';
import { cursorsOf, ensureGroup, insertConnection } from '../store/connections.js';
import { envelopeById, knownKeys, type EnvelopeRow } from '../store/envelopes.js';
import { StoreProblem, type Store } from '../store/store.js';
import { all } from '../store/work.js';
import { createReceive, INLINE_BODY_BYTES, type Receive } from './receive.js';

let test_: TestStore;
let folder: string;
let blobs: Blobs;
let queue: QuietQueue;
const clock = testClock();
beforeEach(async () => {
  test_ = await openTestStore();
  folder = mkdtempSync(join(tmpdir(), 'hubbub-receive-'));
  blobs = folderBlobs(folder);
  queue = quietQueue();
  await test_.store.write(function* () {
    yield* insertConnection({
      ...{ id: 'shop', connector: 'courier', name: 'shop', group_id: yield* ensureGroup('g') },
      ...{ settings: '{}', credentials: '', status: 'active', created_at: 0 },
    });
  });
});
afterEach(async () => {
  await test_.end();
  rmSync(folder, { recursive: true, force: true });
});

const arrival = (key: string, body: string | Buffer = key): Arrival => ({
  key,
  body: Buffer.from(body),
  type: 'application/json',
  notes: {},
  query: '',
});

const receiveOn = (store: Store): Receive => createReceive({ store, blobs, queue, clock });

const envelopes = (): Promise<readonly EnvelopeRow[]> =>
  test_.store.read(() => all<EnvelopeRow>('SELECT * FROM envelopes ORDER BY id'));

/** The real store, with a way to go wrong between it and whoever writes. */
function withWrite(write: Store['write']): Store {
  const { store } = test_;
  return { ...store, write };
}

test('a delivery key of any length is kept, and the same delivery is kept once', async () => {
  const receive = receiveOn(test_.store);
  const keys = [randomHanzi(30_000), randomHanzi(1_000)];
  await receive('shop', [arrival(keys[0] ?? '', 'one'), arrival(keys[1] ?? '', 'two')]);
  await receive('shop', [arrival(keys[0] ?? '', 'one')]);
  const bodies = (await envelopes()).map(({ body }) => Buffer.from(body ?? '').toString());
  expect(bodies).toEqual(['one', 'two']);
  expect(await test_.store.read(() => knownKeys('shop', [...keys, 'other']))).toEqual(keys);
});

test('whatever arrives in one turn of the event loop is one commit', async () => {
  let writes = 0;
  const { store } = test_;
  const receive = receiveOn(
    withWrite((work) => {
      writes += 1;
      return store.write(work);
    }),
  );
  await Promise.all(['a', 'b', 'c'].map((key) => receive('shop', [arrival(key)])));
  expect(writes).toBe(1);
  await receive('shop', [arrival('d')]);
  expect(writes).toBe(2);
  expect((await envelopes()).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
});

test('a delivery that comes again is the same envelope, and nobody is rung for it', async () => {
  const receive = receiveOn(test_.store);
  await Promise.all([receive('shop', [arrival('a')]), receive('shop', [arrival('a')])]);
  expect(queue.rung).toEqual(['normalise']);
  await receive('shop', [arrival('a')]);
  expect(queue.rung).toEqual(['normalise']);
  expect(await envelopes()).toHaveLength(1);
});

test('the same key on another connection is another delivery', async () => {
  const receive = receiveOn(test_.store);
  await receive('shop', [arrival('a')]);
  await receive('mall', [arrival('a')]);
  expect(await envelopes()).toHaveLength(2);
});

test('a body up to 64 kB stands in its row, a larger one in the blob store', async () => {
  const receive = receiveOn(test_.store);
  const [small, large] = [INLINE_BODY_BYTES, INLINE_BODY_BYTES + 1].map((n) => Buffer.alloc(n, 7));
  await receive('shop', [arrival('small', small), arrival('large', large)]);
  const rows = await envelopes();
  expect(rows.map(({ blob, size }) => [blob === null, size])).toEqual([
    [true, INLINE_BODY_BYTES],
    [false, INLINE_BODY_BYTES + 1],
  ]);
  const kept = await test_.store.read(() => envelopeById(rows[1]?.id ?? 0));
  expect(kept?.body).toBeNull();
  expect((await blobs.get(kept?.blob ?? '')).equals(large ?? Buffer.alloc(0))).toBe(true);
});

test('cursors are committed with the envelopes they stand after, or not at all', async () => {
  const receive = receiveOn(test_.store);
  await receive('shop', [arrival('a')], { INBOX: '7' });
  expect(await test_.store.read(() => cursorsOf('shop'))).toEqual({ INBOX: '7' });
  const broken = { ...arrival('b'), type: null as never };
  await expect(receive('shop', [broken], { INBOX: '8' })).rejects.toThrow();
  expect(await test_.store.read(() => cursorsOf('shop'))).toEqual({ INBOX: '7' });
});

test('one arrival that cannot be stored does not take the others of its turn along', async () => {
  const receive = receiveOn(test_.store);
  const results = await Promise.allSettled([
    receive('shop', [arrival('a')]),
    receive('shop', [{ ...arrival('b'), type: null as never }]),
    receive('shop', [arrival('c')]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await envelopes()).map(({ key }) => key)).toEqual(['a', 'c']);
});

test('a database that cannot be reached fails this turn only, and keeps nothing of it', async () => {
  let away = true;
  const { store } = test_;
  const receive = receiveOn(
    withWrite((work) =>
      away ? Promise.reject(new StoreProblem('busy', 'it is away')) : store.write(work),
    ),
  );
  await expect(receive('shop', [arrival('refused')])).rejects.toThrow('it is away');
  away = false;
  await receive('shop', [arrival('taken')]);
  expect((await envelopes()).map(({ key }) => key)).toEqual(['taken']);
});

test('a transaction that a deadlock makes run twice loses nothing', async () => {
  const { store } = test_;
  const receive = receiveOn(
    withWrite(async (work) => {
      const undone = store.write(function* () {
        yield* work();
        throw new Error('deadlock detected');
      });
      await expect(undone).rejects.toThrow('deadlock');
      return store.write(work);
    }),
  );
  await Promise.all([receive('shop', [arrival('a')]), receive('shop', [arrival('b')])]);
  expect((await envelopes()).map(({ key }) => key)).toEqual(['a', 'b']);
});

test('an arrival that knows when it was received keeps that time', async () => {
  const receive = receiveOn(test_.store);
  await receive('shop', [arrival('now'), { ...arrival('then'), receivedAt: 5_000 }]);
  expect((await envelopes()).map(({ received_at }) => received_at)).toEqual([clock.now(), 5_000]);
});
