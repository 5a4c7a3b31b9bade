import { lockedRootOf, judge, mergeTickets, recordEvent, refold, type Decision } from './graph.js';
import {
  decided,
  mergeByHand,
  whyNotMerge,
  type Act,
  type Conflict,
  type Done,
} from './tickets.js';
import {
  excerpt,
  newTicketState,
  applyEvent,
  type CutMessage,
  type TicketEvent,
} from '../model/ticket-state.js';
import { conversationById, touchConversation } from '../store/conversations.js';
import { lastMessageOf, messagesByIds, moveMessages, type MessageRow } from '../store/messages.js';
import { tellAgain } from '../store/tellings.js';
import {
  componentOf,
  eventsOfTickets,
  insertEvent,
  insertTicket,
  type TicketRow,
} from '../store/tickets.js';
import type { Work } from '../store/work.js';

export type Parted =
  | Exclude<Done, { kind: 'done' }>
  | { readonly kind: 'parted'; readonly ticket: number; readonly rest: number };

export interface Cut {
  readonly messages: readonly number[];
  /** The ticket they belong to instead; null: they are a complaint of their own. */
  readonly into: number | null;
}

/**
 * Finds another complaint in some messages of a ticket. Each member is cut separately and the new
 * parts are merged; later messages follow the part that holds the conversation's last message. To
 * move messages is to cut them and to merge the part into the ticket they belong to, so that both
 * steps can be taken back.
 */
export function* splitTicket(number: number, { messages, into }: Cut, act: Act): Work<Parted> {
  const root = yield* lockedRootOf(number);
  if (root === undefined) return { kind: 'unknown' };
  const members = yield* componentOf(root.id);
  const rows = yield* messagesByIds([...new Set(messages)]);
  const refusal = yield* whyNotSplit({ root, members, rows, messages, into });
  if (refusal !== null) return refusal;
  const parts: number[] = [];
  for (const member of members) {
    const cut = rows.filter(({ ticket_id }) => ticket_id === member.id);
    if (cut.length > 0) parts.push(yield* cutMember(member, cut, act));
  }
  const [first = 0, ...others] = parts;
  for (const part of others) yield* mergeTickets(first, part, cutTogether(act));
  yield* refold(first);
  yield* refold(root.id);
  if (into === null) return { kind: 'parted', ticket: first, rest: root.id };
  const moved = yield* mergeByHand(into, first, act);
  return moved.kind === 'done' ? { kind: 'parted', ticket: moved.root, rest: root.id } : moved;
}

interface Splitting extends Cut {
  readonly root: TicketRow;
  readonly members: readonly TicketRow[];
  readonly rows: readonly MessageRow[];
}

/** Looked at before anything is written: a refusal leaves nothing behind. */
function* whyNotSplit({ root, members, rows, messages, into }: Splitting): Work<Conflict | null> {
  const strange = messages.find(
    (id) => !rows.some((row) => row.id === id && members.some((one) => one.id === row.ticket_id)),
  );
  if (strange !== undefined) {
    return refuse(
      `message ${strange} does not stand on ticket ${root.id}`,
      `消息 ${strange} 不属于工单 ${root.id}`,
    );
  }
  if (!(yield* somethingStays(members, rows))) {
    return refuse(
      'nothing would stay behind: leave at least one message, or merge the whole ticket',
      '原工单中至少要保留一条消息,或者直接合并整张工单',
    );
  }
  return into === null ? null : yield* whyNotInto(root, into);
}

function* whyNotInto(root: TicketRow, into: number): Work<Conflict | null> {
  const target = yield* lockedRootOf(into);
  if (target === undefined) {
    return refuse(`there is no ticket ${into} to move them to`, `没有可移入的工单 ${into}`);
  }
  if (target.id === root.id) {
    return refuse(
      `ticket ${into} is part of ticket ${root.id}: the messages are there already`,
      `工单 ${into} 属于工单 ${root.id}:消息已在其中`,
    );
  }
  return whyNotMerge(root, target);
}

