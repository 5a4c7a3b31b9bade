import { createCourier, type Courier } from '../../test/courier.js';
import { delivery, parts, queueReply, stateOf, told } from '../../test/outbox.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { DraftInput } from '../model/draft.js';
import { failed, sent, uncertain, type Outcome } from '../model/outcome.js';
import { DAY, HOUR, MINUTE } from '../model/time.js';
import { refusalOf } from '../store/refusals.js';
import { resolveDelivery } from './settle.js';

let shop: Workshop;
let courier: Courier;
let numbered = 0;
beforeEach(async () => {
  shop = await openWorkshop();
  courier = await shop.connect('a');
  await shop.file({ conversation: 'one', sender: { handle: 'zhang' } });
});
afterEach(() => shop.end());

type Status = 'sent' | 'delivered' | 'read' | 'failed';

function receipt(
  about: string | null,
  status: Status,
  parts_: Partial<DraftInput> = {},
): Partial<DraftInput> {
  numbered += 1;
  return {
    id: `receipt-${numbered}`,
    ...{ kind: 'receipt', conversation: 'one', about, receipt: { status } },
    ...parts_,
  };
}

const keyOf = async (id: number): Promise<string> => (await parts(shop, id))[0]?.key ?? '';

test('a receipt settles the delivery it names by the platform id, and the ticket says so', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(receipt('sent-1', 'delivered'));
  expect(await stateOf(shop, id)).toBe('delivered');
  await shop.file(receipt('sent-1', 'read'));
  expect(await told(shop, 1)).toEqual(['sent', 'delivered', 'read']);
});

test('receipts in any order never take a delivery back', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(receipt('sent-1', 'read'));
  await shop.file(
    receipt('sent-1', 'delivered'),
    receipt('sent-1', 'failed'),
    receipt('sent-1', 'sent'),
  );
  expect(await stateOf(shop, id)).toBe('read');
});

test('a late receipt of the first send does not settle the one that was sent after it', async () => {
  courier.script.push(sent('first', 'awaitReceipt'), uncertain('no answer'));
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(receipt('first', 'failed'));
  await shop.write(() => resolveDelivery(id, 'resend', 'anna', shop.clock.now()));
  await shop.send();
  await shop.file(receipt('first', 'delivered'));
  expect((await parts(shop, id))[0]).toMatchObject({ state: 'uncertain', external_id: null });
  const [attempt] = await shop.rows<{ outcome: string }>(
    'SELECT outcome FROM attempts ORDER BY id',
  );
  expect(attempt?.outcome).toContain('"first"');
});

test('a failure after it was sent is shown, with the code of the platform', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(receipt('sent-1', 'failed', { receipt: { status: 'failed', code: '30005' } }));
  expect(await delivery(shop, id)).toMatchObject({ state: 'failed', work: 1 });
  expect((await delivery(shop, id)).failure).toContain('30005');
});

test('a failure says what the platform gave as its reason, and what that means for the address', async () => {
  const id = await queueReply(shop, 1, 'hello');
  await shop.send();
  await shop.file(
    receipt('sent-1', 'failed', {
      receipt: { status: 'failed', code: '21610' },
      fields: { why: 'the customer replied STOP', optedOut: 'yes' },
    }),
  );
  expect(JSON.parse((await delivery(shop, id)).failure ?? '')).toEqual({
    kind: 'refused',
    cause: 'optedOut',
    why: 'the platform reported: the customer replied STOP (21610)',
  });
  expect(await shop.reply(1, 'again')).toMatchObject({ refusal: { cause: 'optedOut' } });
});

test('a failure that names a dead mailbox marks the address in the group of its connection', async () => {
  await shop.connect('b', createCourier(), 'another brand');
  await shop.file({
    connection: 'b',
    conversation: 'mail',
    sender: { handle: 'Zhang@Example.com' },
  });
  await queueReply(shop, 2, 'hello');
  await shop.send();
  await shop.file(
    receipt('sent-1', 'failed', {
      ...{ connection: 'b', conversation: 'mail', fields: { recipientGone: 'yes' } },
    }),
  );
  const address = { channel: 'courier', connection_id: 'b', handle: 'zhang@example.com' };
  const [gone, elsewhere] = await shop.store.read(function* () {
    const group = shop.find('b')?.group ?? 0;
    return [
      yield* refusalOf({ ...address, group_id: group }),
      yield* refusalOf({ ...address, group_id: shop.find('a')?.group ?? 0 }),
    ];
  });
  expect([gone, elsewhere]).toEqual(['recipientGone', null]);
  expect(await shop.reply(2, 'again')).toMatchObject({ refusal: { cause: 'recipientGone' } });
});

