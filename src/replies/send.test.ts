import { createCourier, type Courier } from '../../test/courier.js';
import { delivery, parts, queueReply, stateOf, told } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import { DAY, HOUR, MINUTE, SECOND } from '../model/time.js';
import { failed, sent } from '../model/outcome.js';
import type { Outcome } from '../model/outcome.js';
import { connectionById, setConnectionStatus } from '../store/connections.js';
import { rescheduleConnection } from '../store/deliveries.js';

let shop: Workshop;
let courier: Courier;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a');
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

const transient: Outcome = failed({ kind: 'transient', why: 'the platform is tired' });
const texts = (): string[] => courier.sends.map(({ text }) => text);

describe('one reply', () => {
  test('is sent to the customer, with a key of its own, and the ticket says so', async () => {
    const id = await queueReply(shop, 1, 'a new one is on its way');
    expect(await stateOf(shop, id)).toBe('queued');
    await shop.send();
    const [part] = await parts(shop, id);
    expect(courier.sends).toEqual([
      { text: 'a new one is on its way', to: 'zhang', key: part?.key },
    ]);
    expect([await stateOf(shop, id), part?.external_id]).toEqual(['sent', 'sent-1']);
    expect(await told(shop, 1)).toEqual(['sent']);
    expect((await shop.state(1)).status).toBe('waiting');
  });

  test('of which the platform is tired is tried again when the delay is over, with the same key', async () => {
    courier.script.push(transient, transient);
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await delivery(shop, id)).toMatchObject({ state: 'queued', attempts: 1 });
    expect(shop.queue.wakes).toContainEqual({ stage: 'send', at: shop.clock.now() + 2 * SECOND });
    shop.clock.pass(2 * SECOND - 1);
    await shop.send();
    expect(courier.sends).toHaveLength(1);
    shop.clock.pass(1);
    await shop.send();
    expect((await delivery(shop, id)).due_at).toBe(shop.clock.now() + 4 * SECOND);
    shop.clock.pass(4 * SECOND);
    await shop.send();
    expect(await stateOf(shop, id)).toBe('sent');
    expect(new Set(courier.sends.map(({ key }) => key)).size).toBe(1);
    expect(courier.sends).toHaveLength(3);
  });

  test('is given up after about a day of tries, and an agent can read why', async () => {
    courier.script.push(...Array.from({ length: 60 }, () => transient));
    const id = await queueReply(shop, 1, 'hello');
    const began = shop.clock.now();
    while ((await delivery(shop, id)).work === 0) {
      shop.clock.set(Math.max(shop.clock.now(), (await delivery(shop, id)).due_at));
      await shop.send();
    }
    expect(courier.sends).toHaveLength(50);
    expect(await delivery(shop, id)).toMatchObject({ state: 'failed', work: 1 });
    expect((await delivery(shop, id)).failure).toContain('the platform is tired');
    expect(shop.clock.now() - began).toBeGreaterThan(15 * HOUR);
    expect(shop.clock.now() - began).toBeLessThan(2 * DAY);
  });

  test('that the recipient cannot get any more is final, and later replies say why', async () => {
    courier.script.push(
      failed({ kind: 'refused', cause: 'recipientGone', why: 'no such subscriber' }),
    );
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await delivery(shop, id)).toMatchObject({ state: 'failed', work: 1 });
    const later = await shop.reply(1, 'hello again');
    expect(later).toMatchObject({ kind: 'refused', refusal: { cause: 'recipientGone' } });
    expect(JSON.stringify(later)).toContain('does not exist any more');
    expect(courier.sends).toHaveLength(1);
  });

  test('whose content the platform refuses says nothing about the recipient', async () => {
    courier.script.push(failed({ kind: 'refused', cause: 'content', why: 'a forbidden word' }));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('failed');
    expect(await shop.reply(1, 'kinder words')).toMatchObject({ kind: 'queued' });
  });

  test('outside the window of the platform is not sent, and says until when it was open', async () => {
    const closing = createCourier({
      policies: {
        replyWindows: [
          { opensOn: 'customerMessage', lasts: HOUR, messages: null, afterwards: 'nothing' },
        ],
      },
    });
    await shop.connect('w', closing);
    await shop.file({ connection: 'w', conversation: 'w', sender: { handle: 'li' } });
    shop.clock.pass(HOUR);
    const inTime = await queueReply(shop, 2, 'in the last millisecond');
    shop.clock.pass(1);
    expect(await shop.reply(2, 'too late')).toMatchObject({
      kind: 'refused',
      refusal: { cause: 'windowClosed' },
    });
    await shop.send();
    expect(closing.sends).toEqual([]);
    expect(await stateOf(shop, inTime)).toBe('failed');
    expect((await delivery(shop, inTime)).failure).toContain('windowClosed');
  });

  test('that the platform says is too late is final and offers no retry', async () => {
    courier.script.push(failed({ kind: 'windowClosed', until: 5, why: '24 hours are over' }));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    shop.clock.pass(DAY);
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual(['failed', 1]);
  });
});

