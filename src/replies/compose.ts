/**
 * Called by: api/routes/replies, with what an agent wrote.
 * Given: a ticket, the words, and perhaps the conversation to use.
 * Leaves behind: one outgoing message and its delivery, queued in parts; nothing has left yet.
 */
import { createHash, randomUUID } from 'node:crypto';
import { admit, type Refusal } from './admit.js';
import type { Connected, FindConnection } from '../intake/connected.js';
import { recordEvent, rootOf } from '../desk/graph.js';
import type { Part, Reply, ReplyAttachment, ReplyConversation } from '../model/reply.js';
import { excerpt } from '../model/ticket-state.js';
import type { Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import {
  conversationsOfRoot,
  lockConversation,
  type ConversationRow,
} from '../store/conversations.js';
import { insertDelivery } from '../store/deliveries.js';
import { insertPart } from '../store/delivery-parts.js';
import type { Once } from '../store/idempotency.js';
import { attachToMessage, insertMessage } from '../store/messages.js';
import { rootPerson } from '../store/persons.js';
import { refusalOf, type HandleRefusal } from '../store/refusals.js';
import type { Store } from '../store/store.js';
import { componentOf, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface ComposeDependencies {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
}

export interface NewReply {
  readonly ticket: number;
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly (ReplyAttachment & { readonly id: number })[];
  /** Absent: the customer's latest reachable conversation. */
  readonly conversation: number | null;
  readonly agent: string;
}

export interface QueuedReply {
  readonly kind: 'queued';
  readonly message: number;
  readonly delivery: number;
  readonly conversation: number;
  readonly ticket: number;
}

export type Composed =
  | QueuedReply
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'taken' };

/** Renders and queues a reply. What cannot be sent is refused here, where the agent still sees it. */
export async function compose(
  deps: ComposeDependencies,
  reply: NewReply,
  once: Once<QueuedReply> | null = null,
): Promise<Composed> {
  const choice = await deps.store.read(() => chooseConversation(deps, reply));
  if (choice.kind === 'refused') return choice;
  const { conversation, connected, member } = choice;
  const id = randomUUID();
  const composedAt = deps.clock.now();
  const full = fullReply({ reply, conversation, member, id, composedAt });
  const rendered = renderAdmitted(connected, full, conversation.last_in_at);
  if (rendered.kind === 'refused') return rendered;
  const queued = await deps.store.write(function* (): Work<Composed> {
    if (once !== null && !(yield* once.take())) return { kind: 'taken' };
    const row = yield* queueReply({ reply, full, conversation, member, parts: rendered.parts });
    if (once !== null) yield* once.keep(row);
    return row;
  });
  deps.queue.ring('send', 1);
  deps.queue.ring('announce', 1);
  return queued;
}

export type Admitted =
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the connector makes of the words, when the platform will take it now. */
export function renderAdmitted(
  connected: Connected,
  full: Reply,
  lastInAt: number | null,
): Admitted {
  const rendered = connected.connector.render(full, connected.account);
  if (rendered.kind === 'refused') {
    return { kind: 'refused', refusal: { cause: rendered.cause, why: rendered.why } };
  }
  const now = full.composedAt;
  const refusal = admit(connected, { now, lastInAt, parts: rendered.parts.length });
  return refusal === null ? rendered : { kind: 'refused', refusal };
}

type Choice =
  | {
      readonly kind: 'chosen';
      readonly conversation: ConversationRow;
      readonly connected: Connected;
      readonly member: TicketRow;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The customer's latest conversation that can carry an answer; never across two unjoined persons by default. */
function* chooseConversation({ find }: ComposeDependencies, reply: NewReply): Work<Choice> {
  const root = yield* rootOf(reply.ticket);
  if (root === undefined) return refuse('unknownTicket', 'there is no such ticket', '没有这张工单');
  const members = yield* componentOf(root.id);
  const wanted = yield* wantedConversations(reply, root.id);
  let obstacle: Choice = refuse(
    'unknownConversation',
    'this ticket has no such conversation',
    '该工单没有这个会话',
  );
  for (const conversation of wanted) {
    const connected = find(conversation.connection_id);
    const member = memberOf(members, conversation);
    if (member === undefined) continue;
    const refusal = yield* refusalOf(conversation);
    if (connected !== undefined && refusal === null) {
      return { kind: 'chosen', conversation, connected, member };
    }
    obstacle = refusal === null ? REMOVED : HANDLE_REFUSES[refusal];
  }
  return obstacle;
}

const REMOVED = refuse(
  'unreachable',
  'the connection that this conversation came by was removed',
  '该会话所属的连接已被删除',
);
const HANDLE_REFUSES: Readonly<Record<HandleRefusal, Choice>> = {
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

/** The one that was asked for; else those of the person whose ticket is answered, the latest word first. */
function* wantedConversations(
  { ticket, conversation: asked }: NewReply,
  root: number,
): Work<readonly ConversationRow[]> {
  const all = yield* conversationsOfRoot(root);
  if (asked !== null) return all.filter(({ id }) => id === asked);
  const addressed = (yield* ticketById(ticket))?.conversation_id;
  const own = all.find(({ id }) => id === addressed);
  if (own === undefined) return all;
  const person = yield* rootPerson(own.person_id);
  const wanted: ConversationRow[] = [];
  for (const one of all) if ((yield* rootPerson(one.person_id)) === person) wanted.push(one);
  return wanted;
}

/** A reply is stored on the member whose conversation it leaves by. */
function memberOf(
  members: readonly TicketRow[],
  conversation: ConversationRow,
): TicketRow | undefined {
  const own = members.filter(({ conversation_id }) => conversation_id === conversation.id);
  return own.find(({ id }) => id === conversation.ticket_id) ?? own.at(-1);
}

function refuse(cause: Refusal['cause'], en: string, zh: string): Choice {
  return { kind: 'refused', refusal: { cause, why: { en, zh } } };
}

/** A reply with the conversation and the member it leaves by. */
interface Chosen {
  readonly reply: NewReply;
  readonly conversation: ConversationRow;
  readonly member: TicketRow;
}

/** What a connector needs of a conversation; it may not be stored yet. */
export type Speaking = Pick<ConversationRow, 'key' | 'handle' | 'name' | 'subject' | 'context'>;

interface Words {
  readonly reply: NewReply;
  readonly conversation: Speaking;
  readonly member: Pick<TicketRow, 'id'>;
}

/** As the connector renders it; `id` is stable over retries. */
export function fullReply({
  reply,
  conversation,
  member,
  id,
  composedAt,
}: Words & { readonly id: string; readonly composedAt: number }): Reply {
  return {
    id,
    text: reply.text,
    html: reply.html,
    attachments: reply.attachments.map(({ sha256, name, type, size, url }) => ({
      sha256,
      name,
      type,
      size,
      url,
    })),
    composedAt,
    agent: reply.agent,
    conversation: replyConversation(conversation, member.id),
  };
}

export function replyConversation(conversation: Speaking, ticket: number): ReplyConversation {
  const { key, handle, name, subject, context } = conversation;
  return {
    key,
    handle,
    name,
    subject,
    ticket,
    context: JSON.parse(context) as Record<string, unknown>,
  };
}

/** One outgoing message with its delivery and parts, and the ticket's event of it. */
export function* queueReply({
  reply,
  full,
  conversation,
  member,
  parts,
}: Chosen & { readonly full: Reply; readonly parts: readonly Part[] }): Work<QueuedReply> {
  const at = full.composedAt;
  yield* lockConversation(conversation.id);
  const message = yield* insertMessage({
    ticket_id: member.id,
    conversation_id: conversation.id,
    draft_id: null,
    direction: 'out',
    kind: 'message',
    at,
    corrected: 0,
    received_at: at,
    author: reply.agent,
    author_name: null,
    subject: null,
    text: reply.text,
    html: reply.html,
    visibility: 'private',
  });
  for (const { id } of reply.attachments) yield* attachToMessage(id, message);
  const place = { conversation_id: conversation.id, connection_id: conversation.connection_id };
  const delivery = yield* insertDelivery({
    message_id: message,
    ...place,
    recipient: conversation.handle,
    created_at: at,
  });
  for (const [position, part] of parts.entries()) {
    const payload = JSON.stringify(part.payload);
    yield* insertPart({
      delivery_id: delivery,
      connection_id: conversation.connection_id,
      position,
      key: `${full.id}.${position}`,
      payload,
      hash: createHash('sha256').update(payload).digest('hex'),
      preview: part.preview,
      attachments: JSON.stringify(part.attachments),
    });
  }
  yield* recordEvent(
    member,
    { type: 'replied', data: { message, delivery, at, excerpt: excerpt(reply.text) } },
    at,
    reply.agent,
  );
  return { kind: 'queued', message, delivery, conversation: conversation.id, ticket: member.id };
}
