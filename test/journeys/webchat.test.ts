import type { ConnectionView } from '../../src/api/schemas/connections.js';
import { uuid7 } from '../../simulators/visitor/uuid7.js';
import {
  openVisitor,
  type Visitor,
  type VisitorOptions,
} from '../../simulators/visitor/visitor.js';
import { openDesk, type Desk } from './desk.js';

/** The web chat, end to end: a visitor without a browser, a running hub, an agent at the API. */

const SHOP_PAGE = 'https://shop.example.com';

let desk: Desk;
let chat: ConnectionView;
const visitors: Visitor[] = [];

beforeAll(async () => {
  desk = await openDesk();
  const settings = { allowedOrigins: [SHOP_PAGE], messagesPerMinute: 60, requestsPerMinute: 2_000 };
  chat = await desk.connect({ connector: 'webchat', name: 'Chat', settings });
  await desk.opened(chat.id);
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
  desk.clock.pass(60_000); // so that no test meets the session limit of the one before
});
afterAll(() => desk.end());

async function visit(options: Partial<VisitorOptions> = {}): Promise<Visitor> {
  const visitor = await openVisitor({
    url: `${desk.hub.url}/c/${chat.id}`,
    origin: SHOP_PAGE,
    retryMs: 5,
    ...options,
  });
  visitors.push(visitor);
  return visitor;
}

const shown = (visitor: Visitor): readonly string[] => visitor.seen.map(({ text }) => text);

test('a visitor complains, the answer appears live and once, and the ticket shows that it was read', async () => {
  const visitor = await visit({ name: '李娜', email: 'lina@example.com' });
  expect((await visitor.say('水壶坏了 😡')).status).toBe(201);
  const { number } = await desk.ticketSaying('水壶坏了 😡');
  expect(await desk.ticket(number)).toMatchObject({
    status: 'new',
    person: { name: '李娜' },
    counts: { in: 1, out: 0 },
    conversations: [{ connection: chat.id, channel: 'webchat', replyWindow: { open: true } }],
  });
  const reply = await desk.reply(number, 'A new one is on its way.\n\nid: 99\ndata: forged');
  const answer = await visitor.waitFor(({ from }) => from === 'desk');
  expect(answer).toMatchObject({ text: 'A new one is on its way.\n\nid: 99\ndata: forged' });
  const delivery = await desk.settled(reply, 'read');
  expect(delivery).toMatchObject({ parts: [{ state: 'read', attempts: 1 }], failure: null });
  expect(visitor.seen.filter(({ from }) => from === 'desk')).toHaveLength(1);
  expect(await desk.messages(number)).toMatchObject([
    { direction: 'in', channel: 'webchat', authorName: '李娜' },
    { direction: 'out', deliveries: [{ state: 'read' }] },
  ]);
});

test('a call that an agent logs on a visitor stays at the desk: neither live nor in the history', async () => {
  const visitor = await visit();
  await visitor.say('My kettle leaks');
  const { conversations } = await desk.ticketSaying('My kettle leaks');
  const { handle } = conversations[0] ?? {};
  const call = { connection: chat.id, handle, text: 'Rang us, was furious', log: true };
  const { status, body } = await desk.hub.api('POST', '/tickets', call);
  expect(status).toBe(201);
  const { number } = body as { number: number };
  expect(await desk.messages(number)).toMatchObject([{ direction: 'in', text: call.text }]);
  await desk.reply(number, 'We call you back');
  await visitor.waitFor(({ text }) => text === 'We call you back');
  const later = await visit({ token: visitor.token });
  await later.waitFor(({ text }) => text === 'We call you back');
  for (const who of [visitor, later]) {
    expect(shown(who)).toEqual(['My kettle leaks', 'We call you back']);
  }
});

test('what was answered while the visitor was away is there when they come back, in order', async () => {
  const before = await visit();
  await before.say('I will be right back');
  const { number } = await desk.ticketSaying('I will be right back');
  await before.waitFor(({ text }) => text === 'I will be right back');
  await before.close();
  const replies = [];
  for (const text of ['first', 'second', 'third']) replies.push(await desk.reply(number, text));
  for (const reply of replies) await desk.settled(reply, 'sent');
  const after = await visit({ token: before.token });
  await after.waitFor(({ text }) => text === 'third');
  expect(shown(after)).toEqual(['I will be right back', 'first', 'second', 'third']);
  for (const reply of replies) await desk.settled(reply, 'read');
});

