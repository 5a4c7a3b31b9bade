/**
 * Called by: file, for a draft that may open a ticket.
 * Given: the draft, read, and what it says.
 * Leaves behind: one message on one ticket, what it told, and the ticket matched with all others.
 */
import { opening, type Complaint, type Heard } from './complaint.js';
import { identify, type Identified } from './identify.js';
import { insertMessageOf, type Placing } from './keep.js';
import { match } from './match.js';
import { isByEvidence, type Matching, type MatchingBy } from './matching.js';
import { placeOf, sideOf, type Apart, type Place } from './place.js';
import { keepTelling, tellMore } from './remember.js';
import { joinSamePerson } from './same-person.js';
import { judge, recordEvent, type Decision } from '../desk/graph.js';
import { isAnswered } from '../matching/decide.js';
import type { Draft } from '../model/draft.js';
import type { Region } from '../model/phone.js';
import { layContext } from '../model/reply-context.js';
import {
  applyEvent,
  excerpt,
  newTicketState,
  type Status,
  type TicketEvent,
} from '../model/ticket-state.js';
import { contextOf, touchConversation } from '../store/conversations.js';
import { tellAgain } from '../store/tellings.js';
import { insertEvent, insertTicket, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** A telling on its way to a ticket. */
export interface Filing extends Placing {
  readonly matching: MatchingBy;
  /** Whose phone numbers are meant where no country is named. */
  readonly region: Region;
  readonly threadless: boolean;
  /** What it says; null: nothing that could be matched. */
  readonly heard: Heard | null;
}

export function* fileMessage(filing: Filing): Work<void> {
  const { draft, group, region, now, threadless, time, matching } = filing;
  const identified = yield* identify(draft, { group, region, now, threadless });
  const { conversation, identities } = identified;
  // What several people use proves less than it did when it was read.
  const heard = filing.heard === null ? null : { ...filing.heard, identities };
  const { historic } = draft;
  const place = yield* placeOf({ historic, at: time.at, heard, matching }, identified);
  const { follows } = place;
  const ticket =
    follows === null ? yield* openTicket(filing, identified) : yield* follow(filing, follows);
  // A platform's clock may go ahead of ours, by which answers are counted: nothing is said after it came.
  const at = Math.min(time.at, Date.parse(draft.receivedAt));
  const saying = { at, first: conversation.last_in_at === null };
  const context = JSON.stringify(layContext(contextOf(conversation), draft.replyContext, saying));
  const lastInAt = Math.max(at, conversation.last_in_at ?? 0);
  yield* touchConversation(conversation.id, ticket, context, lastInAt);
  if (place.apart !== null) yield* keepApart(place.apart, ticket, now);
  if (identified.isBlocked) return;
  if (isByEvidence(matching)) {
    if (heard !== null) yield* tell({ ...filing, matching }, { ticket, heard, identified, place });
  } else if (follows === null && identified.proven && !identified.fresh) {
    const { person } = identified;
    yield* joinSamePerson({ ticket, person, at: time.at }, matching, now);
  }
}

function* keepApart({ from, verdict, evidence }: Apart, ticket: number, now: number): Work<void> {
  const decision: Decision = { author: 'hubbub', at: now, evidence };
  yield* judge(from, ticket, verdict, decision);
}

interface Told {
  readonly ticket: number;
  readonly heard: Heard;
  readonly identified: Identified;
  readonly place: Place;
}

/** Remembers what was said and, when there is anything new to be found by, looks for other tellings of it. */
function* tell(
  { group, time, matching, now }: Filing & { readonly matching: Matching },
  { ticket, heard, identified, place }: Told,
): Work<void> {
  const { conversation, person, fresh } = identified;
  const teller = { ticket, group, person };
  if (place.follows === null) {
    yield* keepTelling(teller, heard, matching.rules);
    const side = sideOf(heard, { conversation, person, at: time.at });
    const complaint = opening(ticket, side);
    yield* match({ group, complaint, person: fresh ? null : person }, matching, now);
    return;
  }
  if (place.complaint === null) return yield* tellAgain(ticket);
  const more = yield* tellMore(teller, place.complaint, heard, matching.rules);
  if (!more.fresh) return;
  const complaint = yield* asOfNow(more.complaint);
  yield* match({ group, complaint, person }, matching, now);
}

/** It was read before the message, which may have reopened it. */
function* asOfNow(complaint: Complaint): Work<Complaint> {
  const { root, side } = complaint;
  if (!isAnswered(side)) return complaint;
  const status = ((yield* ticketById(root))?.status ?? side.status) as Status;
  return { ...complaint, side: { ...side, status } };
}

function* follow(filing: Filing, current: TicketRow): Work<number> {
  const { draft, now, time } = filing;
  const message = yield* insertMessageOf(filing, current.id, current.conversation_id);
  const data = { message, at: time.at, excerpt: excerpt(draft.text), fields: draft.fields };
  const { historic } = draft;
  yield* recordEvent(
    current,
    { type: 'received', data: historic ? { ...data, historic } : data },
    now,
    'customer',
  );
  return current.id;
}

/** The first message is folded before the row is written: one event and one write, not two of each. */
function* openTicket(
  filing: Filing,
  { conversation, isBlocked }: Pick<Identified, 'conversation' | 'isBlocked'>,
): Work<number> {
  const { draft, group, time } = filing;
  const words = { at: time.at, excerpt: excerpt(draft.text) };
  const told = { subject: subjectOf(draft), fields: draft.fields };
  const opened = (message: number): TicketEvent => ({
    type: 'opened',
    data: { ...told, first: { message, ...words }, ...(isBlocked ? { blocked: true } : {}) },
  });
  const state = applyEvent(newTicketState(time.at), opened(0), time.at);
  const ticket = yield* insertTicket(group, conversation.id, state);
  const message = yield* insertMessageOf(filing, ticket, conversation.id);
  yield* insertEvent(
    { id: ticket, conversation: conversation.id },
    opened(message),
    time.at,
    'customer',
  );
  return ticket;
}

function subjectOf(draft: Draft): string | null {
  const subject = draft.subject ?? excerpt(draft.text).slice(0, 80);
  return subject === '' ? null : subject;
}
