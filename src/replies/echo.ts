/**
 * Called by: intake/file, for every echo draft.
 * Given: a message our own side is seen to have written.
 * Leaves behind: a delivery proven as sent, or a native reply on the ticket; false while a send could still claim it.
 */
import { heard } from './heard.js';
import { recordEvent } from '../desk/graph.js';
import type { Draft } from '../model/draft.js';
import type { PartState } from '../model/delivery.js';
import { excerpt } from '../model/ticket-state.js';
import { MINUTE } from '../model/time.js';
import { conversationByKey, type ConversationRow } from '../store/conversations.js';
import { insertNativeDelivery } from '../store/deliveries.js';
import { partByExternalId, partByKey, type PartRow } from '../store/delivery-parts.js';
import { insertMessage } from '../store/messages.js';
import { ticketById } from '../store/tickets.js';
import { all, type Work } from '../store/work.js';

/** Our own send of the same words may still be on its way: an echo waits this long before it is native. */
const OWN_SEND_MAY_TAKE = 5 * MINUTE;
/** The same words sent longer ago, by either clock, are another message. */
const ECHO_WITHIN = 15 * MINUTE;

export function* fileEcho(draft: Draft, draftRow: number, at: number, now: number): Work<boolean> {
  const part = yield* ownPart(draft);
  if (part !== undefined) {
    yield* confirm(part, draft.id, now);
    return true;
  }
  const conversation = yield* conversationByKey(draft.connection, draft.conversation);
  if (conversation === undefined || conversation.ticket_id === null) return true;
  const same = (yield* unseenParts(conversation.id, at)).find(({ preview }) =>
    sameWords(preview, draft.text),
  );
  if (same !== undefined && same.state !== 'sending') {
    yield* confirm(same, draft.id, now);
    return true;
  }
  if (same !== undefined && now - at < OWN_SEND_MAY_TAKE) return false;
  yield* fileNative(draft, conversation, draftRow, at);
  return true;
}

function* ownPart({ connection, about, id }: Draft): Work<PartRow | undefined> {
  for (const name of [about, id]) {
    if (name === null) continue;
    const part = (yield* partByExternalId(connection, name)) ?? (yield* partByKey(name));
    if (part?.connection_id === connection) return part;
  }
  return undefined;
}

/** Parts of this conversation that left about then and that the platform has not named yet. */
function* unseenParts(conversation: number, at: number): Work<readonly PartRow[]> {
  return yield* all<PartRow>(
    `SELECT p.* FROM delivery_parts p JOIN deliveries d ON d.id = p.delivery_id
     WHERE d.conversation_id = ? AND p.external_id IS NULL AND p.tried_at BETWEEN ? AND ?
       AND p.state IN ('sending', 'uncertain', 'sent', 'delivered', 'read') ORDER BY p.id`,
    conversation,
    at - ECHO_WITHIN,
    at + ECHO_WITHIN,
  );
}

const sameWords = (a: string, b: string): boolean =>
  excerpt(a.normalize('NFKC')) === excerpt(b.normalize('NFKC'));

function* confirm(part: PartRow, externalId: string, now: number): Work<void> {
  const unsure = part.state === 'uncertain' || part.state === 'sending';
  if (!unsure && part.external_id !== null) return;
  const state = unsure ? 'sent' : (part.state as PartState);
  yield* heard(part, { state, externalId, why: null, failure: null }, now);
}

/** An answer typed in the platform's own app stands on the ticket like one of ours. */
function* fileNative(
  draft: Draft,
  conversation: ConversationRow,
  draftRow: number,
  at: number,
): Work<void> {
  const ticket =
    conversation.ticket_id === null ? undefined : yield* ticketById(conversation.ticket_id);
  if (ticket === undefined) return;
  const author = draft.sender.name ?? draft.sender.handle;
  const message = yield* insertMessage({
    ticket_id: ticket.id,
    conversation_id: conversation.id,
    draft_id: draftRow,
    direction: 'out',
    kind: 'echo',
    at,
    corrected: 0,
    received_at: Date.parse(draft.receivedAt),
    author,
    author_name: draft.sender.name,
    subject: draft.subject,
    text: draft.text,
    html: draft.html,
    visibility: draft.visibility,
  });
  const place = { conversation_id: conversation.id, connection_id: conversation.connection_id };
  const delivery = yield* insertNativeDelivery(
    { message_id: message, ...place, recipient: conversation.handle, created_at: at },
    draft.id,
    `native.${draftRow}`,
  );
  yield* recordEvent(
    ticket,
    { type: 'replied', data: { message, delivery, at, excerpt: excerpt(draft.text) } },
    at,
    author,
  );
}
