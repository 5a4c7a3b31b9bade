import { openWorkshop } from '../../test/workshop.js';
import { createReceive } from '../intake/receive.js';
import { MINUTE } from '../model/time.js';
import { postponeEnvelope, quarantineEnvelope, type EnvelopeClaim } from './envelopes.js';

test('a claim that was lost postpones nothing and sets nothing aside', async () => {
  const shop = await openWorkshop();
  await shop.connect('a');
  const arrival = { key: 'k', body: Buffer.from('[]'), type: '', notes: {}, query: '' };
  await createReceive(shop)('a', [arrival]);
  const [row] = await shop.rows<EnvelopeClaim>('SELECT id, fence FROM envelopes');
  const lost = { id: row?.id ?? 0, fence: (row?.fence ?? 0) - 1 };
  expect(await shop.write(() => quarantineEnvelope(lost, 'unreadable'))).toBe(false);
  await shop.write(() => postponeEnvelope(lost, 3, shop.clock.now() + MINUTE, 'a defect'));
  const seen = await shop.rows('SELECT state, attempts, reason FROM envelopes');
  expect(seen).toEqual([{ state: 0, attempts: 0, reason: null }]);
  await shop.end();
});
