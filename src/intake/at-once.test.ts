import { createCourier, refineAsIs } from '../../test/courier.js';
import { onPostgres } from '../../test/database.js';
import { defaultRules } from '../../test/rules.js';
import { draftOf, openWorkshop, type Workshop } from '../../test/workshop.js';
import { createAtOnce, type OpenAtOnce } from './at-once.js';
import type { InOrderDependencies } from './in-order.js';
import { openMatching, type MatchingBy } from './matching.js';
import { normalise } from './normalise.js';
import { createReceive } from './receive.js';
import { DAY } from '../model/time.js';
import { insertDraft } from '../store/drafts.js';
import { holdLease } from '../store/leases.js';
import { run } from '../store/work.js';

/** Where one process alone writes, the transaction that makes drafts files them. */

let shop: Workshop;
let passed: string[];
let noticed: string[];
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a', createCourier({ parts: { refine: refineAsIs } }));
  passed = [];
  noticed = [];
});
afterEach(() => shop.end());

function atOnce(matching: MatchingBy = { samePersonWithin: 14 * DAY }): OpenAtOnce | undefined {
  const deps: InOrderDependencies = {
    ...{ ...shop, matching, log: shop.sending.log, crashpoint: () => undefined },
    lease: holdLease(shop.store, 'filing', 'workshop', shop.clock),
  };
  return createAtOnce(deps);
}

/** Received, and normalised in one batch. */
async function arrive(...facts: readonly { readonly id: string; readonly text: string }[]) {
  const receive = createReceive(shop);
  for (const fact of facts) {
    const said = { conversation: fact.id, from: 'zhang', ...fact };
    const body = Buffer.from(JSON.stringify([said]));
    await receive('a', [{ key: fact.id, body, type: '', notes: {}, query: '' }]);
  }
  await normalise({
    ...shop,
    wake: () => undefined,
    apart: { draftsOf: () => Promise.reject(new Error('not here')) },
    crashpoint: (name) => void passed.push(name),
    notice: (sentence) => void noticed.push(sentence),
    atOnce: atOnce(),
  });
}

const filed = async (): Promise<readonly (string | number)[][]> =>
  (
    await shop.rows<{ draft_id: string; state: number }>(
      'SELECT draft_id, state FROM drafts ORDER BY id',
    )
  ).map(({ draft_id, state }) => [draft_id, state]);
const texts = async (): Promise<readonly string[]> =>
  (await shop.rows<{ text: string }>('SELECT text FROM messages ORDER BY id')).map(
    ({ text }) => text,
  );

if (onPostgres) {
  test('on a server, where others write as well, drafts wait for the file stage', () => {
    expect(atOnce()).toBeUndefined();
  });
} else {
  test('by evidence, which takes longer, drafts wait for the file stage', () => {
    expect(atOnce(openMatching(defaultRules()))).toBeUndefined();
  });

  test('what is read is on its tickets after the same commit', async () => {
    await arrive({ id: 'm1', text: 'it leaks' }, { id: 'm2', text: 'it is late' });
    expect(await filed()).toEqual([
      ['m1', 1],
      ['m2', 1],
    ]);
    expect(await texts()).toEqual(['it leaks', 'it is late']);
    expect(passed).toEqual(['normalise.claimed', 'normalise.committed', 'file.committed']);
    expect([shop.queue.rung.includes('announce'), shop.queue.rung.includes('file')]).toEqual([
      true,
      false,
    ]);
  });

  test('nothing overtakes a draft that waits already', async () => {
    await shop.write(() => insertDraft(draftOf({ id: 'first' }, shop.clock.now()), null, null));
    await arrive({ id: 'second', text: 'and it is late' });
    expect(await filed()).toEqual([
      ['first', 0],
      ['second', 0],
    ]);
    expect(shop.queue.rung).toContain('file');
    await shop.file();
    expect(await texts()).toEqual(['my kettle arrived broken', 'and it is late']);
  });

  test('more than the file stage takes at once wait for it', async () => {
    const many = Array.from({ length: 129 }, (_, i) => ({ id: `m${i}`, text: 'it leaks' }));
    const body = Buffer.from(
      JSON.stringify(many.map((one) => ({ ...one, conversation: one.id, from: 'zhang' }))),
    );
    await createReceive(shop)('a', [{ key: 'many', body, type: '', notes: {}, query: '' }]);
    await arrive();
    expect(new Set((await filed()).map(([, state]) => state))).toEqual(new Set([0]));
    expect(shop.queue.rung).toContain('file');
  });

  test('a receipt of what is not here yet is parked', async () => {
    const receipt = { kind: 'receipt', about: 'unknown', receipt: { status: 'delivered' } };
    await arrive({ id: 'r1', text: '', ...receipt });
    expect(await filed()).toEqual([['r1', 2]]);
  });

  test('one that cannot be filed leaves its batch to the file stage, which files the others', async () => {
    await shop.write(() =>
      run(
        `CREATE TRIGGER defect BEFORE INSERT ON messages WHEN NEW.text = 'bad'
         BEGIN SELECT RAISE(ABORT, 'a defect'); END`,
      ),
    );
    await arrive({ id: 'good', text: 'it leaks' }, { id: 'bad', text: 'bad' });
    expect(noticed).toEqual(['a batch could not be kept in one go: it is kept in smaller steps']);
    expect(await filed()).toEqual([
      ['good', 0],
      ['bad', 0],
    ]);
    await shop.file();
    expect(await filed()).toEqual([
      ['good', 1],
      ['bad', 0],
    ]);
    expect(await texts()).toEqual(['it leaks']);
  });
}
