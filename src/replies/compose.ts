/**
 * Called by: api/routes/replies, with what an agent wrote.
 * Given: a ticket, the words, perhaps the conversation to use, and what the agent confirms.
 * Leaves behind: one outgoing message and its delivery, queued in parts; nothing has left yet.
 */
import { createHash, randomUUID } from 'node:crypto';
import { admit, windowOf, type Asked, type Refusal, type Windowed } from './admit.js';
import {
  chooseConversation,
  NOTHING_TO_CONFIRM,
  type Agreed,
  type Refused,
  type Wanted,
} from './choose.js';
import type { Connected, FindConnection } from '../intake/connected.js';
import { recordEvent } from '../desk/graph.js';
import type { Act } from '../desk/tickets.js';
import { confirmedReplyTo, confirmReplyTo, unconfirmedReplyTo } from '../model/reply-context.js';
import type { Part, Reply, ReplyAttachment, ReplyConversation } from '../model/reply.js';
import { excerpt } from '../model/ticket-state.js';
import type { Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import {
  contextOf,
  lockConversation,
  setContext,
  type ConversationRow,
} from '../store/conversations.js';
import { insertDelivery } from '../store/deliveries.js';
import { insertPart } from '../store/delivery-parts.js';
import type { Once } from '../store/idempotency.js';
import { attachToMessage, insertMessage } from '../store/messages.js';
import type { Store } from '../store/store.js';
import type { TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface ComposeDependencies {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  /** Messages of a counted reply window that only a final answer may take. */
  readonly reserved: number;
}

export interface NewReply extends Wanted {
  readonly text: string;
  readonly html: string | null;
  readonly attachments: readonly (ReplyAttachment & { readonly id: number })[];
  readonly agent: string;
  /** The last answer for now: it may take what is kept back for one. */
  readonly final: boolean;
}

export interface QueuedReply {
  readonly kind: 'queued';
  readonly message: number;
  readonly delivery: number;
  readonly conversation: number;
  readonly ticket: number;
}

export type Composed = QueuedReply | Refused | { readonly kind: 'taken' };

/** Renders and queues a reply. What cannot be sent is refused here, where the agent still sees it. */
export async function compose(
  deps: ComposeDependencies,
  reply: NewReply,
  once: Once<QueuedReply> | null = null,
): Promise<Composed> {
  const choice = await deps.store.read(() => chooseConversation(deps.find, reply));
  if (choice.kind === 'refused') return choice;
  const { conversation, connected, member, agreed } = choice;
  const id = randomUUID();
  const composedAt = deps.clock.now();
  const full = fullReply({ reply, conversation, member, id, composedAt });
  const reserved = reply.final ? 0 : deps.reserved;
  const rendered = await deps.store.read(() =>
    renderAdmitted(connected, full, { conversation, reserved }),
  );
  if (rendered.kind === 'refused') return rendered;
  const { parts } = rendered;
  const queued = await deps.store.write(function* (): Work<Composed> {
    if (!(yield* stillAsked(conversation.id, agreed))) return NOTHING_TO_CONFIRM;
    // Another answer may have taken what was left since it was looked at.
    const admission = { parts: parts.length, reserved, now: composedAt };
    const refusal = yield* refusedNow(connected, conversation.id, admission);
    if (refusal !== null) return { kind: 'refused', refusal };
    if (once !== null && !(yield* once.take())) return { kind: 'taken' };
    yield* recordAgreed({ agreed, conversation, member }, { who: reply.agent, at: composedAt });
    const row = yield* queueReply({ reply, full, conversation, member, parts });
    if (once !== null) yield* once.keep(row);
    return row;
  });
  deps.queue.ring('send', 1);
  deps.queue.ring('announce', 1);
  return queued;
}

function* refusedNow(
  connected: Connected,
  conversation: number,
  asked: Asked,
): Work<Refusal | null> {
  const row = yield* lockConversation(conversation);
  return row === undefined ? null : admit(yield* windowOf(connected, row, asked), asked);
}

/** False when the address became another one after the agent had read it. */
function* stillAsked(conversation: number, { replyTo }: Agreed): Work<boolean> {
  if (replyTo === null) return true;
  const row = yield* lockConversation(conversation);
  if (row === undefined) return false;
  const context = contextOf(row);
  return [unconfirmedReplyTo(context), confirmedReplyTo(context)].includes(replyTo);
}

/** Who agreed to what stands on the ticket; an address is kept for the answers to come. */
function* recordAgreed(
  { agreed, conversation: { id }, member }: Omit<Chosen, 'reply'> & { readonly agreed: Agreed },
  { who, at }: Act,
): Work<void> {
  const { replyTo: address, persons } = agreed;
  if (persons.length > 0) {
    const data = { what: 'persons', conversation: id, persons } as const;
    yield* recordEvent(member, { type: 'confirmed', data }, at, who);
  }
  const row = address === null ? undefined : yield* lockConversation(id);
  if (address === null || row === undefined) return;
  yield* setContext(id, confirmReplyTo({ ...contextOf(row), replyToUnconfirmed: address }));
  const data = { what: 'replyTo', conversation: id, address } as const;
  yield* recordEvent(member, { type: 'confirmed', data }, at, who);
}

export type Admitted =
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Where the words are to go, and what is kept back there. */
export interface Admission {
  readonly conversation: Windowed;
  readonly reserved: number;
}

/** What the connector makes of the words, when the platform will take it now. */
export function* renderAdmitted(
  connected: Connected,
  full: Reply,
  { conversation, reserved }: Admission,
): Work<Admitted> {
  const rendered = connected.connector.render(full, connected.account);
  if (rendered.kind === 'refused') {
    return { kind: 'refused', refusal: { cause: rendered.cause, why: rendered.why } };
  }
  const now = full.composedAt;
  const state = yield* windowOf(connected, conversation, { now });
  const refusal = admit(state, { parts: rendered.parts.length, reserved, now });
  return refusal === null ? rendered : { kind: 'refused', refusal };
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
