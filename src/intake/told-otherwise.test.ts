import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testClock } from '../../test/clock.js';
import { openTestStore, type TestStore } from '../../test/database.js';
import { quietQueue } from '../../test/quiet-queue.js';
import type { Arrival } from '../model/arrival.js';
import { folderBlobs } from '../store/blobs.js';
import { ensureGroup, insertConnection } from '../store/connections.js';
import { createReceive, INLINE_BODY_BYTES } from './receive.js';
import { createToldOtherwise } from './told-otherwise.js';

let test_: TestStore;
let folder: string;
beforeEach(async () => {
  test_ = await openTestStore();
  folder = mkdtempSync(join(tmpdir(), 'hubbub-otherwise-'));
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

const arrival = (body: string): Arrival => ({
  ...{ key: 'plain:1795162500:42', type: 'text/xml', notes: {}, query: '' },
  body: Buffer.from(body),
});

test.each([
  ['small', 'the first body', 'another body'],
  ['kept in a file', 'a'.repeat(INLINE_BODY_BYTES + 1), 'b'.repeat(INLINE_BODY_BYTES + 1)],
])(
  'a %s body under a key is told from another one that comes under it',
  async (_what, one, two) => {
    const [queue, clock, { store }] = [quietQueue(), testClock(), test_];
    const blobs = folderBlobs(folder);
    const receive = createReceive({ store, blobs, queue, clock, find: () => undefined });
    const toldOtherwise = createToldOtherwise(store);
    expect(await toldOtherwise('shop', arrival(one))).toBe(false);
    await receive('shop', [arrival(one)]);
    expect(await toldOtherwise('shop', arrival(one))).toBe(false);
    expect(await toldOtherwise('shop', arrival(two))).toBe(true);
    expect(await toldOtherwise('shop', arrival('short'))).toBe(true);
  },
);