function* somethingStays(members: readonly TicketRow[], cut: readonly MessageRow[]): Work<boolean> {
  for (const { id } of members) {
    const own = cut.filter(({ ticket_id }) => ticket_id === id).map((row) => row.id);
    if ((yield* lastMessageOf({ ticket: id }, own)) !== undefined) return true;
  }
  return false;
}

/** A ticket on the same conversation, with these messages and nothing else of the member. */
function* cutMember(member: TicketRow, rows: readonly MessageRow[], act: Act): Work<number> {
  const { who, at } = act;
  const fields = yield* fieldsTold(member.id);
  const cut: TicketEvent = {
    type: 'cut',
    data: {
      from: member.id,
      messages: rows.filter(counts).map((row) => cutMessage(row, fields.get(row.id))),
    },
  };
  const opened: TicketEvent = {
    type: 'opened',
    data: { subject: subjectOf(rows), fields: {}, first: null },
  };
  const began = rows[0]?.at ?? at;
  const state = applyEvent(applyEvent(newTicketState(began), opened, began), cut, at);
  const ticket = yield* insertTicket(member.group_id, member.conversation_id, state);
  const place = { id: ticket, conversation: member.conversation_id };
  yield* insertEvent(place, opened, began, who);
  yield* insertEvent(place, cut, at, who);
  const link = yield* judge(member.id, ticket, 'different', decided(act, 'different'));
  yield* moveMessages(
    rows.map(({ id }) => id),
    ticket,
  );
  const ids = rows.map(({ id }) => id);
  yield* recordEvent(
    member,
    { type: 'split', data: { into: ticket, link, messages: ids } },
    at,
    who,
  );
  yield* follow(member.conversation_id, ticket);
  for (const part of [member.id, ticket]) yield* tellAgain(part);
  return ticket;
}

/** Automatic mails and platform events are kept where they belong; they never counted as words. */
const counts = ({ kind }: MessageRow): boolean => kind !== 'automatic' && kind !== 'event';

function cutMessage(
  { id, direction, at, text }: MessageRow,
  fields: CutMessage['fields'],
): CutMessage {
  const words = { message: id, direction, at, excerpt: excerpt(text) };
  return fields === undefined ? words : { ...words, fields };
}

/** What each message of a ticket told besides its words. */
function* fieldsTold(ticket: number): Work<ReadonlyMap<number, CutMessage['fields']>> {
  const told = new Map<number, CutMessage['fields']>();
  for (const { type, data } of yield* eventsOfTickets([ticket])) {
    const event = { type, data: JSON.parse(data) as unknown } as TicketEvent;
    if (event.type === 'received') told.set(event.data.message, event.data.fields);
    if (event.type === 'opened' && event.data.first !== null) {
      told.set(event.data.first.message, event.data.fields);
    }
    if (event.type === 'cut') {
      for (const one of event.data.messages) told.set(one.message, one.fields);
    }
  }
  return told;
}

function subjectOf(rows: readonly MessageRow[]): string | null {
  const [first] = rows.filter(({ direction }) => direction === 'in');
  const subject = first?.subject ?? excerpt(first?.text ?? rows[0]?.text ?? '').slice(0, 80);
  return subject === '' ? null : subject;
}

/** The next message of the conversation goes where its last one is now. */
function* follow(conversation: number, ticket: number): Work<void> {
  const row = yield* conversationById(conversation);
  const last = yield* lastMessageOf({ conversation }, []);
  if (row === undefined || last?.ticket_id !== ticket) return;
  yield* touchConversation(conversation, ticket, row.context, row.last_in_at);
}

function cutTogether({ who, at }: Act): Decision {
  const sentence = {
    en: `${who} cut them out of one ticket together`,
    zh: `${who} 将它们从同一工单中一起拆出`,
  };
  return { author: who, at, evidence: [{ kind: 'agent', sentence, weight: null }] };
}

function refuse(en: string, zh: string): Conflict {
  return { kind: 'conflict', why: { en, zh } };
}
