import { createCourier, type Courier } from '../../test/courier.js';
import { parts, queueReply, stateOf } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed } from '../model/outcome.js';
import { resolveDelivery, type Resolution } from './settle.js';

let shop: Workshop;
let courier: Courier;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a', createCourier({}));
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const resolve = (id: number, resolution: Resolution) =>
  shop.write(() => resolveDelivery(id, resolution, 'anna', shop.clock.now()));

describe('a reply that was given up', () => {
  test('is not called delivered when nothing of it ever left', async () => {
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await resolve(id, 'failed');
    expect(await resolve(id, 'delivered')).toBeNull();
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual(['failed', 0]);
  });

  test('sends the parts that never left once a person finds that the tried one arrived', async () => {
    courier.script.push(failed({ kind: 'transient', why: 'busy' }));
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    await resolve(id, 'failed');
    await resolve(id, 'delivered');
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['delivered', 'sent']);
  });
});
