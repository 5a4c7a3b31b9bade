/**
 * Called by: compose, for every reply.
 * Given: a ticket, perhaps a conversation, and what the agent confirms.
 * Leaves behind: the one conversation the reply leaves by, or why there is none; nothing is written.
 */
import type { Refusal } from './admit.js';
import { rootOf } from '../desk/graph.js';
import { severalPersons, type Speaker } from '../desk/several-persons.js';
import type { Connected, FindConnection } from '../intake/connected.js';
import { confirmedReplyTo, confirmReplyTo, unconfirmedReplyTo } from '../model/reply-context.js';
import { contextOf, conversationsOfRoot, type ConversationRow } from '../store/conversations.js';
import { refusalOf, type HandleRefusal } from '../store/refusals.js';
import { rootPersonsOf } from '../store/ticket-views.js';
import { componentOf, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** What an agent may agree to: answering although several persons speak; answering where a customer asks to. */
export const CONFIRMATIONS = ['persons', 'replyTo'] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

/** Where a reply is to go, as far as the agent says. */
export interface Wanted {
  readonly ticket: number;
  /** Null: the latest reachable one of the customer whose ticket it is. */
  readonly conversation: number | null;
  readonly confirm: readonly Confirmation[];
  /** With `replyTo` confirmed: the address the agent has seen; null: whichever it is. */
  readonly replyTo: string | null;
}

/** What the agent agreed to by this reply, and is recorded with it. */
export interface Agreed {
  /** From now on answers on this conversation go there. */
  readonly replyTo: string | null;
  /** All who speak on the ticket; empty: there was nothing to agree to. */
  readonly persons: readonly number[];
}

export type Choice =
  | {
      readonly kind: 'chosen';
      /** As the reply finds it: with what is agreed. */
      readonly conversation: ConversationRow;
      readonly connected: Connected;
      readonly member: TicketRow;
      readonly agreed: Agreed;
    }
  | Refused;

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

/** The customer's latest conversation that can carry an answer; never across two unjoined persons by default. */
export function* chooseConversation(find: FindConnection, wanted: Wanted): Work<Choice> {
  const root = yield* rootOf(wanted.ticket);
  if (root === undefined) return refuse('unknownTicket', 'there is no such ticket', '没有这张工单');
  const all = yield* conversationsOfRoot(root.id);
  const speakers = yield* speakersOf(all);
  const unsure = wanted.conversation === null && speakers.length > 1;
  if (unsure && !wanted.confirm.includes('persons')) {
    const why = severalPersons(speakers);
    return { kind: 'refused', refusal: { cause: 'severalPersons', why, persons: speakers } };
  }
  const persons = unsure ? speakers.map(({ id }) => id) : [];
  const members = yield* componentOf(root.id);
  let obstacle: Choice = refuse(
    'unknownConversation',
    'this ticket has no such conversation',
    '该工单没有这个会话',
  );
  for (const conversation of yield* candidates(wanted, all, speakers)) {
    const connected = find(conversation.connection_id);
    const member = memberOf(members, conversation);
    if (member === undefined) continue;
    const refusal = yield* refusalOf(conversation);
    if (connected !== undefined && refusal === null) {
      return agreedReplyTo(wanted, { conversation, connected, member }, persons);
    }
    obstacle = refusal === null ? REMOVED : HANDLE_REFUSES[refusal];
  }
  return obstacle;
}

/** Who speaks on these conversations, each with theirs, the latest word first. */
function* speakersOf(conversations: readonly ConversationRow[]): Work<readonly Speaker[]> {
  const known = yield* rootPersonsOf([...new Set(conversations.map((one) => one.person_id))]);
  const roots = new Map(known.map((one) => [one.id, one]));
  const rootOfConversation = ({ person_id: id }: ConversationRow): number =>
    roots.get(id)?.root ?? id;
  return [...new Set(conversations.map(rootOfConversation))].map((id) => ({
    id,
    name: known.find(({ root }) => root === id)?.name ?? null,
    conversations: conversations
      .filter((one) => rootOfConversation(one) === id)
      .map((one) => ({ id: one.id, channel: one.channel, handle: one.handle })),
  }));
}

type Found = Pick<Extract<Choice, { kind: 'chosen' }>, 'conversation' | 'connected' | 'member'>;

/** The answer goes to From until an agent agrees to the other address that the customer asks for. */
function agreedReplyTo(wanted: Wanted, found: Found, persons: readonly number[]): Choice {
  const none = { kind: 'chosen', ...found, agreed: { replyTo: null, persons } } as const;
  if (!wanted.confirm.includes('replyTo')) return none;
  const context = contextOf(found.conversation);
  const isMeant = (address: string | null): boolean =>
    address !== null && (wanted.replyTo === null || wanted.replyTo === address);
  if (isMeant(confirmedReplyTo(context))) return none;
  const wished = unconfirmedReplyTo(context);
  if (!isMeant(wished)) return NOTHING_TO_CONFIRM;
  const conversation = {
    ...found.conversation,
    context: JSON.stringify(confirmReplyTo(context)),
  };
  return { kind: 'chosen', ...found, conversation, agreed: { replyTo: wished, persons } };
}

const REMOVED = refuse(
  'unreachable',
  'the connection that this conversation came by was removed',
  '该会话所属的连接已被删除',
);
const HANDLE_REFUSES: Readonly<Record<HandleRefusal, Refused>> = {
  recipientGone: refuse(
    'recipientGone',
    'the platform said earlier that this recipient does not exist any more',
    '平台此前已告知该收件人不存在',
  ),
  optedOut: refuse(
    'optedOut',
    'this recipient asked not to be written to on this channel',
    '该收件人已要求不再通过此渠道接收消息',
  ),
};

/** Also given when the address became another while the agent wrote. */
export const NOTHING_TO_CONFIRM = refuse(
  'nothingToConfirm',
  'nobody asks for answers to that address any more: read the conversation again',
  '该会话当前没有请求改用此回复地址:请重新读取会话',
);

/** The one that was asked for; else those of the person whose ticket is answered, the latest word first. */
function* candidates(
  { ticket, conversation: asked }: Wanted,
  all: readonly ConversationRow[],
  speakers: readonly Speaker[],
): Work<readonly ConversationRow[]> {
  if (asked !== null) return all.filter(({ id }) => id === asked);
  const addressed = (yield* ticketById(ticket))?.conversation_id;
  const own = speakers.find(({ conversations }) =>
    conversations.some(({ id }) => id === addressed),
  );
  return own === undefined
    ? all
    : all.filter(({ id }) => own.conversations.some((one) => one.id === id));
}

/** A reply is stored on the member whose conversation it leaves by. */
function memberOf(
  members: readonly TicketRow[],
  conversation: ConversationRow,
): TicketRow | undefined {
  const own = members.filter(({ conversation_id }) => conversation_id === conversation.id);
  return own.find(({ id }) => id === conversation.ticket_id) ?? own.at(-1);
}

export function refuse(cause: Refusal['cause'], en: string, zh: string): Refused {
  return { kind: 'refused', refusal: { cause, why: { en, zh } } };
}
