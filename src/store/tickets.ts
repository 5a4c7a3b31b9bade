import type { TicketEvent, TicketState } from '../model/ticket-state.js';
import { all, get, idList, insert, run, type Work } from './work.js';

export interface TicketRow {
  readonly id: number;
  readonly group_id: number;
  readonly conversation_id: number;
  readonly merged_into: number | null;
  /** Null on a root. */
  readonly root_id: number | null;
  /** JSON of {@link TicketState}. On a root: the fold over all members. On a member: as it was when it merged. */
  readonly state: string;
  readonly status: string;
  /** 1: in no list but that of spam. */
  readonly spam: number;
}

const COLUMNS = 'id, group_id, conversation_id, merged_into, root_id, state, status, spam';

export function* insertTicket(
  group: number,
  conversation: number,
  state: TicketState,
): Work<number> {
  return yield* insert(
    `INSERT INTO tickets (group_id, conversation_id, state, status, assignee, priority, spam, opened_at, updated_at, last_message_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    group,
    conversation,
    JSON.stringify(state),
    state.status,
    state.assignee,
    state.priority,
    Number(state.spam),
    state.openedAt,
    state.updatedAt,
    state.lastMessageAt,
  );
}

export function* saveTicketState(id: number, state: TicketState): Work<void> {
  yield* run(
    `UPDATE tickets SET state = ?, status = ?, assignee = ?, priority = ?, spam = ?, updated_at = ?, last_message_at = ? WHERE id = ?`,
    JSON.stringify(state),
    state.status,
    state.assignee,
    state.priority,
    Number(state.spam),
    state.updatedAt,
    state.lastMessageAt,
    id,
  );
}

export function* ticketById(id: number): Work<TicketRow | undefined> {
  return yield* get<TicketRow>(`SELECT ${COLUMNS} FROM tickets WHERE id = ?`, id);
}

/** Kept from other writers until the commit: what is read here may be changed and written back. */
export function* ticketForChange(id: number): Work<TicketRow | undefined> {
  return yield* get<TicketRow>(`SELECT ${COLUMNS} FROM tickets WHERE id = ? {lock}`, id);
}

/** The youngest ticket of a conversation that is no spam; null: there is none. */
export const latestComplaintOn = (conversation: number): Work<number | null> =>
  latestOn(conversation, 0);

/** The youngest ticket of a conversation that is spam; null: there is none. */
export const latestSpamOn = (conversation: number): Work<number | null> =>
  latestOn(conversation, 1);

function* latestOn(conversation: number, spam: 0 | 1): Work<number | null> {
  const row = yield* get<{ id: number }>(
    `SELECT t.id FROM tickets t JOIN tickets r ON r.id = COALESCE(t.root_id, t.id)
     WHERE t.conversation_id = ? AND r.spam = ? ORDER BY t.id DESC LIMIT 1`,
    conversation,
    spam,
  );
  return row?.id ?? null;
}

/** A root and its members, oldest first. */
export function* componentOf(root: number): Work<readonly TicketRow[]> {
  return yield* all<TicketRow>(
    `SELECT ${COLUMNS} FROM tickets WHERE id = ? OR root_id = ? ORDER BY id`,
    root,
    root,
  );
}

/** Sets the one edge and every derived root below it. */
export function* hangTicket(younger: number, older: number, root: number): Work<void> {
  yield* run('UPDATE tickets SET merged_into = ? WHERE id = ?', older, younger);
  yield* run('UPDATE tickets SET root_id = ? WHERE id = ? OR root_id = ?', root, younger, younger);
}

/** Takes one edge out; `members` is the part below it, without its new root. */
export function* unhangTicket(ticket: number, members: readonly number[]): Work<void> {
  yield* run('UPDATE tickets SET merged_into = NULL, root_id = NULL WHERE id = ?', ticket);
  yield* run('UPDATE tickets SET root_id = ? WHERE id IN {ids}', ticket, idList(members));
}

/** The open root, other than `than`, on which there was a word last; between these times, and of this person. */
export function* openRootOfPerson(
  rootPerson: number,
  than: number,
  within: { readonly from: number; readonly to: number },
): Work<{ id: number } | undefined> {
  return yield* get<{ id: number }>(
    `SELECT r.id FROM conversations c JOIN tickets t ON t.conversation_id = c.id
       JOIN tickets r ON r.id = COALESCE(t.root_id, t.id)
     WHERE c.person_id IN (SELECT id FROM persons WHERE id = ? OR root_id = ?)
       AND r.id <> ? AND r.spam = 0 AND r.status IN ('new', 'open', 'waiting') AND r.last_message_at BETWEEN ? AND ?
     ORDER BY r.last_message_at DESC, r.id LIMIT 1`,
    rootPerson,
    rootPerson,
    than,
    within.from,
    within.to,
  );
}

export interface EventRow {
  readonly id: number;
  readonly number: number | null;
  readonly ticket_id: number;
  readonly conversation_id: number | null;
  readonly type: TicketEvent['type'];
  readonly at: number;
  readonly author: string;
  readonly data: string;
}

const EVENT = 'id, number, ticket_id, conversation_id, type, at, author, data';

/**
 * Where one writer commits everything its number is the next one at once; among several writers it is
 * recorded without, and the announce stage gives numbers in the order of commits.
 */
export function* insertEvent(
  ticket: { readonly id: number; readonly conversation: number | null },
  event: TicketEvent,
  at: number,
  author: string,
): Work<void> {
  yield* insert(
    `INSERT INTO events (number, ticket_id, conversation_id, type, at, author, data)
     VALUES ({number}, ?, ?, ?, ?, ?, ?)`,
    ticket.id,
    ticket.conversation,
    event.type,
    at,
    author,
    JSON.stringify(event.data),
  );
}

/** Tickets of one conversation, merged ones too. */
export function* ticketsOfConversation(conversation: number): Work<readonly number[]> {
  const rows = yield* all<{ id: number }>(
    'SELECT id FROM tickets WHERE conversation_id = ? ORDER BY id',
    conversation,
  );
  return rows.map(({ id }) => id);
}

/** For what must not be read any more; what happened stays as it was. */
export function* rewriteEvent(id: number, data: string): Work<void> {
  yield* run('UPDATE events SET data = ? WHERE id = ?', data, id);
}

/** True when somebody whom an agent had blocked began it. */
export function* wasOpenedBlocked(ticket: number): Work<boolean> {
  const first = yield* get<Pick<EventRow, 'type' | 'data'>>(
    'SELECT type, data FROM events WHERE ticket_id = ? ORDER BY id LIMIT 1',
    ticket,
  );
  if (first?.type !== 'opened') return false;
  return (JSON.parse(first.data) as { blocked?: boolean }).blocked === true;
}

export function* eventsOfTickets(tickets: readonly number[]): Work<readonly EventRow[]> {
  return yield* all<EventRow>(
    `SELECT ${EVENT} FROM events WHERE ticket_id IN {ids} ORDER BY id`,
    idList(tickets),
  );
}

/** Numbered events after a number: what a reader resumes with. */
export function* eventsAfter(number: number, limit: number): Work<readonly EventRow[]> {
  return yield* all<EventRow>(
    `SELECT ${EVENT} FROM events WHERE number > ? ORDER BY number LIMIT ?`,
    number,
    limit,
  );
}

/** Gives numbers to what was committed since; only the one announcer calls it. Returns how many. */
export function* numberEvents(limit: number): Work<number> {
  return yield* run(
    `UPDATE events SET number = fresh.number FROM (
       SELECT id, ROW_NUMBER() OVER (ORDER BY id) + (SELECT COALESCE(MAX(number), 0) FROM events) AS number
       FROM (SELECT id FROM events WHERE number IS NULL ORDER BY id LIMIT ?) AS unnumbered) AS fresh
     WHERE events.id = fresh.id`,
    limit,
  );
}

export function* lastEventNumber(): Work<number> {
  const row = yield* get<{ number: number | null }>('SELECT MAX(number) AS number FROM events');
  return row?.number ?? 0;
}

/** A decision about two tickets; `older < younger`. */
export interface LinkRow {
  readonly id: number;
  readonly older: number;
  readonly younger: number;
  readonly decision: string;
  readonly score: string | null;
  readonly evidence: string;
  readonly author: string;
  readonly at: number;
  readonly undone_at: number | null;
  /** JSON list of the two tickets that were found to be the same, where the merge hung others; else null. */
  readonly because: string | null;
}

export function* insertLink(link: Omit<LinkRow, 'id' | 'undone_at'>): Work<number> {
  return yield* insert(
    'INSERT INTO links (older, younger, decision, score, evidence, author, at, because) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    link.older,
    link.younger,
    link.decision,
    link.score,
    link.evidence,
    link.author,
    link.at,
    link.because,
  );
}

export function* linksOf(tickets: readonly number[]): Work<readonly LinkRow[]> {
  const ids = idList(tickets);
  return yield* all<LinkRow>(
    `SELECT id, older, younger, decision, score, evidence, author, at, undone_at, because FROM links
     WHERE older IN {ids} OR younger IN {ids} ORDER BY id`,
    ids,
    ids,
  );
}

export function* undoLinks(older: number, younger: number, at: number): Work<void> {
  yield* run(
    `UPDATE links SET undone_at = ? WHERE older = ? AND younger = ? AND decision = 'same' AND undone_at IS NULL`,
    at,
    older,
    younger,
  );
}
