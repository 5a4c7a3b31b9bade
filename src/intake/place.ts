/**
 * Called by: file-message, for a message whose conversation and person are known; keep.
 * Given: what it says, and what its conversation told before.
 * Leaves behind: nothing; on which ticket it belongs, or that it opens one, and why.
 */
import type { Complaint, Heard } from './complaint.js';
import type { Identified } from './identify.js';
import { isByEvidence, type Matching, type MatchingBy } from './matching.js';
import { continues } from '../matching/conversation.js';
import type { Side } from '../matching/pair.js';
import type { Evidence } from '../model/evidence.js';
import { REOPEN_WINDOW, type TicketState } from '../model/ticket-state.js';
import type { ConversationRow } from '../store/conversations.js';
import {
  latestComplaintOn,
  latestSpamOn,
  ticketById,
  wasOpenedBlocked,
  type TicketRow,
} from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** Where a message of a conversation belongs. */
export interface Place {
  /** The ticket it goes on with; null: it opens one. */
  readonly follows: TicketRow | null;
  /** The whole complaint of that ticket; null where what the ticket told cannot be read: it is told again. */
  readonly complaint: Complaint | null;
  /** The complaint that it is not, although it was told on the same conversation. */
  readonly apart: Apart | null;
}

export interface Apart {
  readonly from: number;
  readonly verdict: 'related' | 'different';
  readonly evidence: readonly Evidence[];
}

/** A message that looks for its place. */
export interface Seeking {
  readonly historic: boolean;
  /** When it was said, milliseconds UTC. */
  readonly at: number;
  readonly heard: Heard | null;
  readonly matching: MatchingBy;
}

const following = (follows: TicketRow, complaint: Complaint | null = null): Place => ({
  follows,
  complaint,
  apart: null,
});
const anew = (apart: Apart | null): Place => ({ follows: null, complaint: null, apart });

/** The open ticket of its conversation, unless it was solved too long ago or another complaint begins. */
export function* placeOf(seeking: Seeking, identified: Identified): Work<Place> {
  const { conversation, person, isBlocked } = identified;
  const { historic, at, heard, matching } = seeking;
  const told = yield* toldBefore(identified);
  if (told === undefined) return anew(null);
  const { current, root } = told;
  if (isBlocked && root.spam === 0) return related(current, BLOCKED);
  if (!historic && !takesMore(root, at)) return related(current, SOLVED);
  if (isBlocked || !isByEvidence(matching) || heard === null) return following(current);
  const complaint = yield* complaintOf(current, root.id, matching);
  if (complaint === null) return following(current);
  const next = sideOf(heard, { conversation, person, at });
  const { same, evidence } = continues(complaint.side, next, matching.rules);
  if (same) return following(current, complaint);
  return anew({ from: current.id, verdict: 'different', evidence });
}

const related = ({ id: from }: TicketRow, because: Evidence): Place =>
  anew({ from, verdict: 'related', evidence: [because] });

/** The ticket on which it is kept that somebody did something which opens none; undefined: there is none. */
export function* keptOn(spoken: Spoken): Work<TicketRow | undefined> {
  const told = yield* toldBefore(spoken);
  return spoken.isBlocked && told?.root.spam === 0 ? undefined : told?.current;
}

type Spoken = Pick<Identified, 'conversation' | 'isBlocked'>;

interface Told {
  readonly current: TicketRow;
  readonly root: TicketRow;
}

/**
 * The ticket of the last word; but who is blocked goes on with the spam of the conversation, where there is
 * any, and who is heard (again, or beside them) with its complaint.
 */
function* toldBefore({ conversation, isBlocked }: Spoken): Work<Told | undefined> {
  const last = yield* toldOn(conversation.ticket_id);
  if (last === undefined) return undefined;
  if (isBlocked && last.root.spam === 0) {
    return (yield* toldOn(yield* latestSpamOn(conversation.id))) ?? last;
  }
  if (isBlocked || last.root.spam === 0 || !(yield* wasOpenedBlocked(last.current.id))) return last;
  return yield* toldOn(yield* latestComplaintOn(conversation.id));
}

function* toldOn(ticket: number | null): Work<Told | undefined> {
  const current = ticket === null ? undefined : yield* ticketById(ticket);
  if (current === undefined || current.root_id === null) return both(current, current);
  return both(current, yield* ticketById(current.root_id));
}

const both = (current: TicketRow | undefined, root: TicketRow | undefined): Told | undefined =>
  current === undefined || root === undefined ? undefined : { current, root };

/** Null where what the ticket told before cannot be read. */
function* complaintOf(
  { id }: TicketRow,
  root: number,
  { complaintsOf }: Matching,
): Work<Complaint | null> {
  const { complaints, unread } = yield* complaintsOf([root]);
  return unread.includes(id) ? null : (complaints.get(root) ?? null);
}

interface Said {
  readonly conversation: ConversationRow;
  readonly person: number;
  readonly at: number;
}

export function sideOf(heard: Heard, { conversation, person, at }: Said): Side {
  const { id, connection_id: connection, channel } = conversation;
  return {
    ...heard,
    persons: [person],
    openedAt: at,
    lastAt: at,
    status: 'new',
    conversations: [{ id, connection, channel }],
  };
}

/** Closed never reopens; solved reopens within its days. */
function takesMore(root: TicketRow, at: number): boolean {
  if (root.status === 'closed') return false;
  if (root.status !== 'solved') return true;
  const { solvedAt } = JSON.parse(root.state) as TicketState;
  return at - (solvedAt ?? 0) <= REOPEN_WINDOW;
}

const SOLVED: Evidence = {
  kind: 'sameConversation',
  weight: null,
  sentence: {
    en: 'the same conversation, whose earlier ticket was solved',
    zh: '同一会话,之前的工单已解决',
  },
};

const BLOCKED: Evidence = {
  kind: 'blocked',
  weight: null,
  sentence: {
    en: 'the same conversation, said after an agent had blocked the person',
    zh: '同一会话,在客服屏蔽该客户之后发来',
  },
};
