import { until } from '../hub.js';
import { draft, openStage, tell, type Page } from './platform.js';

const { hub, shop, end } = await openStage();
afterAll(end);

test('a draft that is pushed again is a duplicate and changes nothing', async () => {
  const first = await hub.api('POST', '/messages', draft(shop, 'twice'));
  expect([first.status, first.body]).toEqual([202, { accepted: 1, duplicates: 0 }]);
  const again = await hub.api('POST', '/messages', [
    draft(shop, 'twice', { text: 'other words' }),
    draft(shop, 'new'),
  ]);
  expect(again.body).toEqual({ accepted: 1, duplicates: 1 });
  const ticket = await tell(hub, shop, 'twice');
  expect(ticket.lastMessage?.excerpt).toBe('The kettle twice is broken');
});

test('a thousand at once are taken, one more is not', async () => {
  const many = Array.from({ length: 1_000 }, (_, i) => draft(shop, `many-${i}`));
  expect((await hub.api('POST', '/messages', many)).body).toEqual({
    accepted: 1_000,
    duplicates: 0,
  });
  expect((await hub.api('POST', '/messages', [...many, draft(shop, 'over')])).status).toBe(422);
  await until('the last of them', async () => {
    const { items } = (await hub.api('GET', '/tickets?q=many-999')).body as Page<object>;
    return items.length === 1;
  });
});

test('of a batch with a mistake nothing is taken, and the mistake is named', async () => {
  const { sender: _, ...broken } = draft(shop, 'broken');
  const refused = await hub.api('POST', '/messages', [draft(shop, 'fine'), broken]);
  expect([refused.status, refused.body]).toMatchObject([422, { code: 'HUB_302' }]);
  expect(JSON.stringify(refused.body)).toContain('sender');
  const accepted = await hub.api('POST', '/messages', draft(shop, 'fine'));
  expect(accepted.body).toEqual({ accepted: 1, duplicates: 0 });
});

test('a message that says nothing is refused; a call and a photo without words are not', async () => {
  const silent = draft(shop, 'silent', { text: ' ', subject: null });
  for (const pushed of [silent, [draft(shop, 'loud'), silent]]) {
    const refused = await hub.api('POST', '/messages', pushed);
    expect([refused.status, refused.body]).toMatchObject([
      422,
      {
        code: 'HUB_302',
        detail: expect.stringContaining('text: it says nothing') as string,
        problems: [{ why: { zh: expect.stringContaining('没有内容') as string } }],
      },
    ]);
  }
  const photo = { ...silent, id: 'photo', attachments: [{ ref: 'https://x.example/a.jpg' }] };
  const said = await hub.api('POST', '/messages', [photo, { ...silent, id: 'c', kind: 'call' }]);
  expect([said.status, said.body]).toEqual([202, { accepted: 2, duplicates: 0 }]);
});

test.each([
  [{ txet: 'hello' }, 'the body: is not known here: txet; did you mean text?'],
  [
    { sender: { handle: 'a', nmae: 'A' } },
    'the body: sender: is not known here: nmae; did you mean name?',
  ],
  [{ urgency: 'high' }, 'the body: is not known here: urgency; leave it out or correct its name'],
])('a field that no draft has is refused and named: %j', async (more, detail) => {
  const refused = await hub.api('POST', '/messages', draft(shop, 'odd', more));
  expect([refused.status, refused.body]).toMatchObject([422, { code: 'HUB_302', detail }]);
});

test('each misspelt field of a batch is named by its place, before what is missing for want of it', async () => {
  const { conversation, ...rest } = draft(shop, 'odd');
  const refused = await hub.api('POST', '/messages', [
    draft(shop, 'fine-2'),
    { ...rest, converstion: conversation, txet: 'x' },
  ]);
  const { problems } = refused.body as { problems: readonly { field: string; message: string }[] };
  expect(problems.map(({ field, message }) => [field, message.split(';')[0]])).toEqual([
    ['1', 'is not known here: converstion'],
    ['1', 'is not known here: txet'],
    ['1.conversation', expect.stringMatching(/^is missing/)],
  ]);
  expect(refused.status).toBe(422);
});

test('what normalise prints is pushed as it is', async () => {
  const printed = { ...draft(shop, 'printed'), channel: 'webhook', source: 'letters/1.json' };
  expect((await hub.api('POST', '/messages', printed)).status).toBe(202);
});

test('an unknown connection is named', async () => {
  const refused = await hub.api('POST', '/messages', [
    draft(shop, 'known'),
    draft('nowhere', 'lost'),
  ]);
  expect([refused.status, refused.body]).toMatchObject([
    404,
    { code: 'HUB_201', detail: expect.stringContaining('nowhere') as string },
  ]);
});

test('a person is shown with handles and tickets', async () => {
  const ticket = await tell(hub, shop, 'person', {
    sender: {
      handle: 'c-77',
      name: 'Wang Fang',
      identities: [{ kind: 'customerId', value: 'c-77', proof: 'proven' }],
    },
  });
  const { body } = await hub.api('GET', `/persons/${ticket.person.id}`);
  expect(body).toMatchObject({
    name: 'Wang Fang',
    handles: [{ kind: 'customerId', value: 'c-77', proof: 'proven', refusal: null }],
    tickets: [{ number: ticket.number }],
  });
});

test('bytes that cannot be read wait in quarantine, whole, and can be replayed', async () => {
  const { connections } = hub;
  expect(await connections.row(shop)).toBeDefined();
  await hub.receive(shop, [
    {
      key: 'k-1',
      body: Buffer.from('{"not":"a message'),
      type: 'application/json',
      notes: {},
      query: '',
    },
  ]);
  const [quarantined] = await until('quarantine', async () => {
    const page = (await hub.api('GET', '/envelopes?state=quarantine')).body as Page<{
      id: number;
      reason: string;
    }>;
    return page.items.length > 0 && page.items;
  });
  const id = quarantined?.id ?? 0;
  const { body } = await hub.api('GET', `/envelopes/${id}`);
  const raw = body as { body: string; reason: string };
  expect(Buffer.from(raw.body, 'base64').toString()).toBe('{"not":"a message');
  expect(raw.reason).not.toBe('');
  expect((await hub.api('POST', `/envelopes/${id}/replay`)).status).toBe(202);
  await until('quarantine again', async () => {
    const answer = await hub.api('GET', `/envelopes/${id}`);
    return (answer.body as { state: string }).state === 'quarantine';
  });
  expect((await hub.api('POST', '/envelopes/999999/replay')).status).toBe(404);
});
