import { until } from '../hub.js';
import type { Ticket } from '../../src/model/ticket.js';
import { draft, openStage, tell, type Page } from './platform.js';

const { hub, platform, shop, end } = await openStage();
afterAll(end);

const list = async (query: string): Promise<Page<Ticket>> =>
  (await hub.api('GET', `/tickets?${query}`)).body;
const one = async (path: string): Promise<Ticket> => (await hub.api('GET', path)).body;

test('a pushed message becomes a ticket in the one format', async () => {
  const ticket = await tell(hub, shop, 'format');
  expect(ticket).toMatchObject({
    version: 1,
    group: 'default',
    status: 'new',
    subject: 'Matter format',
    person: { name: 'Li Wei' },
    counts: { in: 1, out: 0, notes: 0 },
    lastMessage: { direction: 'in', excerpt: 'The kettle format is broken' },
    mergedInto: null,
  });
  expect(ticket.conversations).toMatchObject([
    { connection: shop, handle: 'customer-format', replyWindow: { open: true, closesAt: null } },
  ]);
  expect(ticket.members).toMatchObject([{ number: ticket.number, why: null }]);
  expect(await one(`/tickets/${ticket.number}`)).toEqual(ticket);
});

test('a change is on the ticket at once, and in the lists that ask for it', async () => {
  const { number } = await tell(hub, shop, 'change');
  const changed = await hub.api('PATCH', `/tickets/${number}`, {
    assignee: 'anna',
    priority: 'high',
    tags: ['vip'],
    fields: { orderNo: 'A-1' },
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    assignee: 'anna',
    priority: 'high',
    tags: ['vip'],
    fields: { orderNo: 'A-1' },
  });
  expect((await list('assignee=anna')).items.map((ticket) => ticket.number)).toEqual([number]);
  expect((await list('priority=high&status=new,open')).items).toHaveLength(1);
  expect((await list('assignee=anna&status=solved')).items).toEqual([]);
  const nobodys = (await list('assignee=none')).items.map((ticket) => ticket.number);
  expect(nobodys).not.toContain(number);
});

test('a closed ticket never reopens', async () => {
  const { number } = await tell(hub, shop, 'closed');
  await hub.api('PATCH', `/tickets/${number}`, { status: 'closed' });
  const refused = await hub.api('PATCH', `/tickets/${number}`, { status: 'open' });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ code: 'HUB_106' });
});

