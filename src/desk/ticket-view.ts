import type { FindConnection } from '../intake/connected.js';
import { atBestProof } from '../model/identity.js';
import type { Ticket } from '../model/ticket.js';
import { TICKET_VERSION } from '../model/ticket.js';
import type { TicketState } from '../model/ticket-state.js';
import { warningsOf } from './ticket-warnings.js';
import { conversationView } from './conversation-view.js';
import { openedOn } from '../replies/admit.js';
import { countsSince } from '../replies/reply-window.js';
import type { ConversationRow } from '../store/conversations.js';
import { spentOn, type Spent } from '../store/delivery-parts.js';
import {
  componentsOf,
  conversationsByIds,
  groupNames,
  handlesOfPersons,
  rootPersonsOf,
  type OwnedHandle,
  type RootPersonRow,
} from '../store/ticket-views.js';
import { linksOf, type LinkRow, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface ViewDependencies {
  readonly find: FindConnection;
  readonly now: number;
}

/** One ticket to be shown: its first row, the rows it is made of, and what it is now. */
export interface Shown {
  readonly row: TicketRow;
  readonly members: readonly TicketRow[];
  readonly state: TicketState;
}

/** Roots in the one ticket format, in the order they were asked for; unknown numbers are left out. */
export function* viewRoots(deps: ViewDependencies, roots: readonly number[]): Work<Ticket[]> {
  const rows = yield* componentsOf(roots);
  const shown = roots.flatMap((number): Shown[] => {
    const members = rows.filter(({ id, root_id }) => id === number || root_id === number);
    const row = members.find(({ id }) => id === number);
    return row === undefined ? [] : [{ row, members, state: JSON.parse(row.state) as TicketState }];
  });
  return yield* viewTickets(deps, shown);
}

/** Everything the tickets show is read in six queries, however many they are. */
export function* viewTickets(deps: ViewDependencies, shown: readonly Shown[]): Work<Ticket[]> {
  const members = shown.flatMap((one) => one.members);
  const conversations = yield* conversationsByIds([
    ...new Set(members.map(({ conversation_id }) => conversation_id)),
  ]);
  const persons = yield* rootPersonsOf([
    ...new Set(conversations.map(({ person_id }) => person_id)),
  ]);
  const handles = yield* handlesOfPersons([...new Set(persons.map(({ root }) => root))]);
  const links = yield* linksOf(members.map(({ id }) => id));
  const spent = yield* spentOn(countedOf(deps, conversations));
  const groups = yield* groupNames();
  const known: Known = {
    ...deps,
    conversations: new Map(conversations.map((one) => [one.id, one])),
    persons: new Map(persons.map((one) => [one.id, one])),
    handles,
    links,
    spent,
    groups,
  };
  return shown.map((one) => ticketOf(known, one));
}

/** Since when messages count, by conversation: most platforms count none. */
function countedOf(
  { find, now }: ViewDependencies,
  conversations: readonly ConversationRow[],
): ReadonlyMap<number, number> {
  const since = new Map<number, number>();
  for (const row of conversations) {
    const policies = find(row.connection_id)?.connector.definition.policies;
    const windows = policies?.replyWindows ?? [];
    const at = countsSince(windows, openedOn(row), now);
    if (at !== null) since.set(row.id, at);
  }
  return since;
}

interface Known extends ViewDependencies {
  readonly conversations: ReadonlyMap<number, ConversationRow>;
  readonly persons: ReadonlyMap<number, RootPersonRow>;
  readonly handles: readonly OwnedHandle[];
  readonly links: readonly LinkRow[];
  readonly spent: ReadonlyMap<number, readonly Spent[]>;
  readonly groups: ReadonlyMap<number, string>;
}

export const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

function ticketOf(known: Known, { row, members, state }: Shown): Ticket {
  const conversations = conversationsOf(known, members);
  return {
    version: TICKET_VERSION,
    number: row.id,
    group: known.groups.get(row.group_id) ?? '',
    status: state.status,
    subject: state.subject,
    spam: state.spam,
    person: personOf(known, row),
    conversations,
    warnings: warningsOf(conversations, [...known.persons.values()]),
    category: state.category,
    priority: state.priority,
    clocks: clocksOf(state),
    assignee: state.assignee,
    team: state.team,
    tags: [...state.tags],
    fields: { ...state.fields },
    mergedInto: row.merged_into,
    members: members.map((member) => memberOf(known, member)),
    counts: { ...state.counts },
    times: timesOf(state),
    lastMessage:
      state.lastMessage === null ? null : { ...state.lastMessage, at: iso(state.lastMessage.at) },
  };
}

/** The root of whoever speaks on a conversation. */
function personOn({ conversations, persons }: Known, conversation: number): number {
  const person = conversations.get(conversation)?.person_id ?? 0;
  return persons.get(person)?.root ?? person;
}

function personOf(known: Known, row: TicketRow): Ticket['person'] {
  const conversation = known.conversations.get(row.conversation_id);
  const person = known.persons.get(conversation?.person_id ?? 0);
  return {
    id: person?.root ?? 0,
    name: person?.name ?? null,
    blocked: person?.blocked === 1,
    handles: handleViews(known.handles.filter(({ root }) => root === person?.root)),
  };
}

/** The addresses of one person, each once. */
export function handleViews(handles: readonly OwnedHandle[]): Ticket['person']['handles'] {
  return atBestProof(handles).map(
    ({ kind, value, scope, proof, refusal, shared_at }) =>
      ({
        kind,
        value,
        scope,
        proof,
        refusal,
        shared: shared_at !== null,
      }) as Ticket['person']['handles'][number],
  );
}

/** The latest customer word first; of several members of one conversation the youngest tells it. */
function conversationsOf(known: Known, members: readonly TicketRow[]): Ticket['conversations'] {
  const tellers = new Map(members.map(({ id, conversation_id }) => [conversation_id, id]));
  return [...tellers]
    .flatMap(([id, ticket]) => {
      const row = known.conversations.get(id);
      return row === undefined ? [] : [{ row, ticket }];
    })
    .sort((a, b) => (b.row.last_in_at ?? 0) - (a.row.last_in_at ?? 0) || a.row.id - b.row.id)
    .map(({ row, ticket }) =>
      conversationView(known, {
        row,
        ticket,
        person: personOn(known, row.id),
        spent: known.spent.get(row.id) ?? [],
      }),
    );
}

function clocksOf(state: TicketState): Ticket['clocks'] {
  const startedAt = iso(state.openedAt);
  return [
    { name: 'firstReply', startedAt, dueAt: null, stoppedAt: isoOrNull(state.firstReplyAt) },
    { name: 'solution', startedAt, dueAt: null, stoppedAt: isoOrNull(state.solvedAt) },
  ];
}

function timesOf(state: TicketState): Ticket['times'] {
  return {
    openedAt: iso(state.openedAt),
    updatedAt: iso(state.updatedAt),
    lastMessageAt: iso(state.lastMessageAt),
    firstReplyAt: isoOrNull(state.firstReplyAt),
    solvedAt: isoOrNull(state.solvedAt),
  };
}

function memberOf(known: Known, row: TicketRow): Ticket['members'][number] {
  const state = JSON.parse(row.state) as TicketState;
  const why = known.links.findLast(
    ({ older, younger, decision, undone_at }) =>
      older === row.merged_into && younger === row.id && decision === 'same' && undone_at === null,
  );
  return {
    number: row.id,
    conversation: row.conversation_id,
    channel: known.conversations.get(row.conversation_id)?.channel ?? '',
    mergedInto: row.merged_into,
    openedAt: iso(state.openedAt),
    why: why === undefined ? null : linkOf(why),
  };
}

/** A decision as agents read it, of tickets or of persons. */
export function linkOf(
  row: Omit<LinkRow, 'older' | 'younger' | 'score' | 'because'> & {
    readonly score?: string | null;
  },
): NonNullable<Ticket['members'][number]['why']> {
  return {
    id: row.id,
    decision: row.decision,
    score: typeof row.score === 'string' ? Number(row.score) : null,
    evidence: JSON.parse(row.evidence) as never,
    author: row.author,
    at: iso(row.at),
  } as NonNullable<Ticket['members'][number]['why']>;
}
