/**
 * Called by: connections/service, when a connection is removed.
 * Given: the connection whose queue nobody will send any more.
 * Leaves behind: deliveries that say so, instead of replies that are queued for ever.
 */
import { tell } from './settle.js';
import { Work as Worked } from '../model/delivery.js';
import { queuedDeliveries, setDelivery } from '../store/deliveries.js';
import { failQueuedParts } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

const WHY = 'the connection was removed before this could be sent';

export function* abandonQueue(connection: string, now: number): Work<void> {
  const failure = JSON.stringify({ kind: 'misconfigured', setting: 'connection', why: WHY });
  for (const row of yield* queuedDeliveries(connection, now)) {
    const { id, attempts } = row;
    const ended = { state: 'failed', work: Worked.none, dueAt: now, attempts, failure };
    yield* failQueuedParts(id, WHY);
    yield* setDelivery(id, ended);
    yield* tell(row, 'failed', WHY, now);
  }
}