test('pages follow one another, the latest word first, and miss nothing', async () => {
  for (const name of ['page-1', 'page-2', 'page-3']) await tell(hub, shop, name);
  const seen: number[] = [];
  let cursor = '';
  for (;;) {
    const page = await list(`limit=2${cursor}`);
    seen.push(...page.items.map(({ number }) => number));
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  const all = (await list('limit=200')).items;
  expect(seen).toEqual(all.map(({ number }) => number));
  const times = all.map(({ times: { lastMessageAt } }) => lastMessageAt);
  expect(times).toEqual([...times].sort().reverse());
});

test('a search finds what was said, in any language, and treats % and _ as what they are', async () => {
  const chinese = await tell(hub, shop, 'zh', { text: '水壶坏了,请退款' });
  const percent = await tell(hub, shop, 'percent', { text: 'it is 100%_broken' });
  const found = async (q: string): Promise<readonly number[]> =>
    (await list(`q=${encodeURIComponent(q)}`)).items.map(({ number }) => number);
  expect(await found('请退款')).toEqual([chinese.number]);
  expect(await found('100%_B')).toEqual([percent.number]);
  expect(await found('100x_b')).toEqual([]);
});

test('spam leaves the lists and comes back', async () => {
  const { number } = await tell(hub, shop, 'spam');
  expect((await hub.api('POST', `/tickets/${number}/spam`)).body).toMatchObject({ spam: true });
  const shown = async (query: string): Promise<boolean> =>
    (await list(query)).items.some((ticket) => ticket.number === number);
  expect([await shown('limit=200'), await shown('spam=true')]).toEqual([false, true]);
  await hub.api('POST', `/tickets/${number}/spam`, { spam: false });
  expect(await shown('limit=200')).toBe(true);
});

test('a note stays inside and stands on the timeline', async () => {
  const { number } = await tell(hub, shop, 'note');
  const sentBefore = platform.sent.length;
  const note = await hub.api('POST', `/tickets/${number}/notes`, { text: 'calls back at five' });
  expect(note.status).toBe(201);
  const { items } = (await hub.api('GET', `/tickets/${number}/messages`)).body as Page<object>;
  expect(items).toMatchObject([
    { direction: 'in', text: 'The kettle note is broken' },
    { direction: 'note', text: 'calls back at five', author: 'first admin', conversation: null },
  ]);
  expect(platform.sent).toHaveLength(sentBefore);
  expect(await one(`/tickets/${number}`)).toMatchObject({ counts: { notes: 1 }, status: 'new' });
});

test('the timeline comes in pages by the time of speaking; html is made safe', async () => {
  const { number } = await tell(hub, shop, 'timeline');
  for (const [id, minutes] of [
    ['t-2', 2],
    ['t-1', 1],
  ] as const) {
    await hub.api('POST', '/messages', {
      ...draft(shop, id),
      conversation: 'thread-timeline',
      sender: { handle: 'customer-timeline' },
      sentAt: new Date(Date.now() - minutes * 60_000).toISOString(),
      html: `<p onclick="x()">hi<script>alert(1)</script><img src="https://spy.example/p.gif"></p>`,
    });
  }
  const page = await until('three messages', async () => {
    const answer = await hub.api('GET', `/tickets/${number}/messages?limit=2`);
    const body = answer.body as Page<{ text: string; html: string | null }>;
    return body.nextCursor === null ? null : body;
  });
  expect(page.items.map(({ text }) => text)).toEqual([
    'The kettle t-2 is broken',
    'The kettle t-1 is broken',
  ]);
  expect(page.items[0]?.html).toBe('<p>hi<img /></p>');
  const rest = await hub.api(
    'GET',
    `/tickets/${number}/messages?limit=2&cursor=${page.nextCursor ?? ''}`,
  );
  expect(rest.body).toMatchObject({
    items: [{ text: 'The kettle timeline is broken' }],
    nextCursor: null,
  });
});

test('a logged call is a ticket with the customer’s words, and nothing is sent', async () => {
  const sentBefore = platform.sent.length;
  const made = await hub.api('POST', '/tickets', {
    connection: shop,
    handle: '+4930123456',
    name: 'Zhang Wei',
    text: 'The courier never came',
    log: true,
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    status: 'new',
    subject: 'The courier never came',
    counts: { in: 1, out: 0 },
    person: { name: 'Zhang Wei' },
  });
  expect(platform.sent).toHaveLength(sentBefore);
});

test('an agent writes first, and the words leave on a ticket of their own', async () => {
  const made = await hub.api('POST', '/tickets', {
    connection: shop,
    handle: 'customer-first',
    subject: 'Your order',
    text: 'Your order is late, we are sorry',
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ subject: 'Your order', status: 'waiting', counts: { out: 1 } });
  await until('the first word', async () =>
    platform.sent.some(({ body }) => body.data.text === 'Your order is late, we are sorry'),
  );
});

test('a ticket asked for twice with one key is one ticket with one first word', async () => {
  const asked = { connection: shop, handle: 'customer-once', text: 'We owe you a kettle' };
  const key = { 'idempotency-key': 'ticket-once' };
  const first = await hub.api('POST', '/tickets', asked, key);
  const again = await hub.api('POST', '/tickets', asked, key);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect((again.body as Ticket).number).toBe((first.body as Ticket).number);
  const other = await hub.api('POST', '/tickets', { ...asked, text: 'Another word' }, key);
  expect([other.status, other.body]).toMatchObject([422, { code: 'HUB_108' }]);
  await until('the first word', async () =>
    platform.sent.some(({ body }) => body.data.text === 'We owe you a kettle'),
  );
  expect(platform.sent.filter(({ body }) => body.data.text === 'We owe you a kettle').length).toBe(
    1,
  );
});

test('an unknown ticket, person and connection are 404 and say what was not there', async () => {
  for (const [method, path, body] of [
    ['GET', '/tickets/999999', undefined],
    ['GET', '/tickets/0', undefined],
    ['GET', '/tickets/abc', undefined],
    ['PATCH', '/tickets/999999', { assignee: 'anna' }],
    ['GET', '/tickets/999999/messages', undefined],
    ['POST', '/tickets/999999/notes', { text: 'x' }],
    ['POST', '/tickets/999999/replies', { text: 'x' }],
    ['POST', '/tickets/999999/merge', { into: 1 }],
    ['POST', '/tickets/999999/split', { messages: [1] }],
    ['GET', '/persons/999999', undefined],
    ['GET', '/connections/nowhere', undefined],
    ['POST', '/tickets', { connection: 'nowhere', handle: 'x', text: 'x' }],
  ] as const) {
    const answer = await hub.api(method, path, body);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  }
});
