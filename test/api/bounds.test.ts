import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_TOKEN, startTestHub, until, type TestHub } from '../hub.js';
import { as } from './platform.js';

/** What bounds all requests together, made small. */
const KNOBS = `
server:
  trustedProxies: [127.0.0.9/32]
  bodyBytes: 65536
  bodiesBytes: 131072
  streams: 3
  streamsPerAddress: 2
`;
const SECRET = 'abcdefghijklmnop1234';

let hub: TestHub;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-bounds-'));
  writeFileSync(join(folder, 'hubbub.yaml'), KNOBS);
  hub = await startTestHub({ env: { HUBBUB_CONFIG_DIR: folder } });
});
afterAll(async () => {
  await hub.end();
  rmSync(folder, { recursive: true, force: true });
});

async function connect(connector: string, name: string, from: string): Promise<string> {
  const made = await hub.api('POST', '/connections', {
    connector,
    name,
    settings: connector === 'webhook' ? { signature: 'path-secret', allowFrom: [from] } : {},
    credentials: connector === 'webhook' ? { pathSecret: SECRET } : {},
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return (made.body as { id: string }).id;
}

interface Asked {
  readonly method?: string;
  readonly path: string;
  /** The local address it leaves from. */
  readonly from?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Resolves with the head of the answer; its body may stay open. */
function ask({ method = 'GET', path, from = '127.0.0.1', headers = {}, body }: Asked) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(hub.url + path, { method, headers, localAddress: from }, (answer) => {
      answer.on('error', () => undefined);
      resolve(answer);
    });
    asked.on('error', reject).end(body);
  });
}

async function statusOf(asked: Asked): Promise<number | undefined> {
  const answer = await ask(asked);
  answer.resume();
  return answer.statusCode;
}

const BODY = JSON.stringify({ text: 'x'.repeat(60_000) });

/** A body that is sent but for its last byte, and kept waiting. */
async function begin(connection: string): Promise<Socket> {
  const socket = createConnection(Number(new URL(hub.url).port), '127.0.0.1');
  socket.on('error', () => undefined).resume();
  const head = `POST /hooks/${connection}/${SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  await new Promise((resolve) => socket.write(head + BODY.slice(0, -1), resolve));
  return socket;
}

test('bodies that come at once share a budget: beyond it 503 for their connection, and others go on', async () => {
  const [flooded, other] = await Promise.all([
    connect('webhook', 'Flooded', '127.0.0.0/8'),
    connect('webhook', 'Other', '127.0.0.0/8'),
  ]);
  const post = (connection: string): Asked => ({
    ...{ method: 'POST', path: `/hooks/${connection}/${SECRET}`, body: BODY },
  });
  const waiting = await begin(flooded);
  const refused = await until('the budget to be taken', async () => {
    const answer = await ask(post(flooded));
    return answer.statusCode === 503 ? answer : void answer.resume();
  });
  expect(refused.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'retry-after': '5',
  });
  let told = '';
  for await (const chunk of refused) told += String(chunk);
  expect(JSON.parse(told)).toMatchObject({ code: 'HUB_208', status: 503 });
  expect(await statusOf(post(other))).toBe(200);
  waiting.destroy();
  await until('the room to be given back', async () => (await statusOf(post(flooded))) === 200);
});

test('an allow-list sees through our own proxies, and believes no other about where it comes from', async () => {
  const shop = await connect('webhook', 'Listed', '203.0.113.0/24');
  const from = (address: string, forwarded: string): Promise<number | undefined> =>
    statusOf({
      ...{ method: 'POST', path: `/hooks/${shop}/${SECRET}`, body: '{}', from: address },
      headers: { 'x-forwarded-for': forwarded },
    });
  expect(await from('127.0.0.9', '6.6.6.6, 203.0.113.7')).toBe(200);
  expect(await from('127.0.0.9', '203.0.113.7, 6.6.6.6')).toBe(403);
  expect(await from('127.0.0.1', '203.0.113.7')).toBe(403);
});

test('streams have a bound for one address and one for all, and give their places back', async () => {
  const chat = await connect('webchat', 'Chat', '');
  const listen = (from: string): Promise<IncomingMessage> =>
    ask({ path: '/api/v1/events', from, headers: as(ADMIN_TOKEN) });
  const open = await Promise.all([listen('127.0.0.1'), listen('127.0.0.1')]);
  expect(open.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  const third = await listen('127.0.0.1');
  expect([third.statusCode, third.headers['retry-after']]).toEqual([429, '5']);
  const door = `/c/${chat}/widget.js`;
  expect(await statusOf({ path: door })).toBe(429);
  open.push(await listen('127.0.0.2'));
  const fourth = await ask({ path: door, from: '127.0.0.3' });
  expect([fourth.statusCode, fourth.headers['retry-after']]).toEqual([503, '5']);
  for (const stream of open) stream.destroy();
  await until('the places to be free', async () => (await statusOf({ path: door })) === 200);
});