test('of several who got it, only the one who is gone is marked', async () => {
  await shop.file({ conversation: 'mail', sender: { handle: 'Zhang@Example.com' } });
  await queueReply(shop, 2, 'hello');
  await shop.send();
  const gone = (address: string): Partial<DraftInput> =>
    receipt('sent-1', 'failed', { fields: { recipientGone: address } });
  await shop.file(gone('copy@example.com'));
  expect(await shop.reply(2, 'again')).toMatchObject({ kind: 'queued' });
  await shop.send();
  await shop.file({ ...gone('copy@example.com zhang@example.com'), about: 'sent-2' });
  expect(await shop.reply(2, 'again')).toMatchObject({ refusal: { cause: 'recipientGone' } });
});

describe('a receipt that gives back our key, when the part was sent again', () => {
  /** Sent without an answer, and again at an agent's word; the second send has this outcome. */
  async function resent(second: Outcome | null): Promise<{ id: number; partKey: string }> {
    courier.script.push(uncertain('no answer'), ...(second === null ? [] : [second]));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await shop.write(() => resolveDelivery(id, 'resend', 'anna', shop.clock.now()));
    if (second !== null) await shop.send();
    return { id, partKey: await keyOf(id) };
  }

  test('settles the send that has its id, not the one before', async () => {
    const { id, partKey } = await resent(sent('second', 'awaitReceipt'));
    await shop.file(receipt('first', 'failed', { fields: { partKey } }));
    expect(await stateOf(shop, id)).toBe('sent');
    await shop.file(receipt('second', 'delivered', { fields: { partKey } }));
    expect(await stateOf(shop, id)).toBe('delivered');
  });

  test('takes nothing back from what still waits to be sent', async () => {
    const { id, partKey } = await resent(null);
    await shop.file(receipt('first', 'failed', { fields: { partKey } }));
    await shop.send();
    expect(await stateOf(shop, id)).toBe('sent');
  });

  test('waits while the second send has no answer, and is then known for what it is', async () => {
    const { id, partKey } = await resent(null);
    let answer: (outcome: Outcome) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      courier.script.push(() => {
        resolve();
        return new Promise<Outcome>((settle) => (answer = settle));
      });
    });
    const sending = shop.send();
    await begun;
    await shop.file(
      receipt('first', 'failed', { fields: { partKey } }),
      receipt('second', 'delivered', { fields: { partKey } }),
    );
    expect(await stateOf(shop, id)).toBe('sending');
    answer(sent('second', 'awaitReceipt'));
    await sending;
    shop.clock.pass(HOUR);
    await shop.file();
    expect(await stateOf(shop, id)).toBe('delivered');
  });
});

test('a watermark means everything that was sent up to it, and nothing that still waits', async () => {
  const early = await queueReply(shop, 1, 'early');
  await shop.send();
  courier.script.push(failed({ kind: 'transient', why: 'tired' }));
  const waiting = await queueReply(shop, 1, 'waits for its second try');
  await shop.send();
  const upTo = String(shop.clock.now());
  shop.clock.pass(1);
  await shop.file(receipt(null, 'read', { receipt: { status: 'read', upTo } }));
  expect([await stateOf(shop, early), await stateOf(shop, waiting)]).toEqual(['read', 'queued']);
  shop.clock.pass(MINUTE);
  await shop.send();
  expect(await stateOf(shop, waiting)).toBe('sent');
});

test('a delivery of several parts is as good as its worst', async () => {
  const id = await queueReply(shop, 1, 'one\n\ntwo');
  await shop.send();
  await shop.file(receipt('sent-1', 'read'));
  expect(await stateOf(shop, id)).toBe('sent');
  await shop.file(receipt('sent-2', 'delivered'));
  expect(await stateOf(shop, id)).toBe('delivered');
});

