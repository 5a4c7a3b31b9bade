import { onPostgres } from '../../test/database.js';
import { createCourier, refineAsIs } from '../../test/courier.js';
import { draftOf, openWorkshop, type Workshop } from '../../test/workshop.js';
import { fileInOrder } from './in-order.js';
import { normalise } from './normalise.js';
import { createReceive } from './receive.js';
import { insertDraft } from '../store/drafts.js';
import { holdLease } from '../store/leases.js';
import { StoreProblem, type Store } from '../store/store.js';

/** A database that is full or away is nobody's fault: it costs no message one of its tries. */

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a', createCourier({ parts: { refine: refineAsIs } }));
});
afterEach(() => shop.end());

/** The batch fails, then its row alone, at the disk; a note that the row was at fault would just fit. */
function nearlyFull(claims: number): Store {
  const taken = Array.from({ length: claims }, () => undefined);
  const troubles = [
    ...taken,
    new Error('one of the batch'),
    new StoreProblem('full', 'the disk is full'),
  ];
  return {
    ...shop.store,
    write(work) {
      const trouble = troubles.shift();
      return trouble === undefined ? shop.store.write(work) : Promise.reject(trouble);
    },
  };
}

async function tenTimes(stage: (store: Store) => Promise<void>, claims = 0): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await stage(nearlyFull(claims)).catch((error: unknown) =>
      expect(error).toBeInstanceOf(StoreProblem),
    );
    shop.clock.pass(60_000);
  }
}

test('a draft waits for the disk, however long it is full', async () => {
  const draft = draftOf({ id: 'm1' }, shop.clock.now());
  await shop.write(() => insertDraft(draft, null, null));
  const lease = holdLease(shop.store, 'filing', 'outage', shop.clock);
  const deps = {
    ...shop,
    ...{ lease, matching: { samePersonWithin: 0 }, crashpoint: () => undefined },
    log: shop.sending.log,
  };
  await tenTimes((store) => fileInOrder({ ...deps, store }));
  expect(await shop.rows('SELECT state, attempts FROM drafts')).toEqual([
    { state: 0, attempts: 0 },
  ]);
  await fileInOrder(deps);
  expect(await shop.rows('SELECT text FROM messages')).toHaveLength(1);
});

test('so does an envelope', async () => {
  const body = Buffer.from(
    JSON.stringify([{ id: 'm1', conversation: 't', from: 'zhang', text: 'hello' }]),
  );
  await createReceive(shop)('a', [{ key: 'e1', body, type: '', notes: {}, query: '' }]);
  const apart = {
    draftsOf: () => Promise.reject(new Error('not here')),
  };
  const deps = {
    ...shop,
    apart,
    wake: () => undefined,
    crashpoint: () => undefined,
    notice: () => undefined,
  };
  // Where several processes read, a batch is claimed by a write of its own.
  await tenTimes((store) => normalise({ ...deps, store }), onPostgres ? 1 : 0);
  expect(await shop.rows('SELECT state, attempts FROM envelopes')).toEqual([
    { state: 0, attempts: 0 },
  ]);
  await normalise(deps);
  expect(await shop.rows('SELECT draft_id FROM drafts')).toHaveLength(1);
});
