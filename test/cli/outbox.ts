import { join } from 'node:path';
import { openSqlite } from '../../src/store/sqlite.js';
import { run } from '../../src/store/work.js';
import { connect, openPlatform, tell } from '../api/platform.js';
import { startTestHub } from '../hub.js';
import type { Bench } from './hubbub.js';

/** One statement on the data of a stopped hub. */
export async function onData(
  bench: Bench,
  sql: string,
  ...values: readonly (string | number)[]
): Promise<void> {
  const store = openSqlite(join(bench.data, 'hubbub.db'));
  try {
    await store.write(() => run(sql, ...values));
  } finally {
    await store.close();
  }
}

/**
 * An installation whose hub has stopped, with one answer of the connection `shop` in each of the
 * given states; their ids, in that order.
 */
export async function stoppedWith(
  bench: Bench,
  states: readonly string[],
): Promise<readonly number[]> {
  const hub = await startTestHub({ dataDir: bench.data });
  const platform = await openPlatform();
  platform.answer(503);
  const shop = await connect(hub, platform);
  const ids: number[] = [];
  for (const state of states) {
    const { number } = await tell(hub, shop, `${state}-${ids.length}`);
    const answer = await hub.api('POST', `/tickets/${number}/replies`, { text: 'A new one.' });
    const { deliveries } = answer.body as { deliveries: readonly { id: number }[] };
    ids.push(deliveries[0]?.id ?? 0);
  }
  await hub.end();
  await platform.close();
  for (const [i, id] of ids.entries()) await put(bench, id, states[i] ?? '');
  return ids;
}

async function put(bench: Bench, id: number, state: string): Promise<void> {
  const { work, failure } = STATES[state] ?? { work: 1, failure: null };
  const delivery = 'UPDATE deliveries SET state = ?, work = ?, failure = ? WHERE id = ?';
  await onData(bench, delivery, state, work, JSON.stringify(failure), id);
  await onData(bench, 'UPDATE delivery_parts SET state = ? WHERE delivery_id = ?', state, id);
}

interface Put {
  readonly work: number;
  readonly failure: { readonly kind: string; readonly why: string } | null;
}

const STATES: Readonly<Record<string, Put>> = {
  queued: { work: 0, failure: { kind: 'transient', why: 'the platform is tired' } },
  failed: { work: 1, failure: { kind: 'windowClosed', why: 'the window is closed' } },
  uncertain: { work: 1, failure: { kind: 'uncertain', why: 'no answer came' } },
};
