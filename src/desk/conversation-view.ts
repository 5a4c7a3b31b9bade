import type { FindConnection } from '../intake/connected.js';
import { confirmedReplyTo, unconfirmedReplyTo } from '../model/reply-context.js';
import type { Ticket } from '../model/ticket.js';
import { openedOn } from '../replies/admit.js';
import { windowState } from '../replies/reply-window.js';
import { contextOf, type ConversationRow } from '../store/conversations.js';
import type { Spent } from '../store/delivery-parts.js';

export interface ConversationShown {
  readonly row: ConversationRow;
  /** The member that tells it. */
  readonly ticket: number;
  /** Root of the person behind it. */
  readonly person: number;
  /** Our messages that its platform may count. */
  readonly spent: readonly Spent[];
}

type View = Ticket['conversations'][number];

/** A conversation as agents and systems see it, with what its platform still allows. */
export function conversationView(
  deps: { readonly find: FindConnection; readonly now: number },
  { row, ticket, person, spent }: ConversationShown,
): View {
  return {
    id: row.id,
    ticket,
    connection: row.connection_id,
    channel: row.channel,
    handle: row.handle,
    name: row.name,
    subject: row.subject,
    person,
    replyTo: replyTo(row),
    lastInAt: row.last_in_at === null ? null : new Date(row.last_in_at).toISOString(),
    replyWindow: replyWindow(deps, row, spent),
  };
}

function replyTo(row: ConversationRow): View['replyTo'] {
  const context = contextOf(row);
  const wished = unconfirmedReplyTo(context);
  if (wished !== null) return { address: wished, confirmed: false };
  const confirmed = confirmedReplyTo(context);
  return confirmed === null ? null : { address: confirmed, confirmed: true };
}

/** Closed for good where the connection was removed. */
function replyWindow(
  { find, now }: { readonly find: FindConnection; readonly now: number },
  row: ConversationRow,
  parts: readonly Spent[],
): View['replyWindow'] {
  const connected = find(row.connection_id);
  if (connected === undefined) return { open: false, closesAt: null, messagesLeft: null };
  const { replyWindows } = connected.connector.definition.policies;
  const openings = { opened: openedOn(row), spent: parts.map(({ at }) => at) };
  const { open, closesAt, messagesLeft } = windowState(replyWindows, openings, now);
  const until = closesAt === null ? null : new Date(closesAt).toISOString();
  return { open, closesAt: until, messagesLeft };
}
