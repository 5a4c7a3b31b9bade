import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { PROBLEMS } from '../../src/model/problems.js';
import { ADMIN_TOKEN } from '../hub.js';
import { as, openStage } from './platform.js';

const { hub, platform, shop, end } = await openStage();
afterAll(end);

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly problems?: readonly { readonly field: string }[];
}

async function send(
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Problem> {
  const answer = await fetch(`${hub.url}/api/v1${path}`, {
    method: 'POST',
    headers: { ...as(ADMIN_TOKEN), ...headers },
    body,
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return (await answer.json()) as Problem;
}

test('a body that is no JSON, and one that is nothing, are 400', async () => {
  expect(await send('/tickets', '{"connection":')).toMatchObject({ status: 400, code: 'HUB_101' });
  expect(await send('/tickets', '')).toMatchObject({ status: 400, code: 'HUB_101' });
});

test('a wrong content type is 415, whatever the body looks like', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
    const problem = await send('/tickets', '{}', { 'content-type': type });
    expect(problem).toMatchObject({ status: 415, code: 'HUB_107' });
  }
});

test('JSON ten thousand deep and a body over the limit are refused', async () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  expect(await send('/tickets', deep)).toMatchObject({ status: 400, code: 'HUB_101' });
  const large = `{"text":"${'x'.repeat(1_100_000)}"}`;
  expect(await send('/tickets', large)).toMatchObject({ status: 413, code: 'HUB_203' });
});

test('a compressed body is refused, since it may be a bomb', async () => {
  const problem = await send('/tickets', new Uint8Array([31, 139, 8, 0]), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  });
  expect(problem).toMatchObject({ status: 415, code: 'HUB_206' });
});

