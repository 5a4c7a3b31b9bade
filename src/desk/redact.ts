/**
 * Called by: intake, when a customer takes a message back.
 * Given: that message, with its words still in it.
 * Leaves behind: its words nowhere in what the desk reads, lists, searches or streams. The bytes as
 * they came stay with their envelope, which only admins can read.
 */
import { refold } from './graph.js';
import { redactEvent } from '../model/redact.js';
import { excerpt, type TicketEvent } from '../model/ticket-state.js';
import { redactDraft } from '../store/drafts.js';
import { redactMessage, type MessageRow } from '../store/messages.js';
import {
  eventsOfTickets,
  rewriteEvent,
  ticketById,
  ticketsOfConversation,
} from '../store/tickets.js';
import type { Work } from '../store/work.js';

export function* redact(message: MessageRow): Work<void> {
  yield* redactMessage(message.id);
  if (message.draft_id !== null) yield* redactDraft(message.draft_id);
  // A split leaves what was told on the ticket it was told on: all of the conversation's are looked at.
  const tickets = yield* ticketsOfConversation(message.conversation_id);
  const words = { message: message.id, title: titleOf(message) };
  for (const row of yield* eventsOfTickets(tickets)) {
    const event = { type: row.type, data: JSON.parse(row.data) as never } as TicketEvent;
    const redacted = redactEvent(event, words);
    if (redacted !== event) yield* rewriteEvent(row.id, JSON.stringify(redacted.data));
  }
  const roots = new Set<number>();
  for (const id of tickets) {
    // What a merged ticket was before stands in its own row.
    yield* refold(id);
    roots.add((yield* ticketById(id))?.root_id ?? id);
  }
  for (const root of roots) yield* refold(root);
}

/** What a ticket that began with it is called, unless an agent called it otherwise. */
const titleOf = ({ subject, text }: MessageRow): string => subject ?? excerpt(text).slice(0, 80);
