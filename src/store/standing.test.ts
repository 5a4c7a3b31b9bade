import { createCourier } from '../../test/courier.js';
import { draftOf, openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed, uncertain } from '../model/outcome.js';
import { HOUR, SECOND } from '../model/time.js';
import { createReceive } from '../intake/receive.js';
import { noteTrouble, setConnectionStatus } from './connections.js';
import { insertDraft, postponeDraft } from './drafts.js';
import { postponeEnvelope, quarantineEnvelope, type EnvelopeClaim } from './envelopes.js';
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
    connections: { active: 0, attention: 0, paused: 0, failing: 0 },
    waiting: { normalise: 0, file: 0, announce: 0, attachments: 0, send: 0, reconcile: 0 },
  });
});

test('connections are counted by their status', async () => {
  for (const id of ['a', 'b', 'c']) await shop.connect(id);
  await shop.write(() => setConnectionStatus('b', 'failing', 'refused'));
  await shop.write(() => noteTrouble('c', 'the port is taken'));
  const counts = { active: 1, attention: 1, paused: 0, failing: 1 };
  expect((await standing()).connections).toEqual(counts);
});

test('a stage that stands still shows how long its oldest work waits', async () => {
  await shop.connect('a');
  const arrival = { key: 'k', body: Buffer.from('[]'), type: '', notes: {}, query: '' };
  await createReceive(shop)('a', [arrival]);
  shop.clock.pass(5 * SECOND);
  expect((await standing()).waiting.normalise).toBe(5 * SECOND);
  const [row] = await shop.rows<EnvelopeClaim>('SELECT id, fence FROM envelopes');
  if (row === undefined) throw new Error('the envelope is not there');
  await shop.write(() => quarantineEnvelope(row, 'unreadable'));
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

test('a file that nobody has fetched yet waits since its message came', async () => {
  await shop.connect('a');
  await shop.file({ attachments: [{ ref: 'r1', name: 'x.jpg', type: 'image/jpeg', size: 3 }] });
  shop.clock.pass(3 * HOUR);
  expect((await standing()).waiting.attachments).toBe(3 * HOUR);
});

test('what is to be tried again later hides nothing that waits behind it', async () => {
  await shop.connect('a');
  const arrival = { body: Buffer.from('[]'), type: '', notes: {}, query: '' };
  await createReceive(shop)('a', [
    { ...arrival, key: 'k1' },
    { ...arrival, key: 'k2' },
  ]);
  const [first] = await shop.rows<EnvelopeClaim>('SELECT id, fence FROM envelopes ORDER BY id');
  if (first === undefined) throw new Error('the envelope is not there');
  const later = shop.clock.now() + HOUR;
  await shop.write(() => postponeEnvelope(first, 1, later, 'a defect'));
  await shop.write(function* () {
    const draft = yield* insertDraft(draftOf({ id: 'd1' }, shop.clock.now()), null, null);
    yield* insertDraft(draftOf({ id: 'd2' }, shop.clock.now()), null, null);
    yield* postponeDraft(draft, 1, later, 'a defect');
  });
  shop.clock.pass(5 * SECOND);
  expect((await standing()).waiting).toMatchObject({ normalise: 5 * SECOND, file: 5 * SECOND });
});

test('what was to be tried again waits from then on', async () => {
  await shop.connect('a');
  await createReceive(shop)('a', [
    { key: 'k', body: Buffer.from('[]'), type: '', notes: {}, query: '' },
  ]);
  const [row] = await shop.rows<EnvelopeClaim>('SELECT id, fence FROM envelopes');
  if (row === undefined) throw new Error('the envelope is not there');
  await shop.write(() => postponeEnvelope(row, 1, shop.clock.now() + HOUR, 'a defect'));
  shop.clock.pass(HOUR - SECOND);
  expect((await standing()).waiting.normalise).toBe(0);
  shop.clock.pass(3 * SECOND);
  expect((await standing()).waiting.normalise).toBe(2 * SECOND);
});

test('a reply on a paused connection, and one behind a reply that is to be tried later, do not wait', async () => {
  await shop.connect('a');
  const busy = createCourier();
  busy.script.push(failed({ kind: 'transient', why: 'busy' }));
  await shop.connect('b', busy);
  await shop.file({ conversation: 'x' }, { conversation: 'y', connection: 'b' });
  await shop.reply(1, 'waits');
  await shop.reply(2, 'is tried again');
  await shop.write(() => setConnectionStatus('a', 'paused', null));
  shop.clock.pass(HOUR);
  expect((await standing()).waiting.send).toBe(HOUR);
  await shop.write(() => setConnectionStatus('b', 'failing', 'refused'));
  expect((await standing()).waiting.send).toBe(0);
  await shop.write(() => setConnectionStatus('b', 'active', null));
  await shop.send();
  await shop.reply(2, 'is behind it');
  expect((await standing()).waiting.send).toBe(0);
});
