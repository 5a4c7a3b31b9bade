import { abandon } from './abandon.js';
import { resolveDelivery } from './settle.js';
import { Work as Worked } from '../model/delivery.js';
import { isRemoved } from '../store/connections.js';
import { deliveryById, setDelivery, type DeliveryRow } from '../store/deliveries.js';
import { partsOf } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

/**
 * `settled`: it left already · `uncertain`: it may have arrived, and a person has to know that ·
 * `removed`: its connection is gone, so it stays failed, or uncertain, for good.
 */
export type Retried = 'retried' | 'unknown' | 'settled' | 'uncertain' | 'removed';

export interface Retry {
  readonly who: string;
  /** Said by a person who has looked: also what nobody knows the fate of. */
  readonly evenIfItMayArriveTwice?: boolean | undefined;
}

/** Sends a failed delivery again, or a waiting one now. */
export function* retryDelivery(id: number, retry: Retry, now: number): Work<Retried> {
  const row = yield* deliveryById(id);
  if (row === undefined) return 'unknown';
  if (isOpen(row, now) && (yield* isRemoved(row.connection_id))) return yield* giveUp(row, now);
  if (row.state === 'uncertain' || row.state === 'failed') return yield* sendAgain(id, retry, now);
  if (row.work !== Worked.send) return 'settled';
  // One that is being sent right now keeps its lease: its own outcome decides what follows.
  if (row.lease_until <= now) yield* setDelivery(id, { ...row, dueAt: now });
  return 'retried';
}

/** Something could still be done about it, and nobody is doing it right now. */
const isOpen = ({ state, work, lease_until }: DeliveryRow, now: number): boolean =>
  state === 'uncertain' || state === 'failed' || (work === Worked.send && lease_until <= now);

/** What may have arrived is not called failed: a person says what became of it. */
function* giveUp(row: DeliveryRow, now: number): Work<Retried> {
  if (row.state !== 'uncertain') yield* abandon(row, now);
  return 'removed';
}

/** A part may be uncertain although its delivery shows a worse one, which failed. */
function* sendAgain(
  id: number,
  { who, evenIfItMayArriveTwice = false }: Retry,
  now: number,
): Work<Retried> {
  const uncertain = (yield* partsOf(id)).some(({ state }) => state === 'uncertain');
  if (uncertain && !evenIfItMayArriveTwice) return 'uncertain';
  yield* resolveDelivery(id, 'resend', who, now);
  return 'retried';
}
