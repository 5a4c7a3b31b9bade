import { DAY } from './time.js';

/** `new` nobody answered yet · `waiting` for the customer · `closed` never reopens. */
export const STATUSES = ['new', 'open', 'waiting', 'solved', 'closed'] as const;
export type Status = (typeof STATUSES)[number];
export const PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const OPEN_STATUSES: readonly Status[] = ['new', 'open', 'waiting'];

/** A customer's message reopens a solved ticket this long; later it opens a new one. */
export const REOPEN_WINDOW = 7 * DAY;

const EXCERPT = 160;

/** What a ticket is now: the fold of its events; a root's is the fold over all its members. */
export interface TicketState {
  readonly status: Status;
  readonly subject: string | null;
  readonly priority: Priority;
  readonly category: string | null;
  readonly assignee: string | null;
  readonly team: string | null;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly spam: boolean;
  readonly counts: { readonly in: number; readonly out: number; readonly notes: number };
  /** Times in milliseconds UTC. */
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly lastMessageAt: number;
  readonly firstReplyAt: number | null;
  readonly solvedAt: number | null;
  readonly lastMessage: LastMessage | null;
}

export interface LastMessage {
  readonly direction: 'in' | 'out';
  readonly excerpt: string;
  readonly at: number;
}

/** What an agent may set. */
export interface TicketChange {
  readonly status?: Status | undefined;
  readonly subject?: string | undefined;
  readonly priority?: Priority | undefined;
  readonly category?: string | null | undefined;
  readonly assignee?: string | null | undefined;
  readonly team?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/** Everything that can happen to a ticket. `data` carries ids and excerpts, never whole contents. */
export type TicketEvent =
  | {
      readonly type: 'opened';
      readonly data: {
        readonly subject: string | null;
        readonly fields: Readonly<Record<string, string>>;
        /** The message that opened it; null when an agent did. */
        readonly first: {
          readonly message: number;
          readonly at: number;
          readonly excerpt: string;
        } | null;
        /** An agent had blocked whoever told it: it is spam from the first word. */
        readonly blocked?: boolean;
      };
    }
  | {
      readonly type: 'received';
      readonly data: {
        readonly message: number;
        readonly at: number;
        readonly excerpt: string;
        readonly fields?: Readonly<Record<string, string>>;
        /** Imported: it tells what was, and reopens nothing. */
        readonly historic?: boolean;
      };
    }
  | { readonly type: 'kept'; readonly data: { readonly message: number; readonly kind: string } }
  | {
      readonly type: 'replied';
      readonly data: {
        readonly message: number;
        readonly delivery: number | null;
        readonly at: number;
        readonly excerpt: string;
      };
    }
  /** An agent agreed to what the hub does not do by itself. */
  | {
      readonly type: 'confirmed';
      readonly data:
        | { readonly what: 'replyTo'; readonly conversation: number; readonly address: string }
        | {
            readonly what: 'persons';
            readonly conversation: number;
            readonly persons: readonly number[];
          };
    }
  | { readonly type: 'noted'; readonly data: { readonly message: number } }
  | {
      readonly type: 'amended';
      readonly data: { readonly message: number; readonly how: 'edited' | 'recalled' };
    }
  | {
      readonly type: 'delivery';
      readonly data: {
        readonly delivery: number;
        readonly message: number;
        readonly state: string;
        readonly why: string | null;
      };
    }
  | { readonly type: 'changed'; readonly data: TicketChange }
  | { readonly type: 'spam'; readonly data: { readonly spam: boolean } }
  | { readonly type: 'merged'; readonly data: { readonly into: number; readonly link: number } }
  | { readonly type: 'absorbed'; readonly data: { readonly ticket: number; readonly link: number } }
  | { readonly type: 'unmerged'; readonly data: { readonly from: number; readonly link: number } }
  | {
      readonly type: 'released';
      readonly data: { readonly ticket: number; readonly link: number };
    }
  /** These messages were never told on this ticket: an agent found another complaint in them. */
  | {
      readonly type: 'split';
      readonly data: {
        readonly into: number;
        readonly link: number;
        readonly messages: readonly number[];
      };
    }
  /** What a ticket began with that was cut out of another. */
  | {
      readonly type: 'cut';
      readonly data: { readonly from: number; readonly messages: readonly CutMessage[] };
    };

/** One message that moved to a ticket of its own. */
export interface CutMessage {
  readonly message: number;
  readonly direction: 'in' | 'out' | 'note';
  readonly at: number;
  readonly excerpt: string;
  /** What was told with it. */
  readonly fields?: Readonly<Record<string, string>>;
}

export type TicketEventType = TicketEvent['type'];

/** A text as lists and events show it. */
export function excerpt(text: string): string {
  const line = wholeCharacters(text.slice(0, EXCERPT * 2))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > EXCERPT ? `${wholeCharacters(line.slice(0, EXCERPT - 1))}…` : line;
}

/** Without the first half of a character that was cut in two. */
function wholeCharacters(cut: string): string {
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}

export function newTicketState(at: number): TicketState {
  return {
    status: 'new',
    subject: null,
    priority: 'normal',
    category: null,
    assignee: null,
    team: null,
    tags: [],
    fields: {},
    spam: false,
    counts: { in: 0, out: 0, notes: 0 },
    openedAt: at,
    updatedAt: at,
    lastMessageAt: at,
    firstReplyAt: null,
    solvedAt: null,
    lastMessage: null,
  };
}

/** One step of the fold. `at` is when the event was recorded. */
export function applyEvent(state: TicketState, event: TicketEvent, at: number): TicketState {
  const next = { ...state, updatedAt: Math.max(state.updatedAt, at) };
  switch (event.type) {
    case 'opened':
      return opened(next, event.data);
    case 'received':
      return received(next, event.data);
    case 'replied':
      return replied(next, event.data);
    case 'noted':
      return noted(next);
    case 'changed':
      return changed(next, event.data, at);
    case 'spam':
      return { ...next, spam: event.data.spam };
    case 'cut':
      return event.data.messages.reduce(moved, next);
    default:
      return next;
  }
}

type Data<T extends TicketEventType> = Extract<TicketEvent, { type: T }>['data'];

function opened(
  state: TicketState,
  { subject, fields, first, blocked = false }: Data<'opened'>,
): TicketState {
  const named = {
    ...state,
    spam: state.spam || blocked,
    subject: state.subject ?? subject,
    fields: { ...fields, ...state.fields },
  };
  return first === null ? named : received(named, first);
}

function received(state: TicketState, data: Data<'received'>): TicketState {
  const answered = state.status === 'waiting' || state.status === 'solved';
  const reopens = answered && data.historic !== true;
  return {
    ...state,
    status: reopens ? 'open' : state.status,
    solvedAt: reopens ? null : state.solvedAt,
    fields: fieldsAfter(state, data),
    counts: { ...state.counts, in: state.counts.in + 1 },
    ...latest(state, 'in', data),
  };
}

/** A late arrival fills gaps and does not overwrite what was said after it. */
function fieldsAfter(
  state: TicketState,
  { at, fields = {} }: Data<'received'>,
): TicketState['fields'] {
  const late = state.lastMessage !== null && at < state.lastMessage.at;
  return late ? { ...fields, ...state.fields } : { ...state.fields, ...fields };
}

function replied(state: TicketState, data: Data<'replied'>): TicketState {
  const open = state.status === 'new' || state.status === 'open';
  return {
    ...state,
    status: open ? 'waiting' : state.status,
    firstReplyAt: state.firstReplyAt ?? data.at,
    counts: { ...state.counts, out: state.counts.out + 1 },
    ...latest(state, 'out', data),
  };
}

function moved(state: TicketState, { direction, ...data }: CutMessage): TicketState {
  if (direction === 'in') return received(state, data);
  if (direction === 'out') return replied(state, { ...data, delivery: null });
  return noted(state);
}

const noted = (state: TicketState): TicketState => ({
  ...state,
  counts: { ...state.counts, notes: state.counts.notes + 1 },
});

/** A late arrival is inserted where it belongs, so it may not become the last message. */
function latest(
  state: TicketState,
  direction: 'in' | 'out',
  { at, excerpt }: { readonly at: number; readonly excerpt: string },
): Pick<TicketState, 'lastMessage' | 'lastMessageAt'> {
  const newer = state.lastMessage === null || at >= state.lastMessage.at;
  return {
    lastMessage: newer ? { direction, excerpt, at } : state.lastMessage,
    lastMessageAt: Math.max(state.lastMessageAt, at),
  };
}

function changed(state: TicketState, change: TicketChange, at: number): TicketState {
  const { status, fields, ...rest } = change;
  const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...state,
    ...(set as Partial<TicketState>),
    fields: fields === undefined ? state.fields : { ...state.fields, ...fields },
    ...(status === undefined
      ? {}
      : {
          status,
          solvedAt: status === 'solved' ? at : status === 'closed' ? state.solvedAt : null,
        }),
  };
}
