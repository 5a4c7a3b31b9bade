import { until } from '../hub.js';
import type { Ticket } from '../../src/model/ticket.js';
import { draft, openStage, tell, type Page } from './platform.js';

const { hub, shop, end } = await openStage();
afterAll(end);

const get = async (path: string): Promise<Ticket> => (await hub.api('GET', path)).body;
const post = (path: string, body?: unknown) => hub.api('POST', path, body);

test('merging in either direction keeps the older number and shows why', async () => {
  const [a, b] = [await tell(hub, shop, 'm1'), await tell(hub, shop, 'm2')];
  const merged = await post(`/tickets/${a.number}/merge`, { into: b.number });
  expect(merged.body).toMatchObject({
    number: a.number,
    counts: { in: 2 },
    members: [
      { number: a.number, why: null },
      { number: b.number, mergedInto: a.number, why: { decision: 'same', author: 'first admin' } },
    ],
  });
  const again = await post(`/tickets/${b.number}/merge`, { into: a.number });
  expect(again.body).toEqual(merged.body);
});

test('a merged number leads to its root, and shows itself when asked', async () => {
  const [a, b] = [await tell(hub, shop, 'r1'), await tell(hub, shop, 'r2')];
  await post(`/tickets/${b.number}/merge`, { into: a.number });
  const away = await hub.api('GET', `/tickets/${b.number}`);
  expect([away.status, away.headers.get('location')]).toEqual([307, `/api/v1/tickets/${a.number}`]);
  expect((await hub.api('GET', `/tickets/${b.number}/messages`)).status).toBe(307);
  expect(await get(`/tickets/${b.number}?own=1`)).toMatchObject({
    number: b.number,
    mergedInto: a.number,
    counts: { in: 1 },
    conversations: [{ handle: 'customer-r2' }],
  });
  const own = (await hub.api('GET', `/tickets/${b.number}/messages?own=1`)).body as Page<object>;
  expect(own.items).toMatchObject([{ text: 'The kettle r2 is broken' }]);
  const lists = (await hub.api('GET', '/tickets?limit=200')).body as Page<Ticket>;
  expect(lists.items.map(({ number }) => number)).not.toContain(b.number);
});

test('what is done to a merged number is done to its root', async () => {
  const [a, b] = [await tell(hub, shop, 'w1'), await tell(hub, shop, 'w2')];
  await post(`/tickets/${b.number}/merge`, { into: a.number });
  const changed = await hub.api('PATCH', `/tickets/${b.number}`, { assignee: 'anna' });
  expect(changed.body).toMatchObject({ number: a.number, assignee: 'anna' });
});

test('un-merging shows both sides before it does it, and gives back exactly what was', async () => {
  const [a, b] = [await tell(hub, shop, 'u1'), await tell(hub, shop, 'u2')];
  await post(`/tickets/${a.number}/merge`, { into: b.number });
  await hub.api('PATCH', `/tickets/${a.number}`, { assignee: 'anna' });
  const shown = await post(`/tickets/${b.number}/unmerge`, { preview: true });
  expect(shown.body).toMatchObject({
    preview: true,
    ticket: { number: b.number, mergedInto: null, assignee: null, counts: { in: 1 } },
    rest: { number: a.number, assignee: 'anna', counts: { in: 1 } },
  });
  expect((await hub.api('GET', `/tickets/${b.number}`)).status).toBe(307);
  const done = (await post(`/tickets/${b.number}/unmerge`)).body as { ticket: Ticket };
  const { times: _, ...now } = done.ticket;
  const { times: __, ...before } = b;
  expect(now).toEqual(before);
  expect((await post(`/tickets/${b.number}/unmerge`)).status).toBe(409);
});

