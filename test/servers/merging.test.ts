import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openPostgres } from '../../src/store/postgres.js';
import type { Store } from '../../src/store/store.js';
import { get } from '../../src/store/work.js';
import { createMigratedDatabase, type TestServers } from '../database.js';
import { openTickets } from '../histories/tickets.js';
import { faultsOf, NO_FAULTS } from '../histories/whole.js';

let servers: TestServers;
let store: Store;
beforeAll(async () => {
  servers = await createMigratedDatabase();
  store = openPostgres(servers.url);
});
afterAll(async () => {
  await store.close();
  await servers.drop();
});

/** Runs to its end; what it complained of. */
function runProcess(...args: readonly string[]): Promise<string> {
  const file = join(import.meta.dirname, 'merging-process.js');
  const child = spawn(process.execPath, [file, servers.url, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(code === 0 ? '' : `ended with ${String(code)}: ${said}`));
  });
}

test('two processes that merge, take out and speak at random leave trees whose states are the folds of their events', async () => {
  const tickets = await store.write(() => openTickets(12));
  const persons = await store.read(function* () {
    const row = yield* get<{ ids: string }>(
      "SELECT string_agg(id::text, ',' ORDER BY id) AS ids FROM persons",
    );
    return row?.ids ?? '';
  });
  const ended = await Promise.all(
    ['1', '2'].map((seed) => runProcess(seed, tickets.join(','), persons)),
  );
  expect(ended).toEqual(['', '']);
  expect(await faultsOf(store)).toEqual(NO_FAULTS);
  // The test shows something only when both came to merge.
  const authors = await store.read(() =>
    get<{ n: number }>("SELECT COUNT(DISTINCT author) AS n FROM links WHERE decision = 'same'"),
  );
  expect(Number(authors?.n)).toBe(2);
}, 120_000);
