/**
 * Called by: intake/file, for every receipt draft.
 * Given: what a platform says became of a message of ours.
 * Leaves behind: the part, its delivery and the ticket's timeline brought up to it; false when no send matches yet.
 */
import { heard } from './heard.js';
import { afterReceipt, type PartState } from '../model/delivery.js';
import type { Draft, DraftReceipt } from '../model/draft.js';
import type { Failure } from '../model/outcome.js';
import { conversationById, conversationByKey } from '../store/conversations.js';
import { deliveryById } from '../store/deliveries.js';
import { partByExternalId, partByKey, sentParts, type PartRow } from '../store/delivery-parts.js';
import { markRefusal, type HandleRefusal } from '../store/refusals.js';
import type { Work } from '../store/work.js';

export function* fileReceipt(draft: Draft, now: number): Work<boolean> {
  const { receipt } = draft;
  if (receipt === null) return true;
  const parts = yield* partsMeant(draft, receipt);
  for (const part of parts) yield* applyReceipt(part, draft, receipt, now);
  const [first] = parts;
  if (first === undefined) return false;
  const refusal = refusalOf(draft);
  if (refusal !== null) yield* markAddress(first, refusal, now);
  return true;
}

/**
 * By external id, then by our own key (`fields.partKey` where the platform gives it back beside its
 * own id), never a part of another connection; a watermark means everything sent up to it.
 */
function* partsMeant(draft: Draft, receipt: DraftReceipt): Work<readonly PartRow[]> {
  const { connection, about, fields } = draft;
  if (about !== null) {
    const part =
      (yield* partByExternalId(connection, about)) ??
      (yield* partByKey(fields['partKey'] ?? about));
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

function* applyReceipt(
  part: PartRow,
  draft: Draft,
  { status, code }: DraftReceipt,
  now: number,
): Work<void> {
  const state = afterReceipt(part.state as PartState, status);
  if (state === part.state) return;
  const failed = state === 'failed';
  const reason = reasonOf(draft.fields['why'], code);
  const externalId = draft.fields['partKey'] === undefined ? null : draft.about;
  const failure: Failure = {
    kind: 'refused',
    cause: refusalOf(draft) ?? 'content',
    why: `the platform reported: ${reason ?? 'failed'}`,
  };
  const news = { state, externalId, why: failed ? reason : null, failure: failed ? failure : null };
  yield* heard(part, news, now);
}

/** The reason in words, where the mapping has some, with the platform's code. */
function reasonOf(why: string | undefined, code: string | null): string | null {
  if (why === undefined || why === '') return code;
  return code === null ? why : `${why} (${code})`;
}

/** What a failure says of the address itself. */
function refusalOf({ fields }: Draft): HandleRefusal | null {
  if (fields['recipientGone'] === 'yes') return 'recipientGone';
  return fields['optedOut'] === 'yes' ? 'optedOut' : null;
}

function* markAddress(part: PartRow, refusal: HandleRefusal, now: number): Work<void> {
  const delivery = yield* deliveryById(part.delivery_id);
  const conversation =
    delivery === undefined ? undefined : yield* conversationById(delivery.conversation_id);
  if (conversation !== undefined) yield* markRefusal(conversation, refusal, now);
}
