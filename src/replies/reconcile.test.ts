import { jest } from '@jest/globals';
import { createCourier, type Courier } from '../../test/courier.js';
import { delivery, parts, queueReply, stateOf, told } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { failed, sent, uncertain, type Outcome } from '../model/outcome.js';
import { HOUR, MINUTE } from '../model/time.js';
import { dropLeases } from '../store/deliveries.js';
import { run } from '../store/work.js';
import { resolveDelivery, type Resolution } from './settle.js';

let shop: Workshop;
let courier: Courier;

/** A conversation on a platform of that kind. */
async function on(options: Parameters<typeof createCourier>[0]): Promise<void> {
  shop = await openWorkshop();
  courier = await shop.connect('a', createCourier(options));
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
}
afterEach(() => shop.end());

const unanswered = uncertain('the connection broke after the request');
const resolve = (id: number, resolution: Resolution) =>
  shop.write(() => resolveDelivery(id, resolution, 'anna', shop.clock.now()));

/** As after a kill between the mark and the answer: the part is `sending`, nobody holds the claim. */
async function killedWhileSending(id: number): Promise<void> {
  await shop.write(function* () {
    yield* run("UPDATE deliveries SET state = 'sending', lease_until = ? WHERE id = ?", 9e15, id);
    yield* run(
      "UPDATE delivery_parts SET state = 'sending', tried_at = ? WHERE delivery_id = ?",
      shop.clock.now(),
      id,
    );
    yield* dropLeases();
  });
}

describe('a send without an answer, where the platform can be asked', () => {
  beforeEach(() => on({ looksUp: true }));

  test('becomes sent when the platform knows it, and is sent once', async () => {
    courier.script.push(unanswered);
    courier.looks.push(null, sent('known'));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('uncertain');
    await shop.reconcile();
    expect(courier.looks).toHaveLength(2);
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    expect(await stateOf(shop, id)).toBe('uncertain');
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    await shop.send();
    expect((await parts(shop, id))[0]).toMatchObject({ state: 'sent', external_id: 'known' });
    expect(await delivery(shop, id)).toMatchObject({ state: 'sent', failure: null, work: 1 });
    expect(courier.sends).toHaveLength(1);
    expect(await told(shop, 1)).toEqual(['uncertain', 'sent']);
  });

  test('is sent again when the platform says it never took it', async () => {
    courier.script.push(unanswered);
    courier.looks.push(failed({ kind: 'transient', why: 'unknown there' }));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    shop.clock.pass(MINUTE);
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual(['sent', 2]);
  });

  test('fails when the platform says it refused it', async () => {
    courier.script.push(unanswered);
    courier.looks.push(failed({ kind: 'refused', cause: 'content', why: 'not liked' }));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    expect(await stateOf(shop, id)).toBe('failed');
  });

  test('lets the parts behind it leave once it is known', async () => {
    courier.script.push(unanswered);
    courier.looks.push(sent('known'));
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['uncertain', 'queued']);
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(await stateOf(shop, id)).toBe('sent');
  });
});

describe('a look-up that takes its time', () => {
  let answer: (outcome: Outcome) => void;
  let looking: Promise<void>;
  let asked: Promise<void>;
  beforeEach(async () => {
    const answered = new Promise<Outcome>((resolve) => (answer = resolve));
    let isAsked: () => void;
    asked = new Promise((resolve) => (isAsked = resolve));
    const lookUp = (): Promise<Outcome> => {
      isAsked();
      return answered;
    };
    await on({ live: () => ({ lookUp }) });
    courier.script.push(unanswered);
  });

  async function ask(id: number): Promise<void> {
    expect(await stateOf(shop, id)).toBe('uncertain');
    shop.clock.pass(MINUTE);
    looking = shop.reconcile();
    await asked;
  }

  test('does not answer for the send that an agent asked for in the meantime', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await ask(id);
    await resolve(id, 'resend');
    let end: (outcome: Outcome) => void = () => undefined;
    const onItsWay = new Promise<void>((begun) => {
      courier.script.push(() => {
        begun();
        return new Promise((resolve_) => (end = resolve_));
      });
    });
    const sending = shop.send();
    await onItsWay;
    answer(failed({ kind: 'transient', why: 'unknown there' }));
    await looking;
    expect(await stateOf(shop, id)).toBe('sending');
    end(sent('second'));
    await sending;
    expect((await parts(shop, id))[0]).toMatchObject({ state: 'sent', external_id: 'second' });
    expect(courier.sends).toHaveLength(2);
  });

  test('does not answer for a later send that is uncertain too', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await ask(id);
    await resolve(id, 'resend');
    courier.script.push(unanswered);
    await shop.send();
    answer(failed({ kind: 'transient', why: 'unknown there' }));
    await looking;
    expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 2 });
  });

  test('does not undo the word of an agent', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await ask(id);
    await resolve(id, 'failed');
    answer(sent('known'));
    await looking;
    expect(await stateOf(shop, id)).toBe('failed');
  });

  test('and then names the message of another part is not believed', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await ask(id);
    await shop.file({ conversation: 'two', sender: { handle: 'li' } });
    courier.script.push(sent('of the other'));
    const other = await queueReply(shop, 2, 'hello');
    await shop.send();
    expect(await stateOf(shop, other)).toBe('sent');
    answer(sent('of the other'));
    await looking;
    expect((await parts(shop, id))[0]).toMatchObject({ state: 'uncertain', external_id: null });
    expect((await delivery(shop, id)).due_at).toBe(shop.clock.now() + MINUTE);
  });

  test('is given up after half a minute, and asked again later', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      await ask(id);
      jest.advanceTimersByTime(30_000);
      await looking;
    } finally {
      jest.useRealTimers();
    }
    expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 2 });
  });
});

