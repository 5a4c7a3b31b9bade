/**
 * Called by: file, for every edit and recall.
 * Given: what a customer did to a message they had sent.
 * Leaves behind: the message amended or emptied, the ticket told, and by evidence due to be matched again; of
 * somebody who is blocked an edit is kept beside it; false while the message is not here yet.
 */
import type { Filing } from './file-message.js';
import { keep } from './keep.js';
import { isByEvidence } from './matching.js';
import { isSaidBlocked } from './who-speaks.js';
import { recordEvent } from '../desk/graph.js';
import { redact } from '../desk/redact.js';
import type { Draft } from '../model/draft.js';
import { conversationByKey, type ConversationRow } from '../store/conversations.js';
import { draftByPlatformId } from '../store/drafts.js';
import {
  amendMessage,
  messageOfDraft,
  redactKeptEdits,
  type MessageRow,
} from '../store/messages.js';
import { tellAgain } from '../store/tellings.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export function* amend(filing: Filing): Work<boolean> {
  const { draft } = filing;
  const { about, connection } = draft;
  if (about === null) return true;
  const meant = yield* messageMeant(draft, about);
  if (meant === undefined) return false;
  const { message, conversation } = meant;
  // Deliveries are shuffled: an edit that comes behind the recall must not bring the words back.
  if (message.state === 'recalled') return true;
  if (draft.kind === 'recall') {
    yield* redact(message);
    yield* redactKeptEdits(message, connection, about);
    yield* tellTicket(filing, message, 'recalled');
  } else if (yield* isSaidBlocked(draft, conversation, filing)) {
    yield* keep(filing);
  } else {
    yield* amendMessage(message.id, draft.text, draft.html);
    yield* tellTicket(filing, message, 'edited');
  }
  return true;
}

function* tellTicket(
  { now, matching }: Filing,
  { id: message, ticket_id }: MessageRow,
  how: 'recalled' | 'edited',
): Work<void> {
  const ticket = yield* ticketById(ticket_id);
  if (ticket === undefined) return;
  yield* recordEvent(ticket, { type: 'amended', data: { message, how } }, now, 'customer');
  if (isByEvidence(matching)) yield* tellAgain(ticket.id);
}

interface Meant {
  readonly message: MessageRow;
  readonly conversation: ConversationRow;
}

function* messageMeant(
  { connection, conversation: key }: Draft,
  about: string,
): Work<Meant | undefined> {
  const original = yield* draftByPlatformId(connection, about);
  const conversation = yield* conversationByKey(connection, key);
  if (original === undefined || conversation === undefined) return undefined;
  const message = yield* messageOfDraft(conversation.id, original.id);
  return message === undefined ? undefined : { message, conversation };
}
