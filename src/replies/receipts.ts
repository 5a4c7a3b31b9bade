/**
 * Called by: intake/file, for every receipt draft.
 * Given: what a platform says became of a message of ours.
 * Leaves behind: the part, its delivery and the ticket's timeline brought up to it; false when no send matches yet.
 */
import { tell } from './settle.js';
import { afterReceipt, deliveryState, Work as Worked, type PartState } from '../model/delivery.js';
import type { Draft, DraftReceipt } from '../model/draft.js';
import { conversationByKey } from '../store/conversations.js';
import {
  deliveryById,
  partByExternalId,
  partByKey,
  partsOf,
  sentParts,
  setDelivery,
  setPart,
  type PartRow,
} from '../store/deliveries.js';
import { markRefusal } from '../store/persons.js';
import type { Work } from '../store/work.js';

export function* fileReceipt(draft: Draft, now: number): Work<boolean> {
  const { receipt } = draft;
  if (receipt === null) return true;
  const parts = yield* partsMeant(draft, receipt);
  for (const part of parts) yield* applyReceipt(part, receipt, now);
  if (parts.length > 0 && draft.fields['recipientGone'] === 'yes') yield* markGone(draft, parts);
  return parts.length > 0;
}

/**
 * By external id, then by our own key (`fields.partKey`, where the platform gives it back), never a
 * part of another connection; a watermark means everything sent up to it.
 */
function* partsMeant(draft: Draft, receipt: DraftReceipt): Work<readonly PartRow[]> {
  if (draft.about !== null) {
    const part =
      (yield* partByExternalId(draft.connection, draft.about)) ??
      (yield* partByKey(draft.fields['partKey'] ?? draft.about));
    return part?.connection_id === draft.connection ? [part] : [];
  }
  const upTo = receipt.upTo === null ? NaN : watermark(receipt.upTo);
  if (Number.isNaN(upTo)) return [];
  const conversation = yield* conversationByKey(draft.connection, draft.conversation);
  return conversation === undefined ? [] : yield* sentParts(conversation.id, upTo);
}

function watermark(upTo: string): number {
  return /^\d+$/.test(upTo) ? Number(upTo) : Date.parse(upTo);
}

function* applyReceipt(part: PartRow, receipt: DraftReceipt, now: number): Work<void> {
  const state = afterReceipt(part.state as PartState, receipt.status);
  if (state === part.state) return;
  yield* setPart(part.id, state, null, receipt.status === 'failed' ? receipt.code : null);
  const delivery = yield* deliveryById(part.delivery_id);
  if (delivery === undefined) return;
  const parts = (yield* partsOf(delivery.id)).map((one) => one.state as PartState);
  const settled = parts.every(
    (one) => one !== 'queued' && one !== 'sending' && one !== 'uncertain',
  );
  const worst = deliveryState(parts);
  const failure =
    state === 'failed'
      ? {
          kind: 'refused',
          cause: 'content',
          why: `the platform reported: ${receipt.code ?? 'failed'}`,
        }
      : null;
  yield* setDelivery(delivery.id, {
    state: worst,
    work: settled ? Worked.none : delivery.work,
    dueAt: delivery.due_at,
    attempts: delivery.attempts,
    failure:
      failure === null ? (worst === 'failed' ? delivery.failure : null) : JSON.stringify(failure),
  });
  if (worst !== delivery.state)
    yield* tell(delivery, worst, receipt.status === 'failed' ? receipt.code : null, now);
}

function* markGone(draft: Draft, parts: readonly PartRow[]): Work<void> {
  const delivery = parts[0] === undefined ? undefined : yield* deliveryById(parts[0].delivery_id);
  if (delivery !== undefined) yield* markRefusal(1, delivery.recipient, 'recipientGone');
  void draft;
}