test('a body that is cut in half changes nothing', async () => {
  const socket = createConnection(Number(new URL(hub.url).port), '127.0.0.1');
  socket.end(
    `POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name":"half","sco',
  );
  await new Promise((resolve) => socket.once('close', resolve).resume());
  expect(JSON.stringify((await hub.api('GET', '/tokens')).body)).not.toContain('half');
  expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
});

test('every mistake is named with its field', async () => {
  const problem = await send('/tickets', JSON.stringify({ handle: '', text: 5, extra: true }));
  expect(problem.status).toBe(400);
  expect(problem.problems?.map(({ field }) => field)).toEqual(
    expect.arrayContaining(['connection', 'handle', 'text']),
  );
  expect(problem.detail).toContain('the body');
});

test('a wrong query is 400 and names the parameter', async () => {
  for (const [query, field] of [
    ['status=nonsense', 'status'],
    ['limit=0', 'limit'],
    ['limit=1000', 'limit'],
    ['cursor=nonsense', 'cursor'],
    ['since=yesterday', 'since'],
    ['priority=vital', 'priority'],
    ['stauts=solved', 'stauts'],
  ] as const) {
    const { status, body } = await hub.api('GET', `/tickets?${query}`);
    expect([query, status, JSON.stringify(body)]).toEqual([
      query,
      400,
      expect.stringContaining(field),
    ]);
  }
});

test('an unknown path is 404, a wrong method 405 with those that are there', async () => {
  expect((await hub.api('GET', '/nothing')).body).toMatchObject({ status: 404 });
  const wrong = await hub.api('DELETE', '/tickets');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'HEAD, GET, POST']);
  expect((await fetch(`${hub.url}/api/v1/persons/%E0%A4%A`)).status).toBe(400);
});

test('every answer carries the security headers', async () => {
  for (const path of ['/healthz', '/api/v1/tickets', '/nothing', '/api/openapi.json']) {
    const { headers } = await fetch(hub.url + path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

test('health, readiness and figures need no token', async () => {
  expect(await (await fetch(`${hub.url}/healthz`)).json()).toMatchObject({ status: 'ok' });
  const ready = await fetch(`${hub.url}/readyz`);
  expect([ready.status, await ready.json()]).toMatchObject([
    200,
    {
      ...{ ready: true, notReady: [], degraded: [], database: { ok: true }, queue: { ok: true } },
      connections: { active: 1, open: 1 },
    },
  ]);
  const figures = await (await fetch(`${hub.url}/metrics`)).text();
  expect(figures).toContain('process_cpu_seconds_total');
  expect(figures).toContain('hubbub_connections{status="active"} 1');
});

test('every metric of ours stands in docs/operations.md, and nothing else does', async () => {
  const figures = await (await fetch(`${hub.url}/metrics`)).text();
  const shown = [...figures.matchAll(/^# HELP (hubbub_\w+)/gm)].map(([, name]) => name);
  const guide = readFileSync('docs/operations.md', 'utf8');
  const told = [...guide.matchAll(/^\| `(hubbub_\w+)`/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(shown.sort());
});

describe('connections', () => {
  test('show that a secret is stored and never what it is', async () => {
    const { body } = await hub.api('GET', `/connections/${shop}`);
    expect(body).toMatchObject({
      id: shop,
      connector: 'webhook',
      status: 'active',
      hookUrl: `${hub.url}/hooks/${shop}`,
      credentials: ['secret'],
    });
    const all = JSON.stringify((await hub.api('GET', '/connections')).body);
    expect(all).not.toContain('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  });

  test('show the secret path of a hook to admins only', async () => {
    const made = await hub.api('POST', '/connections', {
      connector: 'webhook',
      name: 'By path',
      settings: { signature: 'path-secret', allowFrom: ['127.0.0.0/8'] },
      credentials: { pathSecret: 'abcdefghijklmnop1234' },
    });
    const { id, hookUrl } = made.body as { id: string; hookUrl: string };
    expect(hookUrl).toMatch(/\/abcdefghijklmnop1234$/);
    const viewer = (await hub.api('POST', '/tokens', { name: 'v', scopes: ['viewer'] })).body;
    const seen = await hub.api(
      'GET',
      `/connections/${id}`,
      undefined,
      as((viewer as { token: string }).token),
    );
    expect(JSON.stringify(seen.body)).not.toContain('abcdefghijklmnop1234');
  });

  test('pause, resume, change a name, and keep the secret that was not given', async () => {
    const paused = await hub.api('PATCH', `/connections/${shop}`, { status: 'paused' });
    expect(paused.body).toMatchObject({ status: 'paused' });
    const back = await hub.api('PATCH', `/connections/${shop}`, {
      status: 'active',
      name: 'Shop 2',
      settings: { sendMethod: 'PUT' },
    });
    expect(back.body).toMatchObject({
      status: 'active',
      name: 'Shop 2',
      settings: { sendMethod: 'PUT', sendUrl: `${platform.url}/send` },
      credentials: ['secret'],
    });
  });

  test('name every mistake of a form, and the connectors there are', async () => {
    const form = await hub.api('POST', '/connections', {
      connector: 'webhook',
      name: 'Bad',
      settings: { sendUrl: 'ftp://x' },
    });
    expect([form.status, form.body]).toMatchObject([
      422,
      { code: 'HUB_302', problems: [{ field: 'settings.sendUrl' }] },
    ]);
    const unknown = await hub.api('POST', '/connections', { connector: 'pigeon', name: 'x' });
    expect([unknown.status, JSON.stringify(unknown.body)]).toEqual([
      400,
      expect.stringContaining('webhook'),
    ]);
  });

  test('say at once that an address in the own network is not called, made new or changed', async () => {
    const settings = { sendUrl: 'http://10.1.2.3/answers' };
    const added = { connector: 'webhook', name: 'Inside', settings };
    for (const refused of [
      await hub.api('POST', '/connections', added),
      await hub.api('PATCH', `/connections/${shop}`, { settings }),
    ]) {
      expect(refused).toMatchObject({
        status: 422,
        body: {
          code: 'HUB_302',
          detail: expect.stringMatching(/sendUrl: 10\.1\.2\.3 .*network\.allowPrivate/) as string,
        },
      });
    }
  });

  test('are tried for real', async () => {
    const { status, body } = await hub.api('POST', `/connections/${shop}/check`);
    expect([status, body]).toMatchObject([200, { findings: expect.any(Array) as object }]);
  });

  test('are gone when removed, and their id is not found again', async () => {
    const made = await hub.api('POST', '/connections', { connector: 'webhook', name: 'Short' });
    const { id } = made.body as { id: string };
    expect((await hub.api('DELETE', `/connections/${id}`)).status).toBe(204);
    expect((await hub.api('GET', `/connections/${id}`)).status).toBe(404);
    expect((await hub.api('DELETE', `/connections/${id}`)).status).toBe(404);
  });

  test('offer the forms of every connector, secrets marked, in both languages', async () => {
    const { items } = (await hub.api('GET', '/connectors')).body as {
      items: { name: string; credentials: { properties: Record<string, object> } }[];
    };
    const webhook = items.find(({ name }) => name === 'webhook');
    expect(webhook?.credentials.properties['secret']).toMatchObject({
      secret: true,
      label: { en: 'Secret', zh: '密钥' },
    });
  });
});

test('every code of the catalogue is its own', () => {
  const codes = Object.values(PROBLEMS).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});
