import { answer, duplicate, resetWithoutAnswer, tamper } from '../../simulators/faults.js';
import type { ShopReply } from '../../simulators/shop/counter.js';
import { openDesk, type Desk } from './desk.js';
import { connectShop, type Shop, type ShopDetails } from './shop-floor.js';

/** The generic webhook, end to end: a shop that signs, a running hub, an agent at the API. */

let desk: Desk;
const shops: Shop[] = [];

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk.end();
  await Promise.all(shops.map((shop) => shop.close()));
});

async function open(details: ShopDetails = {}): Promise<Shop> {
  const shop = await connectShop(desk, details);
  shops.push(shop);
  return shop;
}

const dataOf = ({ body }: ShopReply): unknown => (JSON.parse(body) as { data: unknown }).data;

test('a complaint becomes one ticket, and the answer reaches the shop once, signed, with its receipt', async () => {
  const shop = await open({ settings: { receipts: true } });
  const heard = await shop.complain({
    id: 'cmp-1',
    thread: 'case 1',
    customer: { id: 'C-42', name: '张伟', email: 'zhang@example.com' },
    text: '水壶坏了，漏水',
    orderNo: '24000000000000001',
  });
  expect(heard.acknowledged).toBe(true);
  const found = await desk.ticketSaying('水壶坏了');
  const ticket = await desk.ticket(found.number);
  expect(ticket).toMatchObject({
    version: 1,
    status: 'new',
    subject: '水壶坏了，漏水',
    person: { name: '张伟' },
    fields: { orderNo: '24000000000000001' },
    counts: { in: 1, out: 0 },
    conversations: [{ connection: shop.connection, channel: 'webhook', handle: 'C-42' }],
  });

  const reply = await desk.reply(ticket.number, '很抱歉，我们马上换一个。');
  await desk.settled(reply, 'sent');
  expect(shop.replies.map(dataOf)).toMatchObject([
    {
      ticket: ticket.number,
      conversation: 'case 1',
      customer: { id: 'C-42', name: '张伟' },
      inReplyTo: 'cmp-1',
      text: '很抱歉，我们马上换一个。',
    },
  ]);
  for (const status of ['read', 'delivered']) {
    await shop.send({ type: 'receipt', data: { about: 'rpl_1', status, thread: 'case 1' } });
  }
  expect(await desk.settled(reply, 'read')).toMatchObject({
    parts: [{ state: 'read', externalId: 'rpl_1', attempts: 1 }],
  });
  // The receipt of delivery came after the one of reading, and takes nothing back.
  await desk.quiet();
  await desk.settled(reply, 'read');
  expect(shop.answers()).toHaveLength(1);
  expect(await desk.ticket(ticket.number)).toMatchObject({ counts: { in: 1, out: 1 } });
});

test('a delivery that says nothing a complaint needs opens no ticket, and says why', async () => {
  const shop = await open();
  const wordless = { id: 'cmp-9', thread: 'case 9', customer: { id: 'C-9' }, text: '' };
  expect((await shop.complain(wordless)).acknowledged).toBe(true);
  await desk.quiet();
  const { body } = await desk.hub.api('GET', '/envelopes?limit=1');
  const why = expect.stringMatching(/opens no ticket.*webhook\/message/) as string;
  expect(body).toMatchObject({ items: [{ remarks: [why] }] });
});

test('a hundred replays of one delivery, all at once, are one message', async () => {
  const shop = await open();
  shop.scriptDeliveries({ then: duplicate(100) });
  const report = await shop.complain({ customer: { id: 'C-100' }, text: 'said a hundred times' });
  expect(report.attempts.map(({ status }) => status)).toEqual(Array(100).fill(200));
  const ticket = await desk.ticketSaying('said a hundred times');
  await desk.quiet();
  expect(await desk.messages(ticket.number)).toHaveLength(1);
});

test('a message that comes again under another delivery id is still one message', async () => {
  const shop = await open();
  const event = { id: 'm-7', customer: { id: 'C-7' }, text: 'told twice by the shop' };
  await shop.send(event, { id: 'msg_first' });
  await shop.send({ ...event, text: 'told twice by the shop, again' }, { id: 'msg_second' });
  const ticket = await desk.ticketSaying('told twice');
  await desk.quiet();
  expect((await desk.messages(ticket.number)).map(({ text }) => text)).toEqual([
    'told twice by the shop',
  ]);
});

test('a delivery that was changed, or is six minutes old, is refused and leaves nothing', async () => {
  const shop = await open({ shop: { retryPausesMs: [] } });
  const forge = tamper((wire) => ({ ...wire, body: Buffer.from('{"id":"x","text":"forged"}') }));
  shop.scriptDeliveries({ then: forge });
  const customer = { id: 'C-9' };
  const forged = await shop.complain({ customer, text: 'the forged one' });
  const old = new Date(desk.clock.now() - 6 * 60_000);
  const stale = await shop.send({ id: 's', customer, text: 'the stale one' }, { at: old });
  for (const { attempts, acknowledged } of [forged, stale]) {
    expect(acknowledged).toBe(false);
    expect(attempts[0]).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(attempts[0]?.body.toString() ?? '')).toMatchObject({ code: 'HUB_202' });
  }
  await shop.complain({ customer, text: 'the genuine one' });
  await desk.ticketSaying('the genuine one');
  expect(await desk.ticketsSaying('forged')).toEqual([]);
  expect(await desk.ticketsSaying('the stale one')).toEqual([]);
});

