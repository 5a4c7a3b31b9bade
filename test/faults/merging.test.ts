import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Ticket } from '../../src/model/ticket.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { openBench, type Bench, type Serving } from '../cli/hubbub.js';
import { faultsOf, NO_FAULTS } from '../histories/whole.js';
import { ADMIN_TOKEN, until } from '../hub.js';

// The real program is run several times; a busy machine may take its time.
jest.setTimeout(120_000);

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.end());

async function call<T>({ url }: Serving, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

const roots = async (hub: Serving): Promise<readonly Ticket[]> =>
  (await call<{ items: readonly Ticket[] }>(hub, '/tickets?limit=200')).items;

/** A file of drafts, one on each of these conversations. */
function draftsOf(name: string, conversations: number): string {
  const lines = Array.from({ length: conversations }, (_, n) =>
    JSON.stringify({
      ...{ id: `${name}-${n}`, conversation: `thread-${n}`, kind: 'message' },
      ...{ sender: { handle: `customer-${n}` }, text: `${name} word on matter ${n} of its own` },
      sentAt: new Date().toISOString(),
    }),
  );
  const file = bench.path(`${name}.jsonl`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

test('agents merge in both directions while commands import: trees stay trees, and every state the fold of its events', async () => {
  const hub = await bench.start({ env: { HUBBUB_BOOTSTRAP_TOKEN: ADMIN_TOKEN } });
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  await call(hub, '/connections', {
    connector: 'webhook',
    name: 'shop',
    settings: {},
    credentials: { secret },
  });
  const imported = (name: string) =>
    bench.launch(['import', draftsOf(name, 8), '--connection', 'shop']).ended;
  expect(await imported('first')).toMatchObject({ code: 0 });
  const numbers = await until('eight tickets', async () => {
    const all = (await roots(hub)).map(({ number }) => number).sort((a, b) => a - b);
    return all.length === 8 ? all : null;
  });

  const working = ['second', 'third'].map(imported);
  for (const [i, one] of numbers.entries()) {
    const other = numbers[(i + 3) % numbers.length] ?? 0;
    await Promise.all([
      call(hub, `/tickets/${one}/merge`, { into: other }),
      call(hub, `/tickets/${other}/merge`, { into: one }),
      call(hub, `/tickets/${Math.max(one, other)}/unmerge`, {}),
    ]);
  }
  for (const ended of await Promise.all(working)) expect(ended).toMatchObject({ code: 0 });
  await until('every word', async () => {
    const told = (await roots(hub)).reduce((sum, { counts }) => sum + counts.in, 0);
    return told === 24;
  });
  await hub.stop();

  const store = openSqlite(join(bench.data, 'hubbub.db'));
  try {
    expect(await faultsOf(store)).toEqual(NO_FAULTS);
  } finally {
    await store.close();
  }
});
