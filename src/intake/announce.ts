/**
 * Called by: the `announce` stage, after anything that recorded events; one announcer a database.
 * Given: committed events without a number.
 * Leaves behind: numbers without gaps, in an order no reader can see overtaken; readers are poked.
 */
import type { Store } from '../store/store.js';
import { numberEvents } from '../store/tickets.js';
import type { Work } from '../store/work.js';
import { stillHolds } from '../store/leases.js';

const BATCH = 1_000;

export interface AnnounceDependencies {
  readonly store: Store;
  /** Fence of the announcer's lease; null: another process announces. */
  readonly lease: () => Promise<number | null>;
  /** Readers of this process may look for new numbers. */
  readonly announced: () => void;
}

export async function announce({ store, lease, announced }: AnnounceDependencies): Promise<void> {
  // The one writer of an embedded database has numbered them as it recorded them.
  if (store.dialect === 'sqlite') return announced();
  for (;;) {
    const fence = await lease();
    if (fence === null) return;
    const numbered = await store.write(() => numberUnder(fence));
    if (numbered > 0) announced();
    if (numbered < BATCH) return;
  }
}

function* numberUnder(fence: number): Work<number> {
  return (yield* stillHolds('announcing', fence)) ? yield* numberEvents(BATCH) : 0;
}
