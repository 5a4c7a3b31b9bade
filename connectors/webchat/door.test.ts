import { connect } from 'node:net';
import { openRoom, CANARY, SHOP } from './testing/room.js';
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

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${room.url}${path}`, { method: 'POST', body, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the door', () => {
  test('lets in listed pages and its own demo page, and refuses every other', async () => {
    const own = new URL(room.url).origin;
    for (const origin of [SHOP, own, 'https://hub.example.com']) {
      const { status, headers } = await post('/session', '', { origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    }
    for (const origin of [
      'https://evil.example.com',
      'null',
      `${SHOP}.evil.example.com`,
      'nonsense',
    ]) {
      const { status, headers } = await post('/session', '', { origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
  });

  test('answers a preflight', async () => {
    const response = await fetch(`${room.url}/messages`, {
      method: 'OPTIONS',
      headers: { origin: SHOP },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('last-event-id');
  });

  test('lets in nobody without a genuine token that has not expired', async () => {
    const visitor = await visit();
    const [id = '', expires = '', signature = ''] = visitor.token.split('.');
    const forged = [
      '',
      'nonsense',
      `${id}.${expires}`,
      `${id}.${Number(expires) + 1}.${signature}`,
      `${id.slice(0, -1)}${id.endsWith('a') ? 'b' : 'a'}.${expires}.${signature}`,
    ];
    for (const token of forged) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await post('/messages', '{}', headers)).status).toBe(401);
      expect((await post('/read', '{}', headers)).status).toBe(401);
      expect((await fetch(`${room.url}/stream`, { headers })).status).toBe(401);
    }
    room.clock.at += 181 * 86_400_000;
    expect((await visitor.say('Hello')).status).toBe(401);
  });

  test.each([
    ['no JSON', 'Hello', 400],
    ['an empty body', '', 400],
    ['JSON nested ten thousand deep', '['.repeat(10_000), 400],
    ['no id', '{"text":"Hello"}', 400],
    [
      'an id of version 4',
      '{"clientMessageId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","text":"x"}',
      400,
    ],
    ['an empty text', `{"clientMessageId":"${uuid7(0)}","text":"  "}`, 400],
    [
      'a text of 20,000 characters',
      `{"clientMessageId":"${uuid7(0)}","text":"${'x'.repeat(20_000)}"}`,
      400,
    ],
    ['a body of 100 kB', 'x'.repeat(100_000), 413],
  ])('refuses %s with a problem that names it', async (_name, body, status) => {
    const visitor = await visit();
    const answer = await post('/messages', body, { authorization: `Bearer ${visitor.token}` });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = JSON.parse(answer.text) as { status: number; detail: string };
    expect(problem.status).toBe(status);
    expect(problem.detail).toMatch(/\w/);
    expect(room.core.stored.size).toBe(0);
  });

  test('takes the body for JSON whatever its content type says', async () => {
    const visitor = await visit();
    const body = JSON.stringify({ clientMessageId: uuid7(room.clock.at), text: 'Hello' });
    const headers = {
      authorization: `Bearer ${visitor.token}`,
      'content-type': 'multipart/form-data',
    };
    expect((await post('/messages', body, headers)).status).toBe(201);
  });

  test('survives a body that is cut in half', async () => {
    const visitor = await visit();
    const { port, pathname } = new URL(room.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST ${pathname}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${visitor.token}\r\nContent-Length: 50\r\n\r\n{"text`,
          () => socket.destroy(),
        );
      });
      socket.once('close', () => resolve());
    });
    expect((await visitor.say('Still here')).status).toBe(201);
    expect(room.core.stored.size).toBe(1);
  });

  test('names the method and the route that are wrong', async () => {
    expect((await fetch(`${room.url}/messages`)).status).toBe(405);
    expect((await fetch(`${room.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${room.url}/__proto__`)).status).toBe(404);
  });

  test('limits what one visitor says, and says when to go on', async () => {
    room.settings['messagesPerMinute'] = 20;
    const visitor = await visit();
    const statuses: number[] = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await visitor.say(`line ${i}`)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429]);
    room.clock.at += 3_000;
    expect((await visitor.say('Later')).status).toBe(201);
  });

  test('limits new visitors of one network, as the hub knows it', async () => {
    const from = async (network: string) => {
      room.from.network = network;
      return (await post('/session', '', { 'x-forwarded-for': '6.6.6.6' })).status;
    };
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push(await from('203.0.113.7'));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await from('203.0.113.8')).toBe(200);
  });

  test('keeps its key out of everything it says and logs', async () => {
    const visitor = await visit();
    room.core.fail(new Error('no'));
    const said = await visitor.say('Hello');
    expect(JSON.stringify([said, room.logged, visitor.token])).not.toContain(CANARY);
    expect(room.logged.join()).not.toContain('Hello');
  });
});

describe('what a browser gets', () => {
  test('is a widget of at most 10 kB that writes text only', async () => {
    const response = await fetch(`${room.url}/widget.js`);
    const source = await response.text();
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(Buffer.byteLength(source)).toBeLessThanOrEqual(10_000);
    expect(source).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function/,
    );
  });

  test('is a demo page under a strict policy', async () => {
    const response = await fetch(`${room.url}/demo`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('<script src="widget.js"');
  });
});