test('a decision about two tickets is kept with its evidence, and said of both', async () => {
  const [a, b] = [await tell(hub, shop, 'd1'), await tell(hub, shop, 'd2')];
  const path = `/tickets/${a.number}/duplicates/${b.number}`;
  expect((await post(path, { decision: 'different' })).status).toBe(200);
  for (const [own, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const { items } = (await hub.api('GET', `/tickets/${own.number}/duplicates`))
      .body as Page<object>;
    expect(items).toMatchObject([
      {
        ticket: other.number,
        own: own.number,
        decision: 'different',
        merged: false,
        evidence: [
          { kind: 'agent', sentence: { en: expect.stringContaining('first admin') as string } },
        ],
      },
    ]);
  }
  expect((await post(path, { decision: 'same' })).body).toMatchObject({ number: a.number });
  expect((await post(path, { decision: 'different' })).status).toBe(409);
});

describe('a split', () => {
  /** One conversation that tells two complaints. */
  async function twoInOne(id: string): Promise<{ ticket: Ticket; ids: readonly number[] }> {
    const { number } = await tell(hub, shop, id);
    await hub.api('POST', '/messages', {
      ...draft(shop, `${id}-2`, { text: `And the invoice ${id} is wrong` }),
      conversation: `thread-${id}`,
      sender: { handle: `customer-${id}` },
    });
    const items = await until('both messages', async () => {
      const page = (await hub.api('GET', `/tickets/${number}/messages`)).body as Page<{
        id: number;
      }>;
      return page.items.length === 2 ? page.items : null;
    });
    return { ticket: await get(`/tickets/${number}`), ids: items.map((message) => message.id) };
  }

  test('makes the chosen messages a ticket of their own, and each counts its own', async () => {
    const { ticket, ids } = await twoInOne('s1');
    const parted = (await post(`/tickets/${ticket.number}/split`, { messages: [ids[1]] })).body as {
      ticket: Ticket;
      rest: Ticket;
    };
    expect(parted).toMatchObject({
      ticket: {
        subject: 'Matter s1-2',
        counts: { in: 1 },
        lastMessage: { excerpt: 'And the invoice s1 is wrong' },
      },
      rest: {
        number: ticket.number,
        counts: { in: 1 },
        lastMessage: { excerpt: 'The kettle s1 is broken' },
      },
    });
    expect(await get(`/tickets/${parted.ticket.number}`)).toEqual(parted.ticket);
    const { items } = (await hub.api('GET', `/tickets/${ticket.number}/duplicates`))
      .body as Page<object>;
    expect(items).toMatchObject([{ ticket: parted.ticket.number, decision: 'different' }]);
  });

  test('leads the next message to the part with the conversation’s last one', async () => {
    const { ticket, ids } = await twoInOne('s2');
    const { body } = await post(`/tickets/${ticket.number}/split`, { messages: [ids[1]] });
    const apart = (body as { ticket: Ticket }).ticket.number;
    await hub.api('POST', '/messages', {
      ...draft(shop, 's2-3'),
      conversation: 'thread-s2',
      sender: { handle: 'customer-s2' },
    });
    await until('the next message on the new part', async () => {
      const { counts } = await get(`/tickets/${apart}`);
      return counts.in === 2;
    });
    expect(await get(`/tickets/${ticket.number}`)).toMatchObject({ counts: { in: 1 } });
  });

  test('merged back again is the complaint it was', async () => {
    const { ticket, ids } = await twoInOne('s3');
    const { body } = await post(`/tickets/${ticket.number}/split`, { messages: [ids[0]] });
    const apart = (body as { ticket: Ticket }).ticket.number;
    const whole = await post(`/tickets/${apart}/merge`, { into: ticket.number });
    const { counts, lastMessage, status, number } = ticket;
    expect(whole.body).toMatchObject({ counts, lastMessage, status, number });
  });

  test('leaves something behind, and takes no message of another ticket', async () => {
    const { ticket, ids } = await twoInOne('s4');
    const stranger = await twoInOne('s5');
    const split = (messages: readonly unknown[]) =>
      post(`/tickets/${ticket.number}/split`, { messages });
    expect((await split(ids)).status).toBe(409);
    expect((await split([stranger.ids[0]])).status).toBe(409);
    expect(await get(`/tickets/${ticket.number}`)).toEqual(ticket);
  });
});