describe('a send without an answer, where nobody can be asked', () => {
  beforeEach(() => on({}));

  async function waitsForAPerson(text = 'hello'): Promise<number> {
    courier.script.push(unanswered);
    const id = await queueReply(shop, 1, text);
    await shop.send();
    for (let i = 0; i < 15; i += 1) {
      expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 2 });
      shop.clock.pass(MINUTE);
      await shop.reconcile();
    }
    return id;
  }

  test('waits for a person after a quarter of an hour and is never repeated by itself', async () => {
    const id = await waitsForAPerson();
    expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 1 });
    shop.clock.pass(24 * HOUR);
    await shop.reconcile();
    await shop.send();
    expect(courier.sends).toHaveLength(1);
  });

  test.each(['delivered', 'failed'] as const)('stays %s when a person says so', async (word) => {
    const id = await waitsForAPerson();
    expect((await resolve(id, word))?.state).toBe(word);
    shop.clock.pass(HOUR);
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual([word, 1]);
  });

  test('takes the parts behind it along when a person says that it failed', async () => {
    const id = await waitsForAPerson('one\n\ntwo');
    await resolve(id, 'failed');
    expect(await parts(shop, id)).toMatchObject([
      { state: 'failed', reason: 'resolved by anna' },
      { state: 'failed', reason: 'not sent: the part before it failed' },
    ]);
    expect(await delivery(shop, id)).toMatchObject({ state: 'failed', work: 1 });
  });

  test('lets the parts behind it leave when a person finds after all that it arrived', async () => {
    const id = await waitsForAPerson('one\n\ntwo');
    await resolve(id, 'failed');
    await resolve(id, 'delivered');
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['delivered', 'sent']);
  });

  test('is sent again when a person says so, with the same key', async () => {
    const id = await waitsForAPerson();
    await resolve(id, 'resend');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('sent');
    expect(courier.sends[1]?.key).toBe(courier.sends[0]?.key);
  });

  test('can be resolved before its time is over', async () => {
    courier.script.push(unanswered);
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await resolve(id, 'delivered');
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    expect(await delivery(shop, id)).toMatchObject({ state: 'delivered', work: 1 });
  });

  test('whose fate is settled is not resolved again', async () => {
    const id = await waitsForAPerson();
    await resolve(id, 'delivered');
    expect(await resolve(id, 'resend')).toBeNull();
  });

  test('holds the replies behind it until its time is over, then they pass and say so', async () => {
    courier.script.push(unanswered);
    const older = await queueReply(shop, 1, 'older');
    const younger = await queueReply(shop, 1, 'younger');
    for (let i = 0; i < 15; i += 1) {
      await shop.send();
      expect(await stateOf(shop, younger)).toBe('queued');
      shop.clock.pass(MINUTE);
      await shop.reconcile();
    }
    await shop.send();
    expect(await stateOf(shop, older)).toBe('uncertain');
    expect(await delivery(shop, younger)).toMatchObject({ state: 'sent', out_of_order: 1 });
  });
});

describe('a hub that was killed while sending', () => {
  test('calls the part uncertain where repeating is not safe', async () => {
    await on({});
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await killedWhileSending(id);
    await shop.send();
    expect(courier.sends).toEqual([]);
    expect((await delivery(shop, id)).state).toBe('uncertain');
    expect((await delivery(shop, id)).failure).toContain('the hub stopped');
  });

  test('sends it again with the same key where the platform knows keys', async () => {
    await on({ policies: { idempotentSend: true } });
    const id = await queueReply(shop, 1, 'hello');
    await killedWhileSending(id);
    await shop.send();
    expect(courier.sends.map(({ key }) => key)).toEqual([(await parts(shop, id))[0]?.key]);
    expect(await stateOf(shop, id)).toBe('sent');
  });

  test('sends at once what was claimed and not begun', async () => {
    await on({});
    const id = await queueReply(shop, 1, 'hello');
    await shop.write(function* () {
      yield* run("UPDATE deliveries SET state = 'sending', lease_until = ? WHERE id = ?", 9e15, id);
      yield* dropLeases();
    });
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual(['sent', 1]);
  });
});

test('a send that is unanswered is tried again where the platform knows keys', async () => {
  await on({ policies: { idempotentSend: true } });
  courier.script.push(unanswered);
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  expect(await stateOf(shop, id)).toBe('queued');
  shop.clock.pass(MINUTE);
  await shop.send();
  expect([await stateOf(shop, id), courier.sends.length]).toEqual(['sent', 2]);
});
