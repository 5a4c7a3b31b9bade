import type { Evidence } from '../model/evidence.js';
import {
  applyEvent,
  foldEvents,
  type TicketEvent,
  type TicketState,
} from '../model/ticket-state.js';
import {
  componentOf,
  eventsOfTickets,
  hangTicket,
  insertEvent,
  insertLink,
  saveTicketState,
  ticketById,
  ticketForChange,
  undoLinks,
  unhangTicket,
  type EventRow,
  type TicketRow,
} from '../store/tickets.js';
import type { Work } from '../store/work.js';

/**
 * The complaint graph. `merged_into` is a forest that is never flattened, so that taking one edge
 * out gives back exactly what stood below it; the root's state is the fold over its whole component.
 */

export interface Decision {
  readonly author: string;
  readonly at: number;
  readonly evidence: readonly Evidence[];
  readonly score?: number | undefined;
}

/** The root of a ticket; the ticket itself when it is one. */
export function* rootOf(ticket: number): Work<TicketRow | undefined> {
  const row = yield* ticketById(ticket);
  if (row === undefined || row.root_id === null) return row;
  return yield* ticketById(row.root_id);
}

/** Records an event on a ticket and carries it into the state of its root. */
export function* recordEvent(
  ticket: TicketRow,
  event: TicketEvent,
  at: number,
  author: string,
): Work<TicketState> {
  const member = (yield* ticketForChange(ticket.id)) ?? ticket;
  const root =
    member.root_id === null ? member : ((yield* ticketForChange(member.root_id)) ?? member);
  yield* insertEvent({ id: ticket.id, conversation: ticket.conversation_id }, event, at, author);
  const state = applyEvent(JSON.parse(root.state) as TicketState, event, at);
  yield* saveTicketState(root.id, state);
  return state;
}

/**
 * Merges the components of two tickets, whichever way it was asked for: the older root keeps its
 * number. Returns the root; unchanged when they are one already.
 */
export function* mergeTickets(
  one: number,
  other: number,
  decision: Decision,
): Work<number | undefined> {
  const roots = yield* rootsForChange(one, other);
  if (roots === undefined) return undefined;
  const [older, younger] = roots;
  if (older.id === younger.id) return older.id;
  const { author, at } = decision;
  const link = yield* insertLink({
    older: older.id,
    younger: younger.id,
    decision: 'same',
    ...words(decision),
  });
  yield* hangTicket(younger.id, older.id, older.id);
  yield* insertEvent(
    placeOf(younger),
    { type: 'merged', data: { into: older.id, link } },
    at,
    author,
  );
  yield* insertEvent(
    placeOf(older),
    { type: 'absorbed', data: { ticket: younger.id, link } },
    at,
    author,
  );
  yield* refold(older.id);
  return older.id;
}

/** Both roots, the older first, kept from other merges; read again until no merge came between. */
function* rootsForChange(
  one: number,
  other: number,
): Work<readonly [TicketRow, TicketRow] | undefined> {
  for (;;) {
    const ids = [(yield* rootOf(one))?.id, (yield* rootOf(other))?.id];
    const [first, second] = ids.map((id) => id ?? 0).sort((a, b) => a - b);
    const older = yield* ticketForChange(first ?? 0);
    const younger = first === second ? older : yield* ticketForChange(second ?? 0);
    if (older === undefined || younger === undefined) return undefined;
    if (older.root_id === null && younger.root_id === null) return [older, younger];
  }
}

/** Takes a member, with all that was merged into it, out again and remembers that they differ. */
export function* unmergeTicket(
  ticket: number,
  decision: Decision,
): Work<{ readonly from: number } | undefined> {
  const row = yield* ticketForChange(ticket);
  if (row === undefined || row.merged_into === null || row.root_id === null) return undefined;
  const { merged_into: parent, root_id: root } = row;
  const { author, at } = decision;
  const below = subtree(yield* componentOf(root), ticket);
  yield* undoLinks(parent, ticket, at);
  const link = yield* insertLink({
    older: parent,
    younger: ticket,
    decision: 'different',
    ...words(decision),
  });
  yield* unhangTicket(
    ticket,
    below.filter((id) => id !== ticket),
  );
  yield* insertEvent(placeOf(row), { type: 'unmerged', data: { from: parent, link } }, at, author);
  yield* insertEvent(
    { id: parent, conversation: null },
    { type: 'released', data: { ticket, link } },
    at,
    author,
  );
  yield* refold(ticket);
  yield* refold(root);
  return { from: root };
}

/** What both sides would be after an un-merge, without doing it. */
export function* previewUnmerge(
  ticket: number,
): Work<{ readonly ticket: TicketState; readonly rest: TicketState } | undefined> {
  const row = yield* ticketById(ticket);
  if (row === undefined || row.root_id === null) return undefined;
  const all = yield* componentOf(row.root_id);
  const below = subtree(all, ticket);
  const rest = all.map(({ id }) => id).filter((id) => !below.includes(id));
  return { ticket: fold(yield* eventsOfTickets(below)), rest: fold(yield* eventsOfTickets(rest)) };
}

/** A ticket's own state, without what was merged into it. */
export function* ownState(ticket: number): Work<TicketState> {
  return fold(yield* eventsOfTickets([ticket]));
}

/** A judgement that is no merge: `different`, `possible` or `related`. Returns its link. */
export function* judge(
  one: number,
  other: number,
  verdict: 'different' | 'possible' | 'related',
  decision: Decision,
): Work<number> {
  const [older, younger] = one < other ? [one, other] : [other, one];
  return yield* insertLink({ older, younger, decision: verdict, ...words(decision) });
}

/** Writes anew what a root is, from everything that happened to it and its members. */
export function* refold(root: number): Work<void> {
  const members = yield* componentOf(root);
  yield* saveTicketState(root, fold(yield* eventsOfTickets(members.map(({ id }) => id))));
}

function fold(rows: readonly EventRow[]): TicketState {
  return foldEvents(
    rows.map(({ ticket_id, type, data, at }) => ({
      ticket: ticket_id,
      event: { type, data: JSON.parse(data) as never },
      at,
    })),
  );
}

/** A member with everything that was merged into it. */
export function subtree(component: readonly TicketRow[], top: number): readonly number[] {
  const inside = new Set([top]);
  // Oldest first: a parent always stands before its children (merged_into < id).
  for (const { id, merged_into } of component) {
    if (merged_into !== null && inside.has(merged_into)) inside.add(id);
  }
  return [...inside];
}

const placeOf = (row: TicketRow): { id: number; conversation: number } => ({
  id: row.id,
  conversation: row.conversation_id,
});

function words({ author, at, evidence, score }: Decision) {
  return {
    author,
    at,
    evidence: JSON.stringify(evidence),
    score: score === undefined ? null : String(score),
  };
}