describe('a receipt that is quicker than the answer to its send', () => {
  /** The platform calls back, by our key, before it answers. */
  function whileSending(status: Status, answer: Outcome): void {
    courier.script.push(async () => {
      const [row] = await shop.rows<{ key: string }>(
        "SELECT key FROM delivery_parts WHERE state = 'sending'",
      );
      await shop.file(receipt(row?.key ?? '', status));
      return answer;
    });
  }

  test('keeps its word when the answer says less', async () => {
    whileSending('delivered', sent('x'));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await parts(shop, id)).toMatchObject([{ state: 'delivered', external_id: 'x' }]);
    expect(await delivery(shop, id)).toMatchObject({ state: 'delivered', work: 1 });
  });

  test('that says failed is not covered up by an answer that says sent', async () => {
    whileSending('failed', sent('x'));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('failed');
    expect((await delivery(shop, id)).failure).toContain('the platform reported');
  });

  test.each([failed({ kind: 'transient', why: 'tired' }), uncertain('broke off')])(
    'is believed when the answer never comes right: nothing is sent twice',
    async (answer) => {
      whileSending('delivered', answer);
      const id = await queueReply(shop, 1, 'hello');
      await shop.send();
      shop.clock.pass(HOUR);
      await shop.send();
      expect([await stateOf(shop, id), courier.sends.length]).toEqual(['delivered', 1]);
      expect(await delivery(shop, id)).toMatchObject({ work: 1, failure: null });
    },
  );

  test('does not free the claim of a delivery whose next part is on its way', async () => {
    let second: Promise<void> = Promise.resolve();
    courier.script.push(sent('p1'), async () => {
      await shop.file(receipt('p1', 'delivered'));
      second = shop.send();
      await second;
      return sent('p2');
    });
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
    expect((await parts(shop, id)).map(({ state }) => state)).toEqual(['delivered', 'sent']);
  });
});

describe('a receipt for an uncertain part', () => {
  beforeEach(() => void courier.script.push(uncertain('broke off')));

  test('says what became of it, and the parts behind it leave', async () => {
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    await shop.file(receipt(await keyOf(id), 'delivered'));
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
    shop.clock.pass(MINUTE);
    await shop.reconcile();
    expect(await delivery(shop, id)).toMatchObject({ state: 'sent', work: 1 });
  });

  test('finds it by our key, given back beside an id that we never heard of; later ones by that id', async () => {
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    const fields = { partKey: await keyOf(id) };
    await shop.connect('b');
    await shop.file(receipt('theirs-7', 'failed', { connection: 'b', fields }));
    expect(await stateOf(shop, id)).toBe('uncertain');
    await shop.file(receipt('theirs-7', 'sent', { fields }));
    expect(await parts(shop, id)).toMatchObject([{ state: 'sent', external_id: 'theirs-7' }]);
    await shop.file(receipt('theirs-7', 'delivered'));
    expect(await delivery(shop, id)).toMatchObject({ state: 'delivered', work: 1 });
  });

  test('is in time even when it already waited for a person', async () => {
    const id = await queueReply(shop, 1, 'one\n\ntwo');
    await shop.send();
    shop.clock.pass(HOUR);
    await shop.reconcile();
    expect(await delivery(shop, id)).toMatchObject({ state: 'uncertain', work: 1 });
    await shop.file(receipt(await keyOf(id), 'delivered'));
    await shop.send();
    expect(courier.sends.map(({ text }) => text)).toEqual(['one', 'two']);
  });
});

describe('a receipt of a message that is not known yet', () => {
  test('waits, and is matched as soon as the send settles', async () => {
    await shop.file(receipt('sent-1', 'delivered'));
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    expect(await stateOf(shop, id)).toBe('sent');
    expect(shop.queue.rung).toContain('file');
    await shop.file();
    expect(await stateOf(shop, id)).toBe('delivered');
  });

  test('of another connection is never ours, whatever id it names', async () => {
    await shop.connect('b');
    const id = await queueReply(shop, 1, 'hello');
    await shop.send();
    await shop.file(
      receipt('sent-1', 'failed', { connection: 'b' }),
      receipt(await keyOf(id), 'failed', { connection: 'b' }),
    );
    expect(await stateOf(shop, id)).toBe('sent');
  });

  test('is looked at less and less often, and given up after a day', async () => {
    await shop.file(receipt('never-ours', 'delivered'));
    const began = shop.clock.now();
    let looks = 0;
    for (;;) {
      const [row] = await shop.rows<{ state: number; due_at: number }>(
        "SELECT state, due_at FROM drafts WHERE about = 'never-ours'",
      );
      if (row?.state !== 2) break;
      looks += 1;
      shop.clock.set(row.due_at);
      await shop.file();
    }
    const [end] = await shop.rows<{ state: number }>(
      "SELECT state FROM drafts WHERE about = 'never-ours'",
    );
    expect(end?.state).toBe(1);
    expect(shop.clock.now() - began).toBeGreaterThanOrEqual(DAY);
    expect(shop.clock.now() - began).toBeLessThan(DAY + HOUR);
    expect(looks).toBeLessThan(60);
  });
});
