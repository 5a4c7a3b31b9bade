import { resolveDelivery } from './settle.js';
import { Work as Worked } from '../model/delivery.js';
import { deliveryById, setDelivery } from '../store/deliveries.js';
import type { Work } from '../store/work.js';

/** `settled`: it left already · `uncertain`: a person has to say what became of it first. */
export type Retried = 'retried' | 'unknown' | 'settled' | 'uncertain';

/** Sends a failed delivery again, or a waiting one now. */
export function* retryDelivery(id: number, who: string, now: number): Work<Retried> {
  const row = yield* deliveryById(id);
  if (row === undefined) return 'unknown';
  if (row.state === 'uncertain') return 'uncertain';
  if (row.state === 'failed') {
    yield* resolveDelivery(id, 'resend', who, now);
    return 'retried';
  }
  if (row.work !== Worked.send) return 'settled';
  // One that is being sent right now keeps its lease: its own outcome decides what follows.
  if (row.lease_until <= now) yield* setDelivery(id, { ...row, dueAt: now });
  return 'retried';
}
