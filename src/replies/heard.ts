/**
 * Called by: receipts and echo.
 * Given: news of a part that did not come as the answer to its own send.
 * Leaves behind: the part, its delivery and the ticket's timeline brought up to it. A send that is
 * still going on keeps its claim.
 */
import { tell } from './settle.js';
import { deliveryState, workLeft, Work as Worked, type PartState } from '../model/delivery.js';
import type { Failure } from '../model/outcome.js';
import { deliveryById, noteDelivery, type DeliveryRow } from '../store/deliveries.js';
import { partsOf, setPart, type PartRow } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

export interface News {
  readonly state: PartState;
  /** The platform's id of the message, where the news names it first. */
  readonly externalId: string | null;
  readonly why: string | null;
  readonly failure: Failure | null;
}

export function* heard(part: PartRow, news: News, now: number): Work<void> {
  yield* setPart(part.id, news.state, part.external_id ?? news.externalId, news.why);
  const delivery = yield* deliveryById(part.delivery_id);
  if (delivery === undefined) return;
  const parts = (yield* partsOf(delivery.id)).map(({ state }) => state as PartState);
  const state = deliveryState(parts);
  const work = workAfter(delivery, parts);
  yield* noteDelivery(
    delivery.id,
    { state, work, failure: failureAfter(delivery, state, news) },
    now,
  );
  if (state !== delivery.state) yield* tell(delivery, state, news.why, now);
}

/** What ended by a final failure, or waits for a person, goes on only when nothing is uncertain any more. */
function workAfter(delivery: DeliveryRow, parts: readonly PartState[]): number {
  if (delivery.work !== Worked.none) return workLeft(parts);
  const answered = delivery.state === 'uncertain' && !parts.includes('uncertain');
  return answered ? workLeft(parts) : Worked.none;
}

function failureAfter(delivery: DeliveryRow, state: string, news: News): string | null {
  if (news.failure !== null) return JSON.stringify(news.failure);
  return state === 'failed' ? delivery.failure : null;
}