test('v1a, signed with a private key, is believed by the public one', async () => {
  const shop = await open({
    shop: { signatures: ['v1a'] },
    credentials: ({ publicKey }) => ({ secret: publicKey }),
  });
  await shop.complain({ customer: { id: 'C-1a' }, text: 'signed by v1a' });
  const ticket = await desk.ticketSaying('signed by v1a');
  await desk.settled(await desk.reply(ticket.number, 'Heard you.'), 'sent');
  expect(shop.answers()).toEqual(['Heard you.']);
});

test('while secrets rotate both are believed, and the old one no longer afterwards', async () => {
  const old = await open({ shop: { retryPausesMs: [] } });
  const next = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  const path = `/connections/${old.connection}`;
  const rotating = { secret: next, previousSecret: old.secret };
  expect((await desk.hub.api('PATCH', path, { credentials: rotating })).status).toBe(200);
  const during = await old.complain({ customer: { id: 'C-r' }, text: 'during the rotation' });
  expect(during.acknowledged).toBe(true);
  await desk.ticketSaying('during the rotation');
  const done = { secret: next, previousSecret: next };
  expect((await desk.hub.api('PATCH', path, { credentials: done })).status).toBe(200);
  const after = await old.complain({ customer: { id: 'C-r' }, text: 'after the rotation' });
  expect(after.attempts.map(({ status }) => status)).toEqual([401]);
});

describe('what the shop answers', () => {
  let number = 0;
  async function ticketOf(shop: Shop): Promise<number> {
    number += 1;
    const words = `complaint number ${number} of many`;
    await shop.complain({ customer: { id: `C-s${number}` }, text: words });
    return (await desk.ticketSaying(words)).number;
  }

  test('an error inside a 200 is a failure, and the ticket shows the reason', async () => {
    const errors = [
      { when: 'body.code == `1001`', means: 'content', why: 'the shop found a forbidden word' },
    ];
    const shop = await open({ settings: { errors } });
    shop.script({ then: answer(200, { code: 1001 }) });
    const reply = await desk.reply(await ticketOf(shop), 'A word too many');
    expect(await desk.settled(reply, 'failed')).toMatchObject({
      failure: {
        kind: 'refused',
        cause: 'content',
        why: 'HTTP 200: the shop found a forbidden word',
      },
      parts: [{ state: 'failed', attempts: 1 }],
    });
    expect(shop.answers()).toEqual([]);
  });

  test('429 pauses the connection as long as Retry-After says, for every conversation', async () => {
    const shop = await open();
    const [one, other] = [await ticketOf(shop), await ticketOf(shop)];
    const tooMany = shop.script({
      times: 2,
      then: answer(429, '', { headers: { 'retry-after': '120' } }),
    });
    const first = await desk.reply(one, 'first in the queue');
    const waiting = await desk.settledWith(first, ({ failure }) => failure !== null);
    const second = await desk.reply(other, 'second in the queue');
    const inTwoMinutes = Date.parse(waiting.nextTryAt ?? '') - desk.clock.now();
    expect(inTwoMinutes).toBeGreaterThan(110_000);
    expect(inTwoMinutes).toBeLessThanOrEqual(121_000);
    expect(tooMany.struck).toBe(1);
    tooMany.remove();
    desk.clock.pass(121_000);
    await desk.settled(first, 'sent');
    await desk.settled(second, 'sent');
    // Two conversations: neither waits for the other.
    expect([...shop.answers()].sort()).toEqual(['first in the queue', 'second in the queue']);
  });

  test('where repeats are safe, an answer that never came is asked for again, and taken once', async () => {
    const shop = await open({ settings: { idempotent: true } });
    shop.script({ times: 2, then: resetWithoutAnswer({ taken: true }) });
    const reply = await desk.reply(await ticketOf(shop), 'once and only once');
    await desk.settledWith(reply, ({ attempts }) => attempts === 1);
    desk.clock.pass(10_000);
    await desk.settledWith(reply, ({ attempts }) => attempts === 2);
    desk.clock.pass(10_000);
    await desk.settled(reply, 'sent');
    expect(shop.ledger.entries.filter(({ kind }) => kind === 'taken')).toMatchObject([
      { repeated: false },
      { repeated: true },
      { repeated: true },
    ]);
    expect(shop.answers()).toEqual(['once and only once']);
  });

  test('where they are not, it stays uncertain until a person says what became of it', async () => {
    const shop = await open();
    shop.script({ then: resetWithoutAnswer({ taken: true }) });
    const reply = await desk.reply(await ticketOf(shop), 'perhaps it came through');
    const { id } = await desk.settled(reply, 'uncertain');
    desk.clock.pass(20 * 60_000);
    const retried = await desk.hub.api('POST', `/deliveries/${id}/retry`);
    expect(retried.status).toBe(409);
    const resolved = await desk.hub.api('POST', `/deliveries/${id}/resolve`, { as: 'delivered' });
    expect(resolved.body).toMatchObject({ state: 'delivered' });
    await desk.settled(reply, 'delivered');
    expect(shop.answers()).toEqual(['perhaps it came through']);
  });

  test('nobody there: nothing was sent, and it leaves when the shop is back', async () => {
    const shop = await open();
    const ticket = await ticketOf(shop);
    await shop.goOffline();
    const reply = await desk.reply(ticket, 'as soon as you are back');
    expect(await desk.settledWith(reply, ({ failure }) => failure !== null)).toMatchObject({
      state: 'queued',
      failure: { kind: 'transient' },
    });
    await shop.goOnline();
    desk.clock.pass(10_000);
    await desk.settled(reply, 'sent');
    expect(shop.answers()).toEqual(['as soon as you are back']);
  });
});
