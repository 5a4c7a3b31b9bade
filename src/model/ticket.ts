import { z } from 'zod';
import { HandleKind, Proof } from './identity.js';
import { PRIORITIES, STATUSES } from './ticket-state.js';

/** The version of the one ticket format; it moves when a field changes its meaning. */
export const TICKET_VERSION = 1;

const time = z.iso.datetime().meta({ description: 'UTC' });
const Words = z.object({ en: z.string(), zh: z.string() });

/** Why two tickets, or persons, are one, or are not: a sentence an agent can read. */
export const EvidenceView = z
  .object({
    kind: z.string(),
    sentence: Words,
    weight: z.number().nullable().meta({ description: 'Its share of the score' }),
  })
  .meta({ id: 'Evidence' });

/** One decision about two tickets, or two persons. */
export const LinkView = z
  .object({
    id: z.int(),
    decision: z.enum(['same', 'possible', 'different', 'related']),
    score: z.number().nullable(),
    evidence: z.array(EvidenceView),
    author: z.string().meta({ description: '`hubbub` for a rule, else who decided' }),
    at: time,
  })
  .meta({ id: 'Link' });

export const HandleView = z
  .object({
    kind: HandleKind,
    value: z.string(),
    scope: z.string().meta({ description: 'Where the value is unique; empty: everywhere' }),
    proof: Proof,
    refusal: z
      .enum(['recipientGone', 'optedOut'])
      .nullable()
      .meta({ description: 'Why nothing can be sent to it' }),
    shared: z.boolean().meta({
      description:
        'Several people were seen with it (a family phone, a company mailbox): it proves nobody',
    }),
  })
  .meta({ id: 'Handle' });

export const PersonView = z
  .object({
    id: z.int(),
    name: z.string().nullable(),
    blocked: z.boolean().meta({
      description: 'An agent wants to hear no more of them: what they write is kept as spam',
    }),
    handles: z.array(HandleView),
  })
  .meta({ id: 'Person' });

export const ReplyWindowView = z
  .object({
    open: z.boolean(),
    closesAt: time.nullable().meta({ description: 'Null: it does not close by time' }),
    messagesLeft: z.int().nullable().meta({ description: 'Null: not counted' }),
  })
  .meta({ id: 'ReplyWindow' });

export const ConversationView = z
  .object({
    id: z.int(),
    ticket: z.int().meta({ description: 'The member it tells' }),
    connection: z.string(),
    channel: z.string(),
    handle: z.string(),
    name: z.string().nullable(),
    subject: z.string().nullable(),
    person: z
      .int()
      .meta({ description: 'Who speaks on it; more than one in a ticket is among its `warnings`' }),
    replyTo: z.object({ address: z.string(), confirmed: z.boolean() }).nullable().meta({
      description:
        'Where the customer asks answers to go, when nothing proves that it was the customer; until an agent confirms it they go to `handle`',
    }),
    lastInAt: time.nullable(),
    replyWindow: ReplyWindowView,
  })
  .meta({ id: 'Conversation' });

export const ClockView = z
  .object({
    name: z.enum(['firstReply', 'solution']),
    startedAt: time,
    dueAt: time.nullable().meta({ description: 'Null: no target is set' }),
    stoppedAt: time.nullable(),
  })
  .meta({ id: 'Clock' });

export const MemberView = z
  .object({
    number: z.int(),
    conversation: z.int(),
    channel: z.string(),
    mergedInto: z.int().nullable(),
    openedAt: time,
    why: LinkView.nullable().meta({ description: 'What merged it; null on the root' }),
  })
  .meta({ id: 'Member' });

/** What to look at before answering. */
export const WarningView = z
  .object({
    kind: z.enum(['severalPersons', 'replyToUnconfirmed']),
    sentence: Words,
    persons: z.array(z.int()).meta({ description: 'Whom it is about' }),
    conversations: z.array(z.int()),
  })
  .meta({ id: 'Warning' });

/**
 * The **one ticket format**: what the API, exports and everything that leaves the hub say of a
 * ticket. Of a root it tells the whole complaint; of a member (`?own=1`) its own part.
 */
export const Ticket = z
  .object({
    version: z.literal(TICKET_VERSION),
    number: z.int(),
    group: z.string(),
    status: z.enum(STATUSES),
    subject: z.string().nullable(),
    spam: z.boolean(),
    person: PersonView.meta({ description: 'Who told it first' }),
    conversations: z.array(ConversationView),
    warnings: z.array(WarningView).meta({ description: 'A reply may need `confirm` for them' }),
    category: z.string().nullable(),
    priority: z.enum(PRIORITIES),
    clocks: z.array(ClockView),
    assignee: z.string().nullable(),
    team: z.string().nullable(),
    tags: z.array(z.string()),
    fields: z.record(z.string(), z.string()),
    mergedInto: z.int().nullable(),
    members: z.array(MemberView).meta({ description: 'The root first' }),
    counts: z.object({ in: z.int(), out: z.int(), notes: z.int() }),
    times: z.object({
      openedAt: time,
      updatedAt: time,
      lastMessageAt: time,
      firstReplyAt: time.nullable(),
      solvedAt: time.nullable(),
    }),
    lastMessage: z
      .object({ direction: z.enum(['in', 'out']), excerpt: z.string(), at: time })
      .nullable(),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof Ticket>;
