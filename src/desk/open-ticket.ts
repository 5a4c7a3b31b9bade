import { randomBytes, randomUUID } from 'node:crypto';
import { recordEvent } from './graph.js';
import type { Act } from './tickets.js';
import type { Connected } from '../intake/connected.js';
import { identify } from '../intake/identify.js';
import { Draft } from '../model/draft.js';
import { applyEvent, excerpt, newTicketState, type TicketEvent } from '../model/ticket-state.js';
import { isUniversalHandle, plainHandle } from '../model/identity.js';
import { OWN_KEY } from '../model/key.js';
import type { Region } from '../model/phone.js';
import type { Queue } from '../queue/queue.js';
import type { Refusal } from '../replies/admit.js';
import { fullReply, queueReply, renderAdmitted, type NewReply } from '../replies/compose.js';
import { base32 } from '../sdk/tokens.js';
import {
  conversationOfHandle,
  touchConversation,
  type ConversationRow,
} from '../store/conversations.js';
import { insertMessage } from '../store/messages.js';
import type { Once } from '../store/idempotency.js';
import { besideHolder } from '../store/leases.js';
import type { Store } from '../store/store.js';
import { tellAgain } from '../store/tellings.js';
import { insertEvent, insertTicket, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** A ticket that an agent opens: what a customer said elsewhere, or the first word to them. */
export interface AgentTicket {
  readonly connected: Connected;
  readonly handle: string;
  readonly name: string | null;
  readonly subject: string | null;
  readonly text: string;
  /** True: a note of what the customer said; nothing is sent. */
  readonly log: boolean;
}

export type Opened =
  | { readonly kind: 'opened'; readonly ticket: number }
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a ticket that is opened by hand needs of the house. */
export interface OpeningDependencies {
  readonly store: Store;
  readonly queue: Queue;
  /** Runs in the same transaction; `taken`: the request came before. */
  readonly once: Once<number> | null;
  /** Whose phone numbers are meant where no country is named. */
  readonly region: Region;
}

/**
 * Opens a ticket on the conversation this address is known by, or on a new one. An address that an
 * agent typed proves nobody. What the platform would not take is refused before anything is written.
 */
export async function openByAgent(
  { store, queue, once, region }: OpeningDependencies,
  given: AgentTicket,
  act: Act,
): Promise<Opened> {
  const asked = { ...given, handle: asPlatformsSpellIt(given.handle) };
  if (!asked.log) {
    const refusal = await store.read(() => rehearse(asked, act));
    if (refusal !== null) return { kind: 'refused', refusal };
  }
  const ticket = await store.write(function* () {
    if (once !== null && !(yield* once.take())) return null;
    const opened = yield* open(asked, region, act);
    if (once !== null) yield* once.keep(opened);
    return opened;
  });
  if (ticket === null) return { kind: 'taken' };
  queue.ring('announce', 1);
  queue.ring(asked.log ? 'file' : 'send', 1);
  return { kind: 'opened', ticket };
}

/** A number typed with its blanks and brackets is the one that the customer's messages come from. */
function asPlatformsSpellIt(typed: string): string {
  const isPhone = isUniversalHandle(typed) && !typed.includes('@');
  return isPhone ? plainHandle(typed) : typed.trim();
}

/** Renders as if the ticket were there already, so that a refusal leaves nothing behind. */
function* rehearse(asked: AgentTicket, act: Act): Work<Refusal | null> {
  const { connected, handle } = asked;
  const known = yield* conversationOfHandle(connected.id, handle);
  if (
    known === undefined &&
    connected.connector.definition.transports.every((t) => t === 'serve')
  ) {
    return UNREACHABLE;
  }
  const conversation = known ?? { ...NOBODY_YET, ...draftOf(asked, null, act).sender };
  const full = fullReply({
    reply: replyOf(asked, 0, act),
    conversation: { ...conversation, subject: asked.subject ?? conversation.subject },
    member: { id: 0 },
    id: randomUUID(),
    composedAt: act.at,
  });
  // Before a first word there is no answer yet for which anything could be kept.
  const rendered = yield* renderAdmitted(connected, full, { conversation, reserved: 0 });
  return rendered.kind === 'refused' ? rendered.refusal : null;
}

const UNREACHABLE: Refusal = {
  cause: 'unreachable',
  why: {
    en: 'customers come to this connection by themselves: it cannot write to one who has not been there',
    zh: '该连接只能由客户主动发起,无法主动联系从未来过的客户',
  },
};

const NOBODY_YET = { key: '', subject: null, context: '{}', last_in_at: null } as const;

/** Beside the ordered writer: the same address is one conversation, whoever hears of it first. */
function* open(asked: AgentTicket, region: Region, act: Act): Work<number> {
  const { connected } = asked;
  yield* besideHolder('filing');
  const known = yield* conversationOfHandle(connected.id, asked.handle);
  const place = { group: connected.group, region, now: act.at, threadless: false };
  const { conversation } = yield* identify(draftOf(asked, known ?? null, act), place);
  const opened: TicketEvent = {
    type: 'opened',
    data: { subject: asked.subject ?? excerpt(asked.text).slice(0, 80), fields: {}, first: null },
  };
  const state = applyEvent(newTicketState(act.at), opened, act.at);
  const id = yield* insertTicket(connected.group, conversation.id, state);
  yield* insertEvent({ id, conversation: conversation.id }, opened, act.at, act.who);
  yield* touchConversation(conversation.id, id, conversation.context, conversation.last_in_at);
  const ticket = yield* ticketById(id);
  if (ticket === undefined) throw new Error('a ticket that was just opened is not there');
  if (asked.log) yield* logCall(asked, conversation, ticket, act);
  else yield* writeFirst(asked, conversation, ticket, act);
  return id;
}

/** The customer's words, as an agent heard them: matched like any other telling. No platform window opens by it. */
function* logCall(
  { text, name, subject, handle }: AgentTicket,
  conversation: ConversationRow,
  ticket: TicketRow,
  { who, at }: Act,
): Work<void> {
  const message = yield* insertMessage({
    ticket_id: ticket.id,
    conversation_id: conversation.id,
    draft_id: null,
    direction: 'in',
    kind: 'call',
    at,
    corrected: 0,
    received_at: at,
    author: handle,
    author_name: name,
    subject,
    text,
    html: null,
    visibility: 'private',
  });
  const data = { message, at, excerpt: excerpt(text) };
  yield* recordEvent(ticket, { type: 'received', data }, at, who);
  yield* tellAgain(ticket.id);
}

function* writeFirst(
  asked: AgentTicket,
  conversation: ConversationRow,
  ticket: TicketRow,
  act: Act,
): Work<void> {
  const reply = replyOf(asked, ticket.id, act);
  const full = fullReply({
    reply,
    conversation,
    member: ticket,
    id: randomUUID(),
    composedAt: act.at,
  });
  const rendered = yield* renderAdmitted(asked.connected, full, { conversation, reserved: 0 });
  if (rendered.kind === 'refused') {
    throw new Error(`a rehearsed first word was refused: ${rendered.refusal.why.en}`);
  }
  yield* queueReply({ reply, full, conversation, member: ticket, parts: rendered.parts });
}

/** The conversation is known: there is nothing to choose and nothing to confirm. */
const NO_CHOICE = { conversation: null, confirm: [], replyTo: null } as const;

function replyOf({ text }: AgentTicket, ticket: number, { who }: Act): NewReply {
  return { ticket, text, html: null, attachments: [], ...NO_CHOICE, agent: who, final: false };
}

/** The form in which a customer's own message would have told who they are. */
function draftOf(asked: AgentTicket, known: ConversationRow | null, { at }: Act): Draft {
  const { connected, handle, name, subject, text } = asked;
  const { channel, policies } = connected.connector.definition;
  const kind = policies.identity[0]?.kind;
  return Draft.parse({
    id: `agent-${randomUUID()}`,
    connection: connected.id,
    channel,
    conversation: known?.key ?? newKey(),
    kind: 'call',
    receivedAt: new Date(at).toISOString(),
    sender: {
      handle,
      name,
      identities: kind === undefined ? [] : [{ kind, value: handle, proof: 'weak' }],
    },
    subject,
    text,
  });
}

/** Sixteen small letters and digits: what carries a key out and back, as a reply token, carries it whole. */
const newKey = (): string => OWN_KEY + base32(randomBytes(7)).slice(0, 11);
