import { until } from '../hub.js';
import type { Ticket } from '../../src/model/ticket.js';
import { all, run } from '../../src/store/work.js';
import { as, connect, openStage, tell, tokenFor, type Page } from './platform.js';

const { hub, platform, shop, end } = await openStage();
afterAll(end);

interface Delivery {
  readonly id: number;
  readonly state: string;
  readonly failure: { readonly kind: string } | null;
  readonly attempts: number;
  readonly parts: readonly { readonly sentAt: string | null }[];
}
interface Queued {
  readonly message: number;
  readonly deliveries: readonly Delivery[];
}

const reply = (ticket: Ticket, body: object, headers: Record<string, string> = {}) =>
  hub.api('POST', `/tickets/${ticket.number}/replies`, body, headers);
const deliveryOf = (answer: { readonly body: unknown }): number =>
  (answer.body as Queued).deliveries[0]?.id ?? 0;
const sentWith = (text: string): number =>
  platform.sent.filter(({ body }) => body.data.text === text).length;
const inState = (id: number, state: string): Promise<Delivery> =>
  until(`delivery ${id} ${state}`, async () => {
    const page = (await hub.api('GET', '/deliveries?limit=200')).body as Page<Delivery>;
    return page.items.find((one) => one.id === id && one.state === state);
  });

test('a reply is queued, leaves, and its delivery says so on the timeline', async () => {
  const ticket = await tell(hub, shop, 'reply');
  const answer = await reply(ticket, { text: 'We send a new one' });
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({
    ticket: ticket.number,
    deliveries: [{ recipient: 'customer-reply', connection: shop }],
  });
  await inState(deliveryOf(answer), 'sent');
  const { items } = (await hub.api('GET', `/tickets/${ticket.number}/messages`))
    .body as Page<object>;
  expect(items[1]).toMatchObject({
    direction: 'out',
    text: 'We send a new one',
    author: 'first admin',
    deliveries: [{ state: 'sent', parts: [{ state: 'sent', position: 0 }] }],
  });
  expect(sentWith('We send a new one')).toBe(1);
});

test('the same key and the same request are one reply with one answer', async () => {
  const ticket = await tell(hub, shop, 'once');
  const key = { 'idempotency-key': 'once-1' };
  const first = await reply(ticket, { text: 'Only once' }, key);
  const again = await reply(ticket, { text: 'Only once' }, key);
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
  expect((again.body as Queued).message).toBe((first.body as Queued).message);
  await inState(deliveryOf(first), 'sent');
  expect(sentWith('Only once')).toBe(1);
});

test('the same key with another request is refused', async () => {
  const ticket = await tell(hub, shop, 'reused');
  const key = { 'idempotency-key': 'reused-1' };
  await reply(ticket, { text: 'This' }, key);
  const other = await reply(ticket, { text: 'That' }, key);
  expect([other.status, other.body]).toMatchObject([422, { code: 'HUB_108' }]);
});

test('requests with one key at the same moment are one reply', async () => {
  const ticket = await tell(hub, shop, 'race');
  const key = { 'idempotency-key': 'race-1' };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => reply(ticket, { text: 'In a race' }, key)),
  );
  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 202 && status !== 409)).toEqual([]);
  const queued = answers.filter(({ status }) => status === 202);
  expect(new Set(queued.map(({ body }) => (body as Queued).message)).size).toBe(1);
  await until('the reply', async () => sentWith('In a race') > 0);
  const { items } = (await hub.api('GET', `/tickets/${ticket.number}/messages`))
    .body as Page<object>;
  expect(items).toHaveLength(2);
});

test('a key belongs to its token', async () => {
  const ticket = await tell(hub, shop, 'tokens');
  const key = { 'idempotency-key': 'shared' };
  const agent = as(await tokenFor(hub, 'agent'));
  const mine = await reply(ticket, { text: 'Mine' }, key);
  const theirs = await reply(ticket, { text: 'Theirs' }, { ...key, ...agent });
  expect([mine.status, theirs.status]).toEqual([202, 202]);
  expect((theirs.body as Queued).message).not.toBe((mine.body as Queued).message);
});

test('two agents who answer at once both get through, in order', async () => {
  const ticket = await tell(hub, shop, 'both');
  const [one, other] = await Promise.all([
    reply(ticket, { text: 'Both: one' }),
    reply(ticket, { text: 'Both: other' }),
  ]);
  await Promise.all([inState(deliveryOf(one), 'sent'), inState(deliveryOf(other), 'sent')]);
  const order = platform.sent.map(({ body }) => body.data.text).filter((t) => t.startsWith('Both'));
  const { items } = (await hub.api('GET', `/tickets/${ticket.number}/messages`)).body as Page<{
    text: string;
  }>;
  expect(order).toEqual(items.slice(1).map(({ text }) => text));
});