describe('a rate', () => {
  const limited = (retryAt: number): Outcome =>
    failed({ kind: 'rateLimited', retryAt, why: 'slower, please' });

  test('that the platform enforces pauses the whole lane and counts no attempt', async () => {
    await shop.file({ conversation: 'two', sender: { handle: 'li' } });
    courier.script.push(limited(shop.clock.now() + 30 * SECOND));
    const first = await queueReply(shop, 1, 'to Zhang');
    await shop.send();
    const second = await queueReply(shop, 2, 'to Li');
    await shop.send();
    expect(courier.sends).toHaveLength(1);
    expect(await delivery(shop, first)).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await parts(shop, first))[0]?.attempts).toBe(0);
    shop.clock.pass(30 * SECOND);
    await shop.send();
    expect([await stateOf(shop, first), await stateOf(shop, second)]).toEqual(['sent', 'sent']);
  });

  test('with a pause longer than an hour counts as a closed window', async () => {
    courier.script.push(limited(shop.clock.now() + HOUR + 1));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect((await delivery(shop, id)).failure).toContain('windowClosed');
  });

  test('of a platform that says "now" is not asked without end', async () => {
    courier.script.push(limited(0), limited(0));
    await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(courier.sends).toHaveLength(1);
  });

  test('of the policy holds over replies and over the parts of one', async () => {
    const slow = await shop.connect(
      's',
      createCourier({ policies: { rate: { messages: 2, per: MINUTE } } }),
    );
    await shop.file(
      { connection: 's', conversation: 's1', sender: { handle: 'li' } },
      { connection: 's', conversation: 's2', sender: { handle: 'wu' } },
    );
    await queueReply(shop, 2, 'one\n\ntwo\n\nthree');
    await queueReply(shop, 3, 'four');
    await shop.send();
    expect(slow.sends).toHaveLength(2);
    shop.clock.pass(MINUTE);
    await shop.send();
    expect(slow.sends).toHaveLength(4);
    expect(new Set(slow.sends.map(({ text }) => text)).size).toBe(4);
  });
});

test('a refused credential pauses the connection, keeps its queue in order, and goes on when mended', async () => {
  courier.script.push(failed({ kind: 'unauthorised', why: 'token revoked' }));
  const first = await queueReply(shop, 1, 'first');
  const second = await queueReply(shop, 1, 'second');
  await shop.send();
  const row = await shop.store.read(() => connectionById('a'));
  expect([row?.status, row?.status_reason]).toEqual(['failing', 'token revoked']);
  shop.setOpen('a', false);
  shop.clock.pass(DAY);
  await shop.send();
  expect(texts()).toEqual(['first']);
  expect(await stateOf(shop, first)).toBe('queued');
  await shop.write(function* () {
    yield* setConnectionStatus('a', 'active', null);
    yield* rescheduleConnection('a', shop.clock.now());
  });
  shop.setOpen('a', true);
  await shop.send();
  expect(texts()).toEqual(['first', 'first', 'second']);
  expect([await stateOf(shop, first), await stateOf(shop, second)]).toEqual(['sent', 'sent']);
  expect((await delivery(shop, second)).out_of_order).toBe(0);
});

test('a connection whose queue cannot move does not hide the replies of others behind it', async () => {
  const other = await shop.connect('b');
  await shop.file(
    ...Array.from({ length: 40 }, (_, i) => ({
      conversation: `c${i}`,
      sender: { handle: `h${i}` },
    })),
    { connection: 'b', conversation: 'b1', sender: { handle: 'li' } },
  );
  for (let ticket = 2; ticket <= 41; ticket += 1) await queueReply(shop, ticket, 'waits');
  const id = await queueReply(shop, 42, 'goes');
  shop.setOpen('a', false);
  await shop.send();
  expect([other.sends.length, await stateOf(shop, id), courier.sends.length]).toEqual([
    1,
    'sent',
    0,
  ]);
});

