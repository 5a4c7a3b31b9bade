/**
 * Called by: connections/service, when a connection is removed; retry, for what is left of one.
 * Given: the connection whose queue nobody will send any more, or one delivery of it.
 * Leaves behind: deliveries that say so, instead of replies that are queued for ever.
 */
import { CONNECTION_REMOVED, tell } from './settle.js';
import { Work as Worked } from '../model/delivery.js';
import { queuedDeliveries, setDelivery, type DeliveryRow } from '../store/deliveries.js';
import { failQueuedParts } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

export function* abandonQueue(connection: string, now: number): Work<void> {
  for (const row of yield* queuedDeliveries(connection, now)) yield* abandon(row, now);
}

/** What has failed before stays failed, and says from now on that it cannot be sent again. */
export function* abandon(row: DeliveryRow, now: number): Work<void> {
  const { id, attempts, state } = row;
  const why = CONNECTION_REMOVED;
  const failure = JSON.stringify({ kind: 'misconfigured', setting: 'connection', why });
  yield* failQueuedParts(id, why);
  yield* setDelivery(id, { state: 'failed', work: Worked.none, dueAt: now, attempts, failure });
  if (state !== 'failed') yield* tell(row, 'failed', why, now);
}
