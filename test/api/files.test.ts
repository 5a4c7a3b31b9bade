import { startTestHub, until, type TestHub } from '../hub.js';
import { as, connect, openPlatform, tell, tokenFor, type Page, type Platform } from './platform.js';

let hub: TestHub;
let platform: Platform;
let shop: string;
let agent: Record<string, string>;
beforeAll(async () => {
  platform = await openPlatform();
  hub = await startTestHub({ env: { HUBBUB_PUBLIC_URL: 'https://hub.example' } });
  shop = await connect(hub, platform);
  agent = as(await tokenFor(hub, 'agent'));
});
afterAll(async () => {
  await hub.end();
  await platform.close();
});

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Uploaded {
  readonly id: number;
  readonly type: string;
  readonly size: number;
}

async function upload(name: string, body: Buffer | string, type = 'text/html'): Promise<Uploaded> {
  const answer = await fetch(`${hub.url}/api/v1/attachments?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { ...agent, 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Uploaded;
}

const download = (id: number, query = ''): Promise<Response> =>
  fetch(`${hub.url}/api/v1/attachments/${id}${query}`, { headers: agent });

test('a file is typed by its content and comes down as a download no browser runs', async () => {
  const file = await upload('账单 "1".html', '<script>alert(1)</script>');
  expect(file).toMatchObject({ type: 'text/plain', size: 25 });
  const down = await download(file.id, '?inline=1');
  expect(await down.text()).toBe('<script>alert(1)</script>');
  expect(Object.fromEntries(down.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition':
      'attachment; filename="__ _1_.html"; filename*=UTF-8\'\'%E8%B4%A6%E5%8D%95%20%221%22.html',
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
});

test('only a picture is shown in place, and only when asked', async () => {
  const { id } = await upload('photo.png', PNG);
  const kind = async (query: string): Promise<string | null> => {
    const answer = await download(id, query);
    await answer.arrayBuffer();
    return answer.headers.get('content-disposition');
  };
  expect(await kind('')).toMatch(/^attachment;/);
  expect(await kind('?inline=1')).toMatch(/^inline;/);
});

test('a name cannot break out of its header', async () => {
  const { id } = await upload('a\r\nset-cookie: x=1; "b"/../c', 'x');
  const answer = await download(id);
  expect(answer.headers.get('set-cookie')).toBeNull();
  expect(answer.headers.get('content-disposition')).toContain('a__set-cookie: x=1; _b__.._c');
});

test('a file larger than the limit and an empty one are refused', async () => {
  const empty = await fetch(`${hub.url}/api/v1/attachments`, { method: 'POST', headers: agent });
  expect(empty.status).toBe(400);
  const large = await fetch(`${hub.url}/api/v1/attachments`, {
    method: 'POST',
    headers: agent,
    body: new Uint8Array(26_214_401),
  });
  expect([large.status, ((await large.json()) as { code: string }).code]).toEqual([413, 'HUB_203']);
});

const SAFE = {
  'content-disposition': expect.stringMatching(/^attachment;/) as string,
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
};

test('a reply carries its file by a signed link that its platform can follow', async () => {
  const ticket = await tell(hub, shop, 'file');
  const { id } = await upload('photo.png', PNG, 'image/png');
  const answer = await hub.api('POST', `/tickets/${ticket.number}/replies`, {
    text: 'As you see',
    attachments: [id],
  });
  expect(answer.status).toBe(202);
  const sent = await until('the reply', async () => platform.sent.at(-1));
  const [file] = (sent.body.data as unknown as { attachments: { url: string }[] }).attachments;
  expect(file?.url).toMatch(/^https:\/\/hub\.example\/files\//);
  const path = new URL(file?.url ?? '').pathname;
  const fetched = await fetch(hub.url + path);
  expect(fetched.status).toBe(200);
  expect(Object.fromEntries(fetched.headers)).toMatchObject({
    ...SAFE,
    'content-type': 'image/png',
  });
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(PNG);
  for (const [from, to] of [
    [`/files/${id}/`, `/files/${id + 1}/`],
    [/\/files\/\d+\/\d/.exec(path)?.[0] ?? '', `/files/${id}/9`],
  ] as const) {
    expect((await fetch(hub.url + path.replace(from, to))).status).toBe(404);
  }
  const { items } = (await hub.api('GET', `/tickets/${ticket.number}/messages`))
    .body as Page<object>;
  expect(items.at(-1)).toMatchObject({
    attachments: [{ id, state: 'stored', url: `/api/v1/attachments/${id}` }],
  });
  const again = await hub.api('POST', `/tickets/${ticket.number}/replies`, {
    text: 'Again',
    attachments: [id],
  });
  expect(again.status).toBe(400);
});

test.each([
  ['a voice', 'audio/mpeg', Buffer.from('4944330400000000000000000000', 'hex')],
  ['a document', 'application/pdf', Buffer.from('%PDF-1.7\n')],
  ['a page', 'text/plain; charset=utf-8', Buffer.from('<script>alert(1)</script>')],
  ['a drawing that can run', 'application/octet-stream', Buffer.from('<svg xmlns="x"></svg>')],
  ['a program', 'application/octet-stream', Buffer.from('7f454c4602010100', 'hex')],
])('a platform that fetches %s is told %s, and no browser runs it', async (_what, type, bytes) => {
  const ticket = await tell(hub, shop, `media-${type}-${bytes.length}`);
  const { id } = await upload('media.bin', bytes);
  const { number } = ticket;
  await hub.api('POST', `/tickets/${number}/replies`, { text: 'See', attachments: [id] });
  const path = await until('the link', async () => {
    const files = platform.sent.flatMap(({ body }) =>
      (body.data as unknown as { attachments: { url: string }[] }).attachments.map(
        ({ url }) => url,
      ),
    );
    return files.find((url) => url.includes(`/files/${id}/`));
  });
  const fetched = await fetch(hub.url + new URL(path).pathname);
  expect(Object.fromEntries(fetched.headers)).toMatchObject({ ...SAFE, 'content-type': type });
  expect(Buffer.from(await fetched.arrayBuffer())).toEqual(bytes);
});