test('a platform that takes its time does not hold up the replies of others', async () => {
  const other = await shop.connect('b');
  await shop.file({ connection: 'b', conversation: 'b1', sender: { handle: 'li' } });
  let answer: (outcome: Outcome) => void = () => undefined;
  let begun: () => void = () => undefined;
  const began = new Promise<void>((resolve) => (begun = resolve));
  courier.script.push(() => {
    begun();
    return new Promise<Outcome>((resolve) => (answer = resolve));
  });
  const slow = await queueReply(shop, 1, 'slow');
  const run = shop.send();
  await began;
  const quick = await queueReply(shop, 2, 'quick');
  while ((await stateOf(shop, quick)) !== 'sent') await new Promise(setImmediate);
  expect([other.sends.length, await stateOf(shop, slow)]).toEqual([1, 'sending']);
  answer(sent('x'));
  await run;
  expect(await stateOf(shop, slow)).toBe('sent');
});

describe('several replies on one conversation', () => {
  test('of two agents who answer at once both get through, in the order they were taken', async () => {
    const ids = await Promise.all(['a', 'b', 'c'].map((text) => queueReply(shop, 1, text)));
    await shop.send();
    const order = [...ids].sort((x, y) => x - y);
    expect(await Promise.all(ids.map((id) => stateOf(shop, id)))).toEqual(['sent', 'sent', 'sent']);
    expect(texts()).toEqual(order.map((id) => ['a', 'b', 'c'][ids.indexOf(id)]));
  });

  test('wait two minutes for an older one that is tried again, then pass it and say so', async () => {
    courier.script.push(transient, transient, transient, transient, transient, transient);
    const older = await queueReply(shop, 1, 'older');
    const younger = await queueReply(shop, 1, 'younger');
    const began = shop.clock.now();
    await shop.send();
    while (shop.clock.now() - began < 2 * MINUTE - 1) {
      expect(texts()).not.toContain('younger');
      shop.clock.set(Math.min((await delivery(shop, older)).due_at, began + 2 * MINUTE - 1));
      await shop.send();
    }
    shop.clock.pass(1);
    await shop.send();
    expect(texts().at(-1)).toBe('younger');
    expect(await delivery(shop, younger)).toMatchObject({ state: 'sent', out_of_order: 1 });
    expect(await delivery(shop, older)).toMatchObject({ state: 'queued', out_of_order: 0 });
  });
});

describe('a reply of several parts', () => {
  test('is resumed at the first part that was not sent', async () => {
    courier.script.push(sent('p1'), transient);
    const id = await queueReply(shop, 1, 'one\n\ntwo\n\nthree');
    await shop.send();
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['sent', 'queued', 'queued']);
    expect(await stateOf(shop, id)).toBe('queued');
    shop.clock.pass(MINUTE);
    await shop.send();
    expect(texts()).toEqual(['one', 'two', 'two', 'three']);
    expect(await stateOf(shop, id)).toBe('sent');
  });

  test('stops at a part that failed for good', async () => {
    courier.script.push(sent('p1'), failed({ kind: 'refused', cause: 'content', why: 'no' }));
    const id = await queueReply(shop, 1, 'one\n\ntwo\n\nthree');
    await shop.send();
    shop.clock.pass(DAY);
    await shop.send();
    expect(texts()).toEqual(['one', 'two']);
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['sent', 'failed', 'failed']);
    expect(await stateOf(shop, id)).toBe('failed');
  });
});

describe('a connector that throws', () => {
  const bug = (): Error => new Error('cannot read properties of undefined');

  test('has three tries where repeating is safe, then the reply is dead with the stack', async () => {
    const safe = await shop.connect('s', createCourier({ policies: { idempotentSend: true } }));
    await shop.file({ connection: 's', conversation: 's', sender: { handle: 'li' } });
    safe.script.push(bug(), bug(), bug());
    const id = await queueReply(shop, 2, 'hello');
    for (let i = 0; i < 5; i += 1) {
      await shop.send();
      shop.clock.pass(HOUR);
    }
    expect(safe.sends).toHaveLength(3);
    const { state, failure } = await delivery(shop, id);
    expect([state, (JSON.parse(failure ?? '{}') as { kind: string }).kind]).toEqual([
      'failed',
      'defect',
    ]);
    expect(failure).toContain('cannot read properties of undefined');
    expect(failure).toContain('    at ');
    expect(shop.logged).toHaveLength(3);
  });

  test('leaves the reply uncertain elsewhere: bytes may have left, nothing is repeated blindly', async () => {
    courier.script.push(bug());
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    shop.clock.pass(HOUR);
    await shop.send();
    expect([await stateOf(shop, id), courier.sends.length]).toEqual(['uncertain', 1]);
    expect((await delivery(shop, id)).failure).toContain('defect: ');
  });
});
