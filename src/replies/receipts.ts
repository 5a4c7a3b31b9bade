/**
 * Called by: intake/file, for every receipt draft.
 * Given: what a platform says became of a message of ours.
 * Leaves behind: the part, its delivery and the ticket's timeline brought up to it; false when no send matches yet.
 */
import { heard } from './heard.js';
import { afterReceipt, type PartState } from '../model/delivery.js';
import type { Draft, DraftReceipt } from '../model/draft.js';
import { conversationById, conversationByKey } from '../store/conversations.js';
import { deliveryById } from '../store/deliveries.js';
import { partByExternalId, partByKey, sentParts, type PartRow } from '../store/delivery-parts.js';
import { markRefusal } from '../store/refusals.js';
import type { Work } from '../store/work.js';

export function* fileReceipt(draft: Draft, now: number): Work<boolean> {
  const { receipt } = draft;
  if (receipt === null) return true;
  const parts = yield* partsMeant(draft, receipt);
  for (const part of parts) yield* applyReceipt(part, receipt, now);
  const [first] = parts;
  if (first === undefined) return false;
  if (draft.fields['recipientGone'] === 'yes') yield* markGone(first, now);
  return true;
}

/** By external id, then by our own key; a watermark means everything sent up to it. */
function* partsMeant(draft: Draft, receipt: DraftReceipt): Work<readonly PartRow[]> {
  const { connection, about } = draft;
  if (about !== null) {
    const part = (yield* partByExternalId(connection, about)) ?? (yield* partByKey(about));
    return part?.connection_id === connection ? [part] : [];
  }
  const upTo = receipt.upTo === null ? NaN : watermark(receipt.upTo);
  if (Number.isNaN(upTo)) return [];
  const conversation = yield* conversationByKey(connection, draft.conversation);
  return conversation === undefined ? [] : yield* sentParts(conversation.id, upTo);
}

function watermark(upTo: string): number {
  return /^\d+$/.test(upTo) ? Number(upTo) : Date.parse(upTo);
}

function* applyReceipt(part: PartRow, { status, code }: DraftReceipt, now: number): Work<void> {
  const state = afterReceipt(part.state as PartState, status);
  if (state === part.state) return;
  const failed = state === 'failed';
  yield* heard(
    part,
    {
      state,
      externalId: null,
      why: failed ? code : null,
      failure: failed
        ? { kind: 'refused', cause: 'content', why: `the platform reported: ${code ?? 'failed'}` }
        : null,
    },
    now,
  );
}

function* markGone(part: PartRow, now: number): Work<void> {
  const delivery = yield* deliveryById(part.delivery_id);
  const conversation =
    delivery === undefined ? undefined : yield* conversationById(delivery.conversation_id);
  if (conversation !== undefined) yield* markRefusal(conversation, 'recipientGone', now);
}
