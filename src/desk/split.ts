import { judge, mergeTickets, recordEvent, refold, rootOf, type Decision } from './graph.js';
import { decided, type Act, type Done } from './tickets.js';
import {
  excerpt,
  newTicketState,
  applyEvent,
  type CutMessage,
  type TicketEvent,
} from '../model/ticket-state.js';
import { conversationById, touchConversation } from '../store/conversations.js';
import { lastMessageOf, messagesByIds, moveMessages, type MessageRow } from '../store/messages.js';
import {
  componentOf,
  insertEvent,
  insertTicket,
  ticketForChange,
  type TicketRow,
} from '../store/tickets.js';
import type { Work } from '../store/work.js';

export type Parted =
  | Exclude<Done, { kind: 'done' }>
  | { readonly kind: 'parted'; readonly ticket: number; readonly rest: number };

/**
 * Finds another complaint in some messages of a ticket. Each member is cut separately and the new
 * parts are merged; later messages follow the part that holds the conversation's last message.
 */
export function* splitTicket(number: number, messages: readonly number[], act: Act): Work<Parted> {
  const found = yield* rootOf(number);
  const root = found === undefined ? undefined : yield* ticketForChange(found.id);
  if (root === undefined) return { kind: 'unknown' };
  const members = yield* componentOf(root.id);
  const rows = yield* messagesByIds([...new Set(messages)]);
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
      'nothing would stay behind: leave at least one message',
      '原工单中至少要保留一条消息',
    );
  }
  const parts: number[] = [];
  for (const member of members) {
    const cut = rows.filter(({ ticket_id }) => ticket_id === member.id);
    if (cut.length > 0) parts.push(yield* cutMember(member, cut, act));
  }
  const [first = 0, ...others] = parts;
  for (const part of others) yield* mergeTickets(first, part, cutTogether(act));
  yield* refold(first);
  yield* refold(root.id);
  return { kind: 'parted', ticket: first, rest: root.id };
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
  const cut: TicketEvent = {
    type: 'cut',
    data: { from: member.id, messages: rows.filter(counts).map(cutMessage) },
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
  return ticket;
}

/** Automatic mails and platform events are kept where they belong; they never counted as words. */
const counts = ({ kind }: MessageRow): boolean => kind !== 'automatic' && kind !== 'event';

function cutMessage({ id, direction, at, text }: MessageRow): CutMessage {
  return { message: id, direction, at, excerpt: excerpt(text) };
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

function refuse(en: string, zh: string): Parted {
  return { kind: 'conflict', why: { en, zh } };
}
