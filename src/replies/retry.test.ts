import { createCourier, type Courier } from '../../test/courier.js';
import { parts, queueReply, stateOf } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed, sent, uncertain } from '../model/outcome.js';
import { setDelivery } from '../store/deliveries.js';
import { setPart } from '../store/delivery-parts.js';
import { retryDelivery, type Retried } from './retry.js';
import { resolveDelivery } from './settle.js';

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

describe('where the connection was removed', () => {
  const failureOf = async (id: number): Promise<unknown> => {
    const [row] = await shop.rows<{ failure: string }>(
      'SELECT failure FROM deliveries WHERE id = ?',
      id,
    );
    return (JSON.parse(row?.failure ?? '{}') as { why?: string }).why;
  };
  const GONE = 'the connection was removed before this could be sent';

  test('a failed reply stays failed and says why, instead of waiting for ever', async () => {
    courier.script.push(failed({ kind: 'refused', cause: 'content', why: 'not liked' }));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await shop.remove('a');
    expect(await retry(id)).toBe('removed');
    expect([await stateOf(shop, id), await failureOf(id)]).toEqual(['failed', GONE]);
  });

  test('what was left in the queue fails, and its ticket tells', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.remove('a');
    expect(await retry(id)).toBe('removed');
    expect([await stateOf(shop, id), await failureOf(id)]).toEqual(['failed', GONE]);
    const events = await shop.rows<{ data: string }>(
      "SELECT data FROM events WHERE type = 'delivery'",
    );
    expect(JSON.parse(events.at(-1)?.data ?? '{}')).toMatchObject({ state: 'failed', why: GONE });
  });

  test('what may have arrived is not called failed, and is not sent again', async () => {
    courier.script.push(unanswered);
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await shop.remove('a');
    expect(await retry(id, true)).toBe('removed');
    expect(await stateOf(shop, id)).toBe('uncertain');
    const resolve = (as: 'resend' | 'delivered') =>
      shop.write(() => resolveDelivery(id, as, 'anna', shop.clock.now()));
    expect(await resolve('resend')).toBeNull();
    expect((await resolve('delivered'))?.state).toBe('delivered');
  });

  test('parts behind one that has arrived fail with that reason', async () => {
    courier.script.push(unanswered);
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    await shop.remove('a');
    await shop.write(() => resolveDelivery(id, 'delivered', 'anna', shop.clock.now()));
    expect((await parts(shop, id)).map(({ state, reason }) => [state, reason])).toEqual([
      ['delivered', 'resolved by anna'],
      ['failed', GONE],
    ]);
    expect(await stateOf(shop, id)).toBe('failed');
  });
});

test('there is nothing to retry of what has left, nor of what there is not', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  expect(await retry(id)).toBe('settled');
  expect(await retry(999)).toBe('unknown');
});
