import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { MINUTE } from '../model/time.js';
import { rootOf, unmergeTicket } from './graph.js';

/** One proven person on several threads, and an agent who says which of them are not one complaint. */

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
  await shop.connect('a');
});
afterEach(() => shop.end());

const ZHANG = {
  handle: 'zhang',
  identities: [{ kind: 'uid' as const, value: 'zhang', proof: 'proven' as const }],
};

async function says(thread: string): Promise<number> {
  shop.clock.pass(MINUTE);
  await shop.file({ conversation: thread, sender: ZHANG });
  const [last] = await shop.rows<{ ticket_id: number }>(
    'SELECT ticket_id FROM conversations WHERE key = ?',
    thread,
  );
  return last?.ticket_id ?? 0;
}

const root = async (ticket: number): Promise<number> =>
  (await shop.store.read(() => rootOf(ticket)))?.id ?? 0;

test('what an agent took apart stays apart, whatever is said on it afterwards', async () => {
  const kettle = await says('kettle');
  const parcel = await says('parcel');
  expect(await root(parcel)).toBe(kettle);
  const anna = { author: 'anna', at: shop.clock.now(), evidence: [] };
  await shop.write(() => unmergeTicket(parcel, anna));
  for (const thread of ['parcel', 'kettle', 'parcel']) await says(thread);
  expect([await root(kettle), await root(parcel)]).toEqual([kettle, parcel]);
});

test('a new thread joins the complaint of which there was a word last', async () => {
  const kettle = await says('kettle');
  const parcel = await says('parcel');
  const anna = { author: 'anna', at: shop.clock.now(), evidence: [] };
  await shop.write(() => unmergeTicket(parcel, anna));
  await says('parcel');
  expect(await root(await says('third'))).toBe(parcel);
  await says('kettle');
  expect(await root(await says('fourth'))).toBe(kettle);
  expect([await root(kettle), await root(parcel)]).toEqual([kettle, parcel]);
});