test('a connection that breaks again and again shows every answer once', async () => {
  const visitor = await visit();
  await visitor.say('my line is bad');
  const { number } = await desk.ticketSaying('my line is bad');
  const words = Array.from({ length: 12 }, (_, i) => `answer ${i}`);
  for (const text of words) {
    visitor.drop();
    await desk.reply(number, text);
    if (text === 'answer 5') await visitor.waitFor((seen) => seen.text === text);
  }
  await visitor.waitFor(({ text }) => text === 'answer 11');
  expect(shown(visitor)).toEqual(['my line is bad', ...words]);
  expect(visitor.connects).toBeGreaterThan(1);
});

test('coming back with the last id that was seen says that it arrived, not that it was read', async () => {
  const visitor = await visit({ reads: false });
  await visitor.say('I see it but do not read it');
  const { number } = await desk.ticketSaying('I see it but do not read it');
  const reply = await desk.reply(number, 'look here');
  await visitor.waitFor(({ text }) => text === 'look here');
  await desk.settled(reply, 'sent');
  visitor.drop();
  await desk.settled(reply, 'delivered');
});

test('a message that an offline device repeats is one message, however often and fast it comes', async () => {
  const visitor = await visit();
  const id = uuid7(desk.clock.now());
  const first = await Promise.all(
    Array.from({ length: 5 }, () => visitor.say('written in a tunnel', id)),
  );
  expect(first.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
  const { number } = await desk.ticketSaying('written in a tunnel');
  const again = await visitor.say('written in a tunnel', id);
  expect(again).toMatchObject({ status: 200, body: first[0]?.body });
  expect((await visitor.say('something else', id)).status).toBe(409);
  await desk.quiet();
  expect(await desk.messages(number)).toHaveLength(1);
  expect(shown(visitor)).toEqual(['written in a tunnel']);
});

test('a visitor who goes on, in another tab too, stays on one ticket, which reopens when it was solved', async () => {
  const one = await visit();
  await one.say('the lid does not close');
  const { number } = await desk.ticketSaying('the lid does not close');
  const patched = await desk.hub.api('PATCH', `/tickets/${number}`, { status: 'solved' });
  expect(patched.body).toMatchObject({ status: 'solved' });
  const other = await visit({ token: one.token });
  await other.say('it still does not close');
  await one.waitFor(({ text }) => text === 'it still does not close');
  const ticket = await desk.ticketSaying('it still does not close');
  expect(ticket).toMatchObject({ number, status: 'open', counts: { in: 2 } });
});

test('nobody sees what another visitor was told, and no visitor sees a note', async () => {
  const [a, b] = [await visit(), await visit()];
  await a.say('secret of visitor A');
  await b.say('secret of visitor B');
  const [ofA, ofB] = [await desk.ticketSaying('visitor A'), await desk.ticketSaying('visitor B')];
  expect(ofA.number).not.toBe(ofB.number);
  const note = await desk.hub.api('POST', `/tickets/${ofA.number}/notes`, {
    text: 'a difficult customer',
  });
  expect(note.status).toBe(201);
  await desk.reply(ofA.number, 'answer to A');
  await desk.reply(ofB.number, 'answer to B');
  await a.waitFor(({ text }) => text === 'answer to A');
  await b.waitFor(({ text }) => text === 'answer to B');
  expect(shown(a)).toEqual(['secret of visitor A', 'answer to A']);
  expect(shown(b)).toEqual(['secret of visitor B', 'answer to B']);
});

test('a page that was not allowed, and a visitor with a forged token, are not let in', async () => {
  await expect(visit({ origin: 'https://evil.example' })).rejects.toThrow(
    'the chat is closed (403)',
  );
  const visitor = await visit();
  const forged = `${visitor.token.slice(0, -1)}${visitor.token.endsWith('a') ? 'b' : 'a'}`;
  const response = await fetch(`${desk.hub.url}/c/${chat.id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${forged}`, 'content-type': 'application/json' },
    body: JSON.stringify({ clientMessageId: uuid7(desk.clock.now()), text: 'let me in' }),
  });
  expect(response.status).toBe(401);
  expect(await desk.ticketsSaying('let me in')).toEqual([]);
});
