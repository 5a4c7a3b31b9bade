import {
  edgeBetween,
  edgeStandingOn,
  foundBetween,
  lockedRoot,
  lockedRoots,
  subtree,
  type Node,
  type Rows,
} from './forest.js';
import type { Evidence } from '../model/evidence.js';
import type { Localised } from '../model/localised.js';
import { foldEvents } from '../model/ticket-fold.js';
import { applyEvent, type TicketEvent, type TicketState } from '../model/ticket-state.js';
import { messagesOfTickets } from '../store/messages.js';
import {
  componentOf,
  eventsOfTickets,
  hangTicket,
  insertEvent,
  insertLink,
  linksOf,
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
 * The complaint graph: tickets as the trees of `forest.ts` by `merged_into`. A root's state is the
 * fold over the events of its whole component.
 */
const ROWS: Rows<TicketRow> = { byId: ticketById, forChange: ticketForChange };

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

/** The root of a ticket, kept from other writers until the commit, and with it all its members. */
export function* lockedRootOf(ticket: number): Work<TicketRow | undefined> {
  const row = yield* ticketById(ticket);
  return row === undefined ? undefined : yield* lockedRoot(ROWS, row);
}

/** Records an event on a ticket and carries it into the state of its root. */
export function* recordEvent(
  ticket: TicketRow,
  event: TicketEvent,
  at: number,
  author: string,
): Work<TicketState> {
  const root = (yield* lockedRoot(ROWS, ticket)) ?? ticket;
  yield* insertEvent(placeOf(ticket), event, at, author);
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
  const roots = yield* lockedRoots(ROWS, one, other);
  if (roots === undefined) return undefined;
  const [older, younger] = roots;
  if (older.id === younger.id) return older.id;
  const component = yield* componentOf(older.id);
  const edge = edgeBetween(nodesOf(component), [one, other], younger.id);
  const parent = component.find(({ id }) => id === edge.parent) ?? older;
  const link = yield* insertLink({
    ...{ older: parent.id, younger: younger.id, decision: 'same', because: edge.because },
    ...words(decision),
  });
  const { author, at } = decision;
  yield* hangTicket(younger.id, parent.id, older.id);
  const merged = { type: 'merged', data: { into: parent.id, link } } as const;
  const absorbed = { type: 'absorbed', data: { ticket: younger.id, link } } as const;
  yield* insertEvent(placeOf(younger), merged, at, author);
  yield* insertEvent(placeOf(parent), absorbed, at, author);
  yield* refold(older.id);
  return older.id;
}

/** `from`: the root it was part of. */
export type Unmerged =
  | { readonly kind: 'done'; readonly from: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly why: Localised };

/**
 * Takes a member, with all that was merged into it, out again and remembers that they differ. Refused
 * where something later stands on it.
 */
export function* unmergeTicket(ticket: number, { author, at, ...why }: Decision): Work<Unmerged> {
  const root = yield* lockedRootOf(ticket);
  if (root === undefined) return { kind: 'unknown' };
  const component = yield* componentOf(root.id);
  const refusal = yield* whyNotUnmerge(component, ticket);
  if (refusal !== null) return { kind: 'conflict', why: refusal };
  const row = component.find(({ id }) => id === ticket) ?? root;
  const parent = component.find(({ id }) => id === row.merged_into) ?? root;
  const below = subtree(nodesOf(component), ticket);
  const found = foundBetween(yield* linksOf([ticket]), parent.id, ticket);
  if (found !== null) yield* judge(...found, 'different', { author, at, ...why });
  yield* undoLinks(parent.id, ticket, at);
  const link = yield* judge(parent.id, ticket, 'different', { author, at, ...why });
  yield* unhangTicket(
    ticket,
    below.filter((id) => id !== ticket),
  );
  const unmerged = { type: 'unmerged', data: { from: parent.id, link } } as const;
  const released = { type: 'released', data: { ticket, link } } as const;
  yield* insertEvent(placeOf(row), unmerged, at, author);
  yield* insertEvent(placeOf(parent), released, at, author);
  yield* refold(ticket);
  yield* refold(root.id);
  return { kind: 'done', from: root.id };
}

/** What both sides would be after an un-merge, without doing it. */
export type UnmergePreview =
  | { readonly kind: 'sides'; readonly ticket: TicketState; readonly rest: TicketState }
  | Exclude<Unmerged, { kind: 'done' }>;

export function* previewUnmerge(ticket: number): Work<UnmergePreview> {
  const row = yield* ticketById(ticket);
  if (row === undefined) return { kind: 'unknown' };
  const all = yield* componentOf(row.root_id ?? row.id);
  const refusal = yield* whyNotUnmerge(all, ticket);
  if (refusal !== null) return { kind: 'conflict', why: refusal };
  const below = subtree(nodesOf(all), ticket);
  const rest = all.map(({ id }) => id).filter((id) => !below.includes(id));
  return {
    kind: 'sides',
    ticket: fold(yield* eventsOfTickets(below)),
    rest: fold(yield* eventsOfTickets(rest)),
  };
}

/** Why this member cannot be taken out now: what happened later depends on its being where it is. */
function* whyNotUnmerge(component: readonly TicketRow[], ticket: number): Work<Localised | null> {
  if (component.find(({ id }) => id === ticket)?.merged_into === null) {
    return {
      en: `ticket ${ticket} is not merged into another: name a member`,
      zh: `工单 ${ticket} 没有合并到其他工单:请指定一个成员工单`,
    };
  }
  const below = new Set(subtree(nodesOf(component), ticket));
  const links = yield* linksOf(component.map(({ id }) => id));
  const standing = edgeStandingOn(nodesOf(component), links, below);
  if (standing !== undefined) {
    const { younger: child, older: parent } = standing;
    return {
      en: `ticket ${child} was merged into ${parent} because of ticket ${ticket}: take ${child} out first`,
      zh: `工单 ${child} 因工单 ${ticket} 而合并到 ${parent}:请先取消 ${child} 的合并`,
    };
  }
  const rest = component.map(({ id }) => id).filter((id) => !below.has(id));
  return (yield* whyEmpty([...below])) ?? (yield* whyEmpty(rest));
}

/** A side whose every message a split has carried away would be a ticket about nothing. */
function* whyEmpty(tickets: readonly number[]): Work<Localised | null> {
  const [first] = yield* messagesOfTickets(tickets, BEFORE_ALL, 1);
  if (first !== undefined) return null;
  for (const { type, data } of yield* eventsOfTickets(tickets)) {
    if (type !== 'split') continue;
    const { into } = JSON.parse(data) as { into: number };
    return {
      en: `nothing would be left on ticket ${tickets[0]}: a split moved its messages to ticket ${into}; merge ${into} back first`,
      zh: `工单 ${tickets[0]} 将没有任何消息:拆分已将其消息移到工单 ${into},请先将 ${into} 合并回来`,
    };
  }
  return null;
}

const BEFORE_ALL = { at: -1, id: 0 };

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
  return yield* insertLink({
    older,
    younger,
    decision: verdict,
    because: null,
    ...words(decision),
  });
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

/** Members as the tree they form. */
export function nodesOf(component: readonly TicketRow[]): readonly Node[] {
  return component.map(({ id, merged_into }) => ({ id, parent: merged_into }));
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
