import { createCourier, type Courier } from '../../test/courier.js';
import { parts, queueReply, stateOf } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed, sent, uncertain } from '../model/outcome.js';
import { setDelivery } from '../store/deliveries.js';
import { setPart } from '../store/delivery-parts.js';
import { retryDelivery, type Retried } from './retry.js';

let shop: Workshop;
let courier: Courier;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a', createCourier({}));
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const unanswered = uncertain('the connection broke after the request');

const retry = (id: number, evenIfItMayArriveTwice?: boolean): Promise<Retried> =>
  shop.write(() => retryDelivery(id, { who: 'anna', evenIfItMayArriveTwice }, shop.clock.now()));

test('a failed reply is sent again', async () => {
  courier.script.push(failed({ kind: 'refused', cause: 'content', why: 'not liked' }));
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  expect(await retry(id)).toBe('retried');
  await shop.send();
  expect([await stateOf(shop, id), courier.sends.length]).toEqual(['sent', 2]);
});

test('what may have arrived is sent again only by who says that it may arrive twice', async () => {
  courier.script.push(unanswered);
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  expect(await retry(id)).toBe('uncertain');
  await shop.send();
  expect([await stateOf(shop, id), courier.sends.length]).toEqual(['uncertain', 1]);
  expect(await retry(id, true)).toBe('retried');
  await shop.send();
  expect([await stateOf(shop, id), courier.sends.length]).toEqual(['sent', 2]);
});

test('so is a failed reply of which another part may have arrived', async () => {
  courier.script.push(sent('first'), unanswered);
  const id = await queueReply(shop, 1, 'one\n\ntwo');
  await shop.send();
  const [first] = await parts(shop, id);
  await shop.write(function* () {
    yield* setPart(first?.id ?? 0, 'failed', null, 'the platform reported: gone');
    const change = { state: 'failed', work: 1, dueAt: 0, attempts: 1, failure: null };
    yield* setDelivery(id, change);
  });
  expect(await retry(id)).toBe('uncertain');
  expect(await retry(id, true)).toBe('retried');
});

test('a part that fails takes those behind it along, and both are sent again', async () => {
  courier.script.push(failed({ kind: 'refused', cause: 'content', why: 'not liked' }));
  const id = await queueReply(shop, 1, 'one\n\ntwo');
  await shop.send();
  expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['failed', 'failed']);
  await retry(id);
  await shop.send();
  expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'one', 'two']);
  expect(await stateOf(shop, id)).toBe('sent');
});

test('there is nothing to retry of what has left, nor of what there is not', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  expect(await retry(id)).toBe('settled');
  expect(await retry(999)).toBe('unknown');
});
