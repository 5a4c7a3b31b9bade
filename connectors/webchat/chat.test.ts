import { openRoom } from './testing/room.js';
import { uuid7 } from '../../simulators/visitor/uuid7.js';
import { openVisitor } from '../../simulators/visitor/visitor.js';
import type { Visitor, VisitorOptions } from '../../simulators/visitor/visitor.js';

let room: Awaited<ReturnType<typeof openRoom>>;
const visitors: Visitor[] = [];

async function visit(options: Partial<VisitorOptions> = {}): Promise<Visitor> {
  const visitor = await openVisitor({ url: room.url, retryMs: 5, ...options });
  visitors.push(visitor);
  return visitor;
}

beforeEach(async () => {
  room = await openRoom();
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
  await room.close();
});

const idOf = (visitor: Visitor): string => visitor.token.split('.')[0] ?? '';

describe('a visitor', () => {
  test('says something, sees it, and gets the answer live', async () => {
    const visitor = await visit({ name: '张伟', email: 'zhang@example.com' });
    const said = await visitor.say('水壶坏了 😡');
    expect(said).toMatchObject({ status: 201, body: { clientMessageId: said.clientMessageId } });
    expect(room.core.facts()).toMatchObject([
      {
        what: 'message',
        visitor: idOf(visitor),
        text: '水壶坏了 😡',
        name: '张伟',
        email: 'zhang@example.com',
      },
    ]);
    expect(await visitor.waitFor(({ from }) => from === 'customer')).toMatchObject({
      text: '水壶坏了 😡',
      clientMessageId: said.clientMessageId,
    });
    room.core.answer(idOf(visitor), 'A new one is on its way.\n\nid: 99\ndata: forged');
    expect(await visitor.waitFor(({ from }) => from === 'desk')).toMatchObject({
      text: 'A new one is on its way.\n\nid: 99\ndata: forged',
      name: 'Li',
      clientMessageId: null,
    });
  });

  test('that repeats a message gets the same answer, and it is one message', async () => {
    const visitor = await visit();
    const first = await visitor.say('Hello');
    room.clock.at += 60_000;
    const again = await visitor.say('Hello', first.clientMessageId);
    expect(again).toEqual({ ...first, status: 200 });
    expect(room.core.stored.size).toBe(1);
  });

  test('that says it five times at once is answered 201 once and 200 four times', async () => {
    const visitor = await visit();
    const id = uuid7(room.clock.at);
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await visitor.say('Hello', id)).status),
    );
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 201]);
  });

  test('that uses the id of a message for another one is refused', async () => {
    const visitor = await visit();
    const { clientMessageId } = await visitor.say('Hello');
    expect((await visitor.say('Something else', clientMessageId)).status).toBe(409);
    expect(room.core.stored.size).toBe(1);
  });

  test('that repeats a message after a restart of the hub gets the same answer', async () => {
    const visitor = await visit();
    const first = await visitor.say('Hello');
    room.clock.at += 5_000;
    room.restart();
    expect(await visitor.say('Hello', first.clientMessageId)).toEqual({ ...first, status: 200 });
    expect((await visitor.say('Other', first.clientMessageId)).status).toBe(409);
  });

  test('may send again what could not be stored', async () => {
    const visitor = await visit();
    room.core.fail(new Error('the disk is full'));
    const failed = await visitor.say('Hello');
    expect(failed.status).toBe(503);
    room.core.fail(null);
    expect((await visitor.say('Hello', failed.clientMessageId)).status).toBe(201);
  });

  test('never touches what another visitor said, even with the same id', async () => {
    const [a, b] = [await visit(), await visit()];
    const { clientMessageId } = await a.say('From A');
    expect((await b.say('From B', clientMessageId)).status).toBe(201);
    await b.waitFor(({ text }) => text === 'From B');
    expect(a.seen.map(({ text }) => text)).toEqual(['From A']);
    expect(b.seen.map(({ text }) => text)).toEqual(['From B']);
  });
});

describe('the stream', () => {
  test('resumes after every break without a gap and without a repetition', async () => {
    const visitor = await visit();
    for (let i = 0; i < 40; i += 1) {
      room.core.answer(idOf(visitor), `line ${i}`);
      if (i % 8 !== 0) continue;
      await visitor.waitFor(({ text }) => text === `line ${i}`);
      visitor.drop();
    }
    await visitor.waitFor(({ text }) => text === 'line 39');
    expect(visitor.seen.map(({ text }) => text)).toEqual(
      Array.from({ length: 40 }, (_, i) => `line ${i}`),
    );
    expect(visitor.connects).toBe(6);
  });

  test('shows a long history to a visitor who reloads the page', async () => {
    const before = await visit();
    for (let i = 0; i < 250; i += 1) room.core.answer(idOf(before), `line ${i}`);
    const after = await visit({ token: before.token });
    await after.waitFor(({ text }) => text === 'line 249');
    expect(idOf(after)).toBe(idOf(before));
    expect(after.seen).toHaveLength(250);
  });

  test('says when to come back, is not cached, and leaves nothing behind', async () => {
    const visitor = await visit();
    const aborter = new AbortController();
    const response = await fetch(`${room.url}/stream`, {
      headers: { authorization: `Bearer ${visitor.token}` },
      signal: aborter.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toContain('no-store');
    const first = await response.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toMatch(/^retry: \d{4}\n\n$/);
    aborter.abort();
    await visitor.close();
    while (room.core.watching() > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('ends when the connection closes, and a seventh tab has to wait', async () => {
    const visitor = await visit();
    await visitor.say('Hello');
    const headers = { authorization: `Bearer ${visitor.token}` };
    const tabs = await Promise.all(
      Array.from({ length: 6 }, () => fetch(`${room.url}/stream`, { headers })),
    );
    expect(tabs.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429]);
    const open = tabs.find(({ status }) => status === 200);
    await room.closeLive();
    await expect(open?.text()).resolves.toContain('Hello');
  });
});

describe('receipts', () => {
  const receipts = () => room.core.facts().filter(({ what }) => what === 'receipts');

  test('name each message of the desk that was read, once', async () => {
    const visitor = await visit({ reads: false });
    const id = idOf(visitor);
    room.core.answer(id, 'One', 'r1:0');
    await visitor.say('Thanks');
    room.core.answer(id, 'Two', 'r2:0');
    expect(await visitor.acknowledge(1, 'delivered')).toBe(204);
    expect(await visitor.acknowledge(3, 'read')).toBe(204);
    expect(await visitor.acknowledge(3, 'read')).toBe(204);
    expect(receipts()).toMatchObject([
      { state: 'delivered', ids: ['r1:0'], visitor: id },
      { state: 'read', ids: ['r1:0', 'r2:0'], visitor: id },
    ]);
  });

  test('never run ahead of what was shown', async () => {
    const visitor = await visit({ reads: false });
    room.core.answer(idOf(visitor), 'One', 'r1:0');
    await visitor.acknowledge(999_999, 'read');
    room.core.answer(idOf(visitor), 'Two', 'r2:0');
    await visitor.acknowledge(999_999, 'read');
    expect(receipts().map(({ ids }) => ids)).toEqual([['r1:0'], ['r2:0']]);
  });

  test('of delivery come from the id a stream resumes after', async () => {
    const visitor = await visit({ reads: false });
    room.core.answer(idOf(visitor), 'One', 'r1:0');
    await visitor.waitFor(({ text }) => text === 'One');
    expect(receipts()).toEqual([]);
    visitor.drop();
    while (receipts().length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(receipts()).toMatchObject([{ state: 'delivered', ids: ['r1:0'] }]);
  });
});