test('what cannot leave is refused in both languages and leaves nothing behind', async () => {
  const other = (
    (await hub.api('POST', '/connections', {
      connector: 'webhook',
      name: 'Deaf shop',
      credentials: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    })) as { body: { id: string } }
  ).body.id;
  const ticket = await tell(hub, other, 'deaf');
  await hub.api('DELETE', `/connections/${other}`);
  const refused = await reply(ticket, { text: 'Hello?' });
  expect([refused.status, refused.body]).toMatchObject([
    422,
    {
      code: 'HUB_301',
      cause: 'unreachable',
      why: { en: expect.any(String) as string, zh: expect.any(String) as string },
    },
  ]);
  expect((await hub.api('GET', `/tickets/${ticket.number}`)).body).toMatchObject({
    counts: { out: 0 },
    conversations: [{ replyWindow: { open: false } }],
  });
});

test('a ticket on which two persons speak is answered when the agent says whom', async () => {
  const zhang = await tell(hub, shop, 'zhang', { sender: { handle: 'zhang', name: 'Zhang Wei' } });
  const li = await tell(hub, shop, 'lina', { sender: { handle: 'lina', name: 'Li Na' } });
  await hub.api('POST', `/tickets/${li.number}/merge`, { into: zhang.number });

  const asked = await reply(zhang, { text: 'To whom?' });
  expect([asked.status, asked.body]).toMatchObject([
    409,
    {
      code: 'HUB_303',
      cause: 'severalPersons',
      persons: [{ name: 'Li Na' }, { name: 'Zhang Wei' }],
    },
  ]);
  const { detail } = asked.body as { detail: string };
  for (const word of ['Zhang Wei', 'Li Na', 'conversation', '"persons"']) {
    expect(detail).toContain(word);
  }
  const merged = (await hub.api('GET', `/tickets/${zhang.number}`)).body as Ticket;
  expect(merged.warnings).toMatchObject([{ kind: 'severalPersons' }]);
  expect(merged.warnings[0]?.persons).toHaveLength(2);
  expect(merged.counts.out).toBe(0);

  const named = { text: 'To Li', conversation: li.conversations[0]?.id };
  expect((await reply(zhang, named)).body).toMatchObject({ deliveries: [{ recipient: 'lina' }] });
  const sure = await reply(zhang, { text: 'To Zhang', confirm: 'persons' });
  expect(sure.body).toMatchObject({ ticket: zhang.number, deliveries: [{ recipient: 'zhang' }] });
  const confirmed = await hub.house.store.read(() =>
    all("SELECT author FROM events WHERE ticket_id = ? AND type = 'confirmed'", zhang.number),
  );
  expect(confirmed).toEqual([{ author: 'first admin' }]);
});

test('there is nothing to confirm where nobody asks for another address', async () => {
  const ticket = await tell(hub, shop, 'plain');
  const refused = await reply(ticket, { text: 'Hello', confirm: 'replyTo' });
  expect([refused.status, refused.body]).toMatchObject([
    409,
    { code: 'HUB_303', cause: 'nothingToConfirm' },
  ]);
});

test('an address without the word that confirms it is refused and sends nothing', async () => {
  const ticket = await tell(hub, shop, 'half');
  const refused = await reply(ticket, { text: 'To nowhere new', replyTo: 'spy@c.example' });
  const said = /confirm: "replyTo"/;
  expect([refused.status, refused.body]).toMatchObject([
    400,
    {
      detail: expect.stringMatching(said) as string,
      problems: [{ field: 'replyTo', why: { zh: expect.stringMatching(/请同时发送/) as string } }],
    },
  ]);
  expect(sentWith('To nowhere new')).toBe(0);
});

test('a failed delivery is shown with its reason, retried by hand, and then it leaves', async () => {
  const ticket = await tell(hub, shop, 'fails');
  platform.answer(422);
  const answer = await reply(ticket, { text: 'Fails at first' });
  const id = deliveryOf(answer);
  const failed = await inState(id, 'failed');
  expect(failed.failure).toMatchObject({ kind: 'refused' });
  const dead = (await hub.api('GET', '/deliveries?state=failed')).body as Page<Delivery>;
  expect(dead.items.map((one) => one.id)).toEqual([id]);
  platform.answer(200);
  expect((await hub.api('POST', `/deliveries/${id}/retry`)).status).toBe(200);
  await inState(id, 'sent');
  expect(sentWith('Fails at first')).toBe(1);
  expect((await hub.api('POST', `/deliveries/${id}/retry`)).status).toBe(409);
  const resolved = await hub.api('POST', `/deliveries/${id}/resolve`, { as: 'delivered' });
  expect(resolved.status).toBe(409);
});

