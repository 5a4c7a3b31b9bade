/**
 * Called by: the one ordered writer (`in-order.ts`), inside its transaction.
 * Given: a draft.
 * Leaves behind: its message on a ticket, tickets merged, receipts settled; events recorded (numbered at once where there is one writer, else by announce).
 */
import type { FindConnection } from './connected.js';
import { amend } from './amend.js';
import { identify, type Identified } from './identify.js';
import { insertMessageOf, keep, type Placing } from './keep.js';
import { match, type MatchRule } from './match.js';
import { judge, recordEvent } from '../desk/graph.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import { layContext } from '../model/reply-context.js';
import {
  applyEvent,
  excerpt,
  newTicketState,
  REOPEN_WINDOW,
  type TicketEvent,
  type TicketState,
} from '../model/ticket-state.js';
import type { Region } from '../model/phone.js';
import { DAY, effectiveTime, HOUR, SECOND, type Clock } from '../model/time.js';
import { fileEcho } from '../replies/echo.js';
import { fileReceipt } from '../replies/receipts.js';
import { contextOf, touchConversation, type ConversationRow } from '../store/conversations.js';
import { parkDraft, type WaitingDraft } from '../store/drafts.js';
import { insertEvent, insertTicket, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** How long a receipt, an echo or an edit waits for the message it is about. */
const PARKED_FOR = DAY;
/** It is looked at again after 5 s, later after half its age, an hour at most. */
const PARKED_LOOK = { first: 5 * SECOND, farthest: HOUR } as const;

export interface FileDependencies {
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly rule: MatchRule;
  /** Whose phone numbers are meant where no country is named. */
  readonly region: Region;
}

interface Filing extends Placing {
  readonly deps: FileDependencies;
  readonly threadless: boolean;
}

/** True when the draft has found its place; false: it is parked. */
export function* fileDraft(deps: FileDependencies, row: WaitingDraft): Work<boolean> {
  const draft = row.draft();
  const connected = deps.find(draft.connection);
  const now = deps.clock.now();
  const { redelivery: window = DAY, threadless = false } =
    connected?.connector.definition.policies ?? {};
  const sentAt = draft.sentAt === null ? null : Date.parse(draft.sentAt);
  const received = Date.parse(draft.receivedAt);
  const time = draft.historic
    ? { at: sentAt ?? received, corrected: false }
    : effectiveTime(sentAt, received, window);
  const group = connected?.group ?? 1;
  const filing: Filing = { deps, row, draft, group, now, time, threadless };
  if (!OPENING_KINDS.has(draft.kind)) return (yield* fileOther(filing)) || (yield* park(filing));
  yield* fileMessage(filing);
  return true;
}

/** Everything that opens no ticket; false: it is about something that is not here yet. */
function* fileOther(filing: Filing): Work<boolean> {
  const { draft, row, now, time } = filing;
  if (draft.kind === 'receipt') return yield* fileReceipt(draft, now);
  if (draft.kind === 'echo') return yield* fileEcho(draft, row.id, time.at, now);
  if (draft.kind === 'edit' || draft.kind === 'recall') return yield* amend(draft, now);
  yield* keep(filing);
  return true;
}

/** What waits longer than a day is about nothing of ours: it is kept as a draft and ends there. */
function* park({ row, draft, now }: Filing): Work<boolean> {
  const age = now - Date.parse(draft.receivedAt);
  if (age >= PARKED_FOR) return true;
  const wait = Math.min(Math.max(age / 2, PARKED_LOOK.first), PARKED_LOOK.farthest);
  yield* parkDraft(row.id, now + Math.round(wait));
  return false;
}

function* fileMessage(filing: Filing): Work<void> {
  const { deps, draft, group, now, time } = filing;
  const place = { group, region: deps.region, now, threadless: filing.threadless };
  const identified = yield* identify(draft, place);
  const { conversation } = identified;
  const current =
    conversation.ticket_id === null ? undefined : yield* ticketById(conversation.ticket_id);
  const root =
    current === undefined || current.root_id === null
      ? current
      : yield* ticketById(current.root_id);
  const follows =
    current !== undefined && root !== undefined && (draft.historic || takesMore(root, time.at));
  const ticket = follows ? yield* follow(filing, current) : yield* openTicket(filing, conversation);
  const lastInAt = Math.max(time.at, conversation.last_in_at ?? 0);
  const before = conversation.last_in_at === null ? null : contextOf(conversation);
  const context = JSON.stringify(layContext(before, draft.replyContext));
  yield* touchConversation(conversation.id, ticket, context, lastInAt);
  if (!follows) yield* relate(filing, ticket, identified, root);
}

function* follow(filing: Filing, current: TicketRow): Work<number> {
  const { draft, now, time } = filing;
  const message = yield* insertMessageOf(filing, current.id, current.conversation_id);
  const data = { message, at: time.at, excerpt: excerpt(draft.text), fields: draft.fields };
  const { historic } = draft;
  yield* recordEvent(
    current,
    { type: 'received', data: historic ? { ...data, historic } : data },
    now,
    'customer',
  );
  return current.id;
}

/** Closed never reopens; solved reopens within its days. */
function takesMore(root: TicketRow, at: number): boolean {
  if (root.status === 'closed') return false;
  if (root.status !== 'solved') return true;
  const { solvedAt } = JSON.parse(root.state) as TicketState;
  return at - (solvedAt ?? 0) <= REOPEN_WINDOW;
}

/** The first message is folded before the row is written: one event and one write, not two of each. */
function* openTicket(filing: Filing, conversation: ConversationRow): Work<number> {
  const { draft, group, time } = filing;
  const words = { at: time.at, excerpt: excerpt(draft.text) };
  const opened = (message: number): TicketEvent => ({
    type: 'opened',
    data: { subject: subjectOf(draft), fields: draft.fields, first: { message, ...words } },
  });
  const state = applyEvent(newTicketState(time.at), opened(0), time.at);
  const ticket = yield* insertTicket(group, conversation.id, state);
  const message = yield* insertMessageOf(filing, ticket, conversation.id);
  yield* insertEvent(
    { id: ticket, conversation: conversation.id },
    opened(message),
    time.at,
    'customer',
  );
  return ticket;
}

function subjectOf(draft: Draft): string | null {
  const subject = draft.subject ?? excerpt(draft.text).slice(0, 80);
  return subject === '' ? null : subject;
}

function* relate(
  { deps, now, time }: Filing,
  ticket: number,
  { person, proven, fresh }: Identified,
  before: TicketRow | undefined,
): Work<void> {
  if (before !== undefined) {
    yield* judge(before.id, ticket, 'related', {
      author: 'hubbub',
      at: now,
      evidence: [
        {
          kind: 'sameConversation',
          weight: null,
          sentence: {
            en: 'the same conversation, whose earlier ticket was solved',
            zh: '同一会话,之前的工单已解决',
          },
        },
      ],
    });
  }
  if (proven && !fresh) yield* match({ ticket, person, at: time.at }, deps.rule, now);
}
