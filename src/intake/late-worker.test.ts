import { createCourier } from '../../test/courier.js';
import { openWorkshop } from '../../test/workshop.js';
import type { Drafted } from './drafting.js';
import { normalise, type NormaliseDependencies } from './normalise.js';
import { createReceive } from './receive.js';
import { SECOND } from '../model/time.js';

test('who comes back late sets nothing aside that another has read meanwhile, and says nothing', async () => {
  const shop = await openWorkshop();
  const courier = createCourier();
  const definition = { ...courier.connector.definition, decoding: 'apart' as const };
  await shop.connect('a', { ...courier, connector: { ...courier.connector, definition } });
  const arrival = { key: 'k', body: Buffer.from('[]'), type: '', notes: {}, query: '' };
  await createReceive(shop)('a', [arrival]);

  const noticed: string[] = [];
  const worker = (draftsOf: NormaliseDependencies['apart']['draftsOf']): NormaliseDependencies => ({
    ...shop,
    wake: () => undefined,
    crashpoint: () => undefined,
    notice: (sentence) => void noticed.push(sentence),
    apart: { draftsOf },
  });
  let finish = (_read: Drafted): void => undefined;
  const slowly = new Promise<Drafted>((resolve) => (finish = resolve));
  // Asleep while the others' time goes on: it renews nothing.
  const asleep = shop.clock.now();
  let late: Promise<void> = Promise.resolve();
  await new Promise<void>((begun) => {
    const slow = worker(() => (begun(), slowly));
    late = normalise({ ...slow, clock: { now: () => asleep } });
  });
  shop.clock.pass(61 * SECOND);
  const nothing = { kind: 'drafts', drafts: [], remarks: [], quarantine: null } as const;
  await normalise(worker(() => Promise.resolve(nothing)));
  finish({ kind: 'unreadable', why: 'it took too long' });
  await late;
  const rows = await shop.rows('SELECT state, reason FROM envelopes');
  expect([rows, noticed]).toEqual([[{ state: 1, reason: null }], []]);
  await shop.end();
});