test('a waiting reply can be given up, and what waits behind it goes on', async () => {
  const ticket = await tell(hub, shop, 'stuck');
  platform.answer(503);
  const stuck = deliveryOf(await reply(ticket, { text: 'Stuck in front' }));
  const waiting = await until('a first try', async () => {
    const page = (await hub.api('GET', '/deliveries?limit=200')).body as Page<Delivery>;
    return page.items.find(
      ({ id, attempts, state }) => id === stuck && attempts > 0 && state === 'queued',
    );
  });
  expect(waiting.parts).toMatchObject([{ sentAt: null }]);
  const behind = deliveryOf(await reply(ticket, { text: 'Waits behind it' }));
  const wrong = await hub.api('POST', `/deliveries/${stuck}/resolve`, { as: 'delivered' });
  expect(wrong.status).toBe(409);
  platform.answer(200);
  const given = await hub.api('POST', `/deliveries/${stuck}/resolve`, { as: 'failed' });
  expect(given.body).toMatchObject({
    state: 'failed',
    nextTryAt: null,
    failure: { kind: 'refused' },
  });
  const left = await inState(behind, 'sent');
  expect(left.parts).toMatchObject([{ sentAt: expect.any(String) as unknown }]);
  expect(sentWith('Stuck in front')).toBe(0);
});

test('a reply that was given up before its first try cannot have been delivered', async () => {
  const ticket = await tell(hub, shop, 'untried');
  platform.answer(503);
  const front = deliveryOf(await reply(ticket, { text: 'Never gets through' }));
  const behind = deliveryOf(await reply(ticket, { text: 'Never tried' }));
  await hub.api('POST', `/deliveries/${behind}/resolve`, { as: 'failed' });
  const wrong = await hub.api('POST', `/deliveries/${behind}/resolve`, { as: 'delivered' });
  expect(wrong.status).toBe(409);
  expect(JSON.stringify(wrong.body)).toContain('was never sent');
  await hub.api('POST', `/deliveries/${front}/resolve`, { as: 'failed' });
  platform.answer(200);
});

test('a person settles what nobody could look up', async () => {
  const ticket = await tell(hub, shop, 'settles');
  platform.answer(422);
  const id = deliveryOf(await reply(ticket, { text: 'Nobody knows' }));
  await inState(id, 'failed');
  platform.answer(200);
  const settled = await hub.api('POST', `/deliveries/${id}/resolve`, { as: 'delivered' });
  expect(settled.body).toMatchObject({ id, state: 'delivered', nextTryAt: null });
  expect((await hub.api('POST', '/deliveries/999999/resolve', { as: 'failed' })).status).toBe(404);
});

test('an uncertain delivery is retried only by who says that it may arrive twice', async () => {
  const ticket = await tell(hub, shop, 'twice');
  platform.answer(422);
  const id = deliveryOf(await reply(ticket, { text: 'Twice or once' }));
  await inState(id, 'failed');
  await hub.house.store.write(function* () {
    yield* run("UPDATE deliveries SET state = 'uncertain' WHERE id = ?", id);
    yield* run("UPDATE delivery_parts SET state = 'uncertain' WHERE delivery_id = ?", id);
  });
  platform.answer(200);
  const refused = await hub.api('POST', `/deliveries/${id}/retry`);
  expect(refused).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('evenIfItMayArriveTwice') as string },
  });
  const path = `/deliveries/${id}/retry`;
  expect((await hub.api('POST', path, { evenIfItMayArriveTwice: true })).status).toBe(200);
  await inState(id, 'sent');
  expect(sentWith('Twice or once')).toBe(1);
});

test('what a removed connection left says that it cannot be sent, and stays failed', async () => {
  const old = await connect(hub, platform, 'Old shop');
  const ticket = await tell(hub, old, 'left-behind');
  platform.answer(413);
  const id = deliveryOf(await reply(ticket, { text: 'Never to arrive' }));
  await inState(id, 'failed');
  await hub.api('DELETE', `/connections/${old}`);
  platform.answer(200);
  for (const [path, body] of [
    ['retry', {}],
    ['resolve', { as: 'resend' }],
  ] as const) {
    const refused = await hub.api('POST', `/deliveries/${id}/${path}`, body);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      {
        detail: expect.stringContaining(
          `its connection ${old} was removed: it is failed`,
        ) as string,
      },
    ]);
  }
  expect(await inState(id, 'failed')).toMatchObject({ failure: { kind: 'misconfigured' } });
  expect(sentWith('Never to arrive')).toBe(0);
});
