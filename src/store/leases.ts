import type { Clock } from '../model/time.js';
import type { Store } from './store.js';
import { get, run, type Work } from './work.js';

/**
 * Takes or renews a lease; null while somebody else holds it. The fence rises whenever the holder
 * changes, so that a holder that slept past its lease can be told from the present one.
 */
export function* takeLease(
  name: string,
  holder: string,
  now: number,
  until: number,
): Work<number | null> {
  yield* run(
    `INSERT INTO leases (name, holder, fence, until) VALUES (?, ?, 1, ?) ON CONFLICT (name) DO UPDATE
     SET fence = leases.fence + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END,
         holder = excluded.holder, until = excluded.until
     WHERE leases.holder = excluded.holder OR leases.until <= ?`,
    name,
    holder,
    until,
    now,
  );
  const row = yield* get<{ holder: string; fence: number }>(
    'SELECT holder, fence FROM leases WHERE name = ?',
    name,
  );
  return row?.holder === holder ? row.fence : null;
}

/** Inside the holder's own transaction: false when the lease has gone to somebody else. */
export function* stillHolds(name: string, fence: number): Work<boolean> {
  return (
    (yield* run('UPDATE leases SET fence = fence WHERE name = ? AND fence = ?', name, fence)) === 1
  );
}

/**
 * Inside a transaction of somebody who is not the holder: what the holder is committing is waited for, and it
 * begins nothing new until this commits. With one writer there is nothing to wait for.
 */
export function* besideHolder(name: string): Work<void> {
  yield* run(
    "INSERT INTO leases (name, holder, fence, until) VALUES (?, '', 0, 0) ON CONFLICT (name) DO NOTHING",
    name,
  );
  yield* get('SELECT fence FROM leases WHERE name = ? {lock}', name);
}

export function* giveBackLease(name: string, holder: string): Work<void> {
  yield* run('UPDATE leases SET until = 0 WHERE name = ? AND holder = ?', name, holder);
}

const LEASE_MS = 15_000;
const RENEW_BEFORE_MS = 10_000;

/** Takes a lease when it is asked for and keeps it while it is used; null: another process holds it. */
export function holdLease(
  store: Store,
  name: string,
  holder: string,
  clock: Clock,
): () => Promise<number | null> {
  let held: { readonly fence: number; readonly until: number } | null = null;
  return async () => {
    const now = clock.now();
    if (held !== null && held.until - now > RENEW_BEFORE_MS) return held.fence;
    const until = now + LEASE_MS;
    const fence = await store.write(() => takeLease(name, holder, now, until));
    held = fence === null ? null : { fence, until };
    return fence;
  };
}
