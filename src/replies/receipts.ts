/**
 * Called by: intake/file, for every receipt draft.
 * Given: what a platform says became of a message of ours.
 * Leaves behind: the part, its delivery and the ticket's timeline brought up to it; false when no send matches yet.
 */
import { heard } from './heard.js';
import { afterReceipt, type PartState } from '../model/delivery.js';
import type { Draft, DraftReceipt } from '../model/draft.js';
import { plainHandle } from '../model/identity.js';
import type { Failure, Outcome } from '../model/outcome.js';
import { conversationById, conversationByKey } from '../store/conversations.js';
import { deliveryById } from '../store/deliveries.js';
import {
  outcomesOf,
  partByExternalId,
  partByKey,
  sentParts,
  type PartRow,
} from '../store/delivery-parts.js';
import { markRefusal, type HandleRefusal } from '../store/refusals.js';
import type { Work } from '../store/work.js';

export function* fileReceipt(draft: Draft, now: number): Work<boolean> {
  const { receipt } = draft;
  if (receipt === null) return true;
  const parts = yield* partsMeant(draft, receipt);
  // It was a send before the last one: what became of that one is known or does not matter any more.
  if (parts === 'earlier') return true;
  for (const part of parts) yield* applyReceipt(part, draft, receipt, now);
  const [first] = parts;
  if (first === undefined) return false;
  const refusal = refusalOf(draft);
  if (refusal !== null) yield* markAddress(first, draft, refusal, now);
  return true;
}

/**
 * By external id, then by our own key (`fields.partKey` where the platform gives it back beside its
 * own id), never a part of another connection; a watermark means everything sent up to it.
 */
function* partsMeant(draft: Draft, receipt: DraftReceipt): Work<readonly PartRow[] | 'earlier'> {
  const { connection, about, fields } = draft;
  if (about !== null) {
    const known = yield* partByExternalId(connection, about);
    const partKey = fields['partKey'];
    const part = known ?? (yield* partByKey(partKey ?? about));
    if (part?.connection_id !== connection) return [];
    return known === undefined && partKey !== undefined ? yield* partOfKey(part, about) : [part];
  }
  const upTo = receipt.upTo === null ? NaN : watermark(receipt.upTo);
  if (Number.isNaN(upTo)) return [];
  const conversation = yield* conversationByKey(connection, draft.conversation);
  return conversation === undefined ? [] : yield* sentParts(conversation.id, upTo);
}

/**
 * The key is the same for every send of a part, the platform's id is not. Nothing: whether this is the
 * present send shows when that one has its answer.
 */
function* partOfKey(part: PartRow, externalId: string): Work<readonly PartRow[] | 'earlier'> {
  if (part.external_id !== null) return 'earlier';
  const outcomes = yield* outcomesOf(part.id);
  if (outcomes.length === 0) return [part];
  const sends = outcomes.map((outcome) => JSON.parse(outcome) as Partial<Outcome>);
  if (sends.some((sent) => 'externalId' in sent && sent.externalId === externalId)) {
    return 'earlier';
  }
  if (part.state === 'queued') return 'earlier';
  return part.state === 'sending' ? [] : [part];
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

/** What a failure says of the address itself; `recipientGone` is `yes`, or the addresses that are gone. */
function refusalOf({ fields }: Draft): HandleRefusal | null {
  if ((fields['recipientGone'] ?? '') !== '') return 'recipientGone';
  return fields['optedOut'] === 'yes' ? 'optedOut' : null;
}

function* markAddress(
  part: PartRow,
  draft: Draft,
  refusal: HandleRefusal,
  now: number,
): Work<void> {
  const delivery = yield* deliveryById(part.delivery_id);
  const conversation =
    delivery === undefined ? undefined : yield* conversationById(delivery.conversation_id);
  if (conversation === undefined || !isAbout(conversation.handle, draft)) return;
  yield* markRefusal(conversation, refusal, now);
}

/** Somebody who had a copy may be gone, and the customer not. */
function isAbout(handle: string, { fields }: Draft): boolean {
  const gone = fields['recipientGone'] ?? 'yes';
  return gone === 'yes' || gone.split(' ').map(plainHandle).includes(plainHandle(handle));
}
