/**
 * Called by: file, for every edit and recall.
 * Given: what a customer did to a message they had sent.
 * Leaves behind: the message amended or emptied, the ticket told, and by evidence due to be matched again; false
 * while the message is not here yet.
 */
import { isByEvidence, type MatchingBy } from './matching.js';
import { recordEvent } from '../desk/graph.js';
import { redact } from '../desk/redact.js';
import type { Draft } from '../model/draft.js';
import { conversationByKey } from '../store/conversations.js';
import { draftByPlatformId } from '../store/drafts.js';
import { amendMessage, messageOfDraft, type MessageRow } from '../store/messages.js';
import { tellAgain } from '../store/tellings.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export function* amend(draft: Draft, now: number, matching: MatchingBy): Work<boolean> {
  if (draft.about === null) return true;
  const message = yield* messageMeant(draft, draft.about);
  if (message === undefined) return false;
  const recalled = draft.kind === 'recall';
  // Deliveries are shuffled: an edit that comes behind the recall must not bring the words back.
  if (message.state === 'recalled') return true;
  if (recalled) yield* redact(message);
  else yield* amendMessage(message.id, draft.text, draft.html);
  const ticket = yield* ticketById(message.ticket_id);
  if (ticket === undefined) return true;
  const how = recalled ? 'recalled' : 'edited';
  const event = { type: 'amended', data: { message: message.id, how } } as const;
  yield* recordEvent(ticket, event, now, 'customer');
  if (isByEvidence(matching)) yield* tellAgain(ticket.id);
  return true;
}

function* messageMeant(
  { connection, conversation: key }: Draft,
  about: string,
): Work<MessageRow | undefined> {
  const original = yield* draftByPlatformId(connection, about);
  const conversation = yield* conversationByKey(connection, key);
  if (original === undefined || conversation === undefined) return undefined;
  return yield* messageOfDraft(conversation.id, original.id);
}
