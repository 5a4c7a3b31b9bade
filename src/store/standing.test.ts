import { createCourier } from '../../test/courier.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed, uncertain } from '../model/outcome.js';
import { SECOND } from '../model/time.js';
import { createReceive } from '../intake/receive.js';
import { setConnectionStatus } from './connections.js';
import { quarantineEnvelope } from './envelopes.js';
import { standingAt, type Standing } from './standing.js';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.end());

const standing = (): Promise<Standing> => shop.store.read(() => standingAt(shop.clock.now()));

test('an idle hub has nothing dead, nothing uncertain and nothing that waits', async () => {
  expect(await standing()).toEqual({
    ...{ quarantined: 0, deadDrafts: 0, deadDeliveries: 0, uncertainDeliveries: 0 },
    connections: { active: 0, paused: 0, failing: 0 },
    waiting: { normalise: 0, file: 0, announce: 0, attachments: 0, send: 0, reconcile: 0 },
  });
});

test('connections are counted by their status', async () => {
  for (const id of ['a', 'b', 'c']) await shop.connect(id);
  await shop.write(() => setConnectionStatus('b', 'failing', 'refused'));
  expect((await standing()).connections).toEqual({ active: 2, paused: 0, failing: 1 });
});

test('a stage that stands still shows how long its oldest work waits', async () => {
  await shop.connect('a');
  const arrival = { key: 'k', body: Buffer.from('[]'), type: '', notes: {}, query: '' };
  await createReceive(shop)('a', [arrival]);
  shop.clock.pass(5 * SECOND);
  expect((await standing()).waiting.normalise).toBe(5 * SECOND);
  const [row] = await shop.rows<{ id: number }>('SELECT id FROM envelopes');
  await shop.write(() => quarantineEnvelope(row?.id ?? 0, 'unreadable'));
  expect(await standing()).toMatchObject({ quarantined: 1, waiting: { normalise: 0 } });
});

test('a reply waits, fails or stays uncertain, and is counted as that', async () => {
  const courier = createCourier();
  await shop.connect('a', courier);
  await shop.file({ id: 'm1' });
  await shop.reply(1, 'waits');
  shop.clock.pass(3 * SECOND);
  expect((await standing()).waiting.send).toBe(3 * SECOND);
  courier.script.push(failed({ kind: 'refused', cause: 'content', why: 'no' }));
  await shop.send();
  await shop.reply(1, 'who knows');
  courier.script.push(uncertain('no answer'));
  await shop.send();
  const seen = await standing();
  expect([seen.deadDeliveries, seen.uncertainDeliveries, seen.waiting.send]).toEqual([1, 1, 0]);
});
