import { ACCESS, mayCall, SCOPES, type RouteId } from '../../src/api/access.js';
import { methodAndPath } from '../../src/api/route.js';
import { startTestHub, type TestHub } from '../hub.js';
import { as, tokenFor } from './platform.js';

let hub: TestHub;
const tokens = new Map<string, string>();
beforeAll(async () => {
  hub = await startTestHub();
  for (const scope of SCOPES) tokens.set(scope, await tokenFor(hub, scope));
});
afterAll(() => hub.end());

const ROUTES = Object.keys(ACCESS) as RouteId[];
const GUARDED = ROUTES.filter((route) => ACCESS[route] !== 'open');

/** Asks with a path that names nothing, so that whoever is let in changes nothing. */
async function ask(route: RouteId, headers: Record<string, string>): Promise<Response> {
  const { method, path } = methodAndPath(route);
  const answer = await fetch(hub.url + path.replaceAll(/\{\w+\}/g, '99999999'), {
    method,
    redirect: 'manual',
    headers,
  });
  await answer.body?.cancel();
  return answer;
}

describe.each(GUARDED)('%s', (route) => {
  test('is closed without a token', async () => {
    expect((await ask(route, {})).status).toBe(401);
  });

  test.each(SCOPES)('as %s', async (scope) => {
    const { status } = await ask(route, as(tokens.get(scope) ?? ''));
    if (mayCall(route, [scope])) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });
});

test('every route of the table is served', async () => {
  for (const route of ROUTES) {
    const { status } = await ask(route, as(tokens.get('admin') ?? ''));
    expect([route, status]).not.toEqual([route, 405]);
    expect([route, status]).not.toEqual([route, 500]);
  }
});

test('what is open tells of nobody', async () => {
  const open = ROUTES.filter((route) => ACCESS[route] === 'open');
  expect(open.filter((route) => route.includes('/api/v1/'))).toEqual([]);
});

test('a viewer reads and an agent does not administer', () => {
  const of = (scope: 'viewer' | 'agent'): readonly string[] =>
    GUARDED.filter((route) => mayCall(route, [scope]));
  expect(of('viewer').filter((route) => !route.startsWith('GET '))).toEqual([]);
  expect(of('agent').filter((route) => route.includes('/tokens'))).toEqual([]);
  expect(of('agent')).not.toContain('POST /api/v1/connections');
});

describe('tokens', () => {
  test('are shown once, listed without their value, and refused at once when revoked', async () => {
    const made = await hub.api('POST', '/tokens', { name: 'till', scopes: ['viewer'] });
    const { id, token } = made.body as { id: number; token: string };
    expect(token).toMatch(/^hub_[\w-]{43}$/);
    expect((await fetch(`${hub.url}/api/v1/tickets`, { headers: as(token) })).status).toBe(200);
    const listed = await hub.api('GET', '/tokens');
    expect(JSON.stringify(listed.body)).not.toContain(token);
    expect((await hub.api('DELETE', `/tokens/${id}`)).status).toBe(204);
    expect((await fetch(`${hub.url}/api/v1/tickets`, { headers: as(token) })).status).toBe(401);
    expect((await hub.api('DELETE', `/tokens/${id}`)).status).toBe(404);
  });

  test('of admins: the last one cannot be revoked', async () => {
    const { items } = (await hub.api('GET', '/tokens')).body as {
      items: { id: number; scopes: string[]; revokedAt: string | null }[];
    };
    const admins = items.filter(({ scopes }) => scopes.includes('admin'));
    const [first, ...others] = admins;
    for (const { id } of others) {
      expect((await hub.api('DELETE', `/tokens/${id}`)).status).toBe(204);
    }
    const last = await hub.api('DELETE', `/tokens/${first?.id ?? 0}`);
    expect([last.status, last.body]).toMatchObject([409, { code: 'HUB_106' }]);
  });

  test('that are guessed are told to wait, and a good one still passes', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 25; i += 1) {
      const { status, headers } = await ask('GET /api/v1/tickets', as(`hub_guess_${i}`));
      statuses.add(status);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect([...statuses]).toContain(429);
    expect((await hub.api('GET', '/tickets')).status).toBe(200);
  });
});
