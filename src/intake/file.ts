/**
 * Called by: the `file` stage; one ordered writer a database (lease + fence), in order of commit.
 * Given: drafts that wait.
 * Leaves behind: messages on tickets, tickets merged, receipts settled; events without numbers yet.
 */
import type { Connected, FindConnection } from './connected.js';
import { amend } from './amend.js';
import { identify, type Identified } from './identify.js';
import { match, type MatchRule } from './match.js';
import { judge, recordEvent } from '../desk/graph.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import {
  applyEvent,
  excerpt,
  newTicketState,
  REOPEN_WINDOW,
  type TicketEvent,
  type TicketState,
} from '../model/ticket-state.js';
import { DAY, effectiveTime, HOUR, SECOND, type Clock, type EffectiveTime } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { fileEcho } from '../replies/echo.js';
import { fileReceipt } from '../replies/receipts.js';
import {
  conversationByKey,
  touchConversation,
  type ConversationRow,
} from '../store/conversations.js';
import {
  buryDraft,
  dueDrafts,
  dueParkedDrafts,
  markDraftsFiled,
  parkDraft,
  postponeDraft,
  type DraftRow,
} from '../store/drafts.js';
import { stillHolds } from '../store/leases.js';
import { insertAttachment, insertMessage } from '../store/messages.js';
import { markRefusal } from '../store/refusals.js';
import { StoreProblem, type Store } from '../store/store.js';
import { insertEvent, insertTicket, ticketById, type TicketRow } from '../store/tickets.js';
import type { Work } from '../store/work.js';

const BATCH = 128;
const MOST_TRIES = 5;
/** How long a receipt, an echo or an edit waits for the message it is about. */
const PARKED_FOR = DAY;
/** It is looked at again after 5 s, later after half its age, an hour at most. */
const PARKED_LOOK = { first: 5 * SECOND, farthest: HOUR } as const;

export interface FileDependencies {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly rule: MatchRule;
  readonly log: {
    error(sentence: string, fields?: Readonly<Record<string, string | number>>): void;
  };
  readonly crashpoint: (name: string) => void;
  /** Fence of the ordered writer's lease; null: somebody else writes. */
  readonly lease: () => Promise<number | null>;
}

/** Works off what is due; resolves when nothing is. */
export async function file(deps: FileDependencies): Promise<void> {
  for (;;) {
    const fence = await deps.lease();
    if (fence === null) return;
    const rows = await deps.store.read(() => waitingDrafts(deps.clock.now()));
    if (rows.length === 0) return;
    deps.crashpoint('file.claimed');
    if (!(await fileBatch(deps, rows, fence))) return;
    deps.crashpoint('file.committed');
    deps.queue.ring('announce', rows.length);
    if (rows.some(namesAttachments)) deps.queue.ring('attachments');
    if (rows.length < BATCH) return;
  }
}

/** Only attachments have a `ref`; looking for it in the text of a draft is cheaper than reading it once more. */
const namesAttachments = ({ body }: DraftRow): boolean => body.includes('"ref":');

function* waitingDrafts(now: number): Work<readonly DraftRow[]> {
  const fresh = yield* dueDrafts(now, BATCH);
  if (fresh.length >= BATCH) return fresh;
  return [...fresh, ...(yield* dueParkedDrafts(now, BATCH - fresh.length))];
}

/**
 * One transaction for all; when one of them fails, each gets its own. False: the lease is gone.
 * A disk that is full or a database that is away is no draft's fault: all wait as they are.
 */
async function fileBatch(
  deps: FileDependencies,
  rows: readonly DraftRow[],
  fence: number,
): Promise<boolean> {
  try {
    return await deps.store.write(() => fileRows(deps, rows, fence));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    for (const row of rows) if (!(await fileAlone(deps, row, fence))) return false;
    return true;
  }
}

async function fileAlone(deps: FileDependencies, row: DraftRow, fence: number): Promise<boolean> {
  try {
    return await deps.store.write(() => fileRows(deps, [row], fence));
  } catch (error) {
    // A full disk is no fault of the draft: it waits, and loses none of its tries.
    if (error instanceof StoreProblem) throw error;
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
    const attempts = row.attempts + 1;
    const last = attempts >= MOST_TRIES;
    await deps.store.write(() =>
      last
        ? buryDraft(row.id, why)
        : postponeDraft(row.id, attempts, deps.clock.now() + attempts * SECOND, why),
    );
    if (last) deps.log.error('a draft cannot be filed and is set aside', { draft: row.id, why });
    return true;
  }
}

function* fileRows(
  deps: FileDependencies,
  rows: readonly DraftRow[],
  fence: number,
): Work<boolean> {
  if (!(yield* stillHolds('filing', fence))) return false;
  const filed: number[] = [];
  for (const row of rows) if (yield* fileDraft(deps, row)) filed.push(row.id);
  yield* markDraftsFiled(filed);
  return true;
}

interface Filing {
  readonly deps: FileDependencies;
  readonly row: DraftRow;
  readonly draft: Draft;
  readonly connected: Connected | undefined;
  readonly group: number;
  readonly now: number;
  readonly time: EffectiveTime;
}

/** True when the draft has found its place; false: it is parked. */
function* fileDraft(deps: FileDependencies, row: DraftRow): Work<boolean> {
  const draft = JSON.parse(row.body) as Draft;
  const connected = deps.find(draft.connection);
  const now = deps.clock.now();
  const window = connected?.connector.definition.policies.redelivery ?? DAY;
  const sentAt = draft.sentAt === null ? null : Date.parse(draft.sentAt);
  const received = Date.parse(draft.receivedAt);
  const time = draft.historic
    ? { at: sentAt ?? received, corrected: false }
    : effectiveTime(sentAt, received, window);
  const filing: Filing = { deps, row, draft, connected, group: connected?.group ?? 1, now, time };
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
  const { draft, group, now, time } = filing;
  const identified = yield* identify(draft, group, now);
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
  yield* touchConversation(conversation.id, ticket, mergedContext(conversation, draft), lastInAt);
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

function* insertMessageOf(
  { row, draft, time }: Filing,
  ticket: number,
  conversation: number,
): Work<number> {
  const message = yield* insertMessage({
    ticket_id: ticket,
    conversation_id: conversation,
    draft_id: row.id,
    direction: 'in',
    kind: draft.kind,
    at: time.at,
    corrected: Number(time.corrected),
    received_at: Date.parse(draft.receivedAt),
    author: draft.sender.handle,
    author_name: draft.sender.name,
    subject: draft.subject,
    text: draft.text,
    html: draft.html,
    visibility: draft.visibility,
  });
  for (const { ref, name, type, size } of draft.attachments) {
    yield* insertAttachment({
      message_id: message,
      envelope_id: row.envelope_id,
      connection_id: draft.connection,
      ref,
      name,
      type,
      size,
      sha256: null,
      state: 'pending',
    });
  }
  return message;
}

/** Each draft's reply context lies over those before it; its `opening` counts with the first draft alone. */
function mergedContext(conversation: ConversationRow, draft: Draft): string {
  const { opening, ...lasting } = draft.replyContext;
  const before =
    conversation.last_in_at === null ? opening : (JSON.parse(conversation.context) as object);
  return JSON.stringify({ ...(typeof before === 'object' ? before : {}), ...lasting });
}

/** Automatic mails and platform events never open, reopen or answer anything; they are kept where they belong. */
function* keep(filing: Filing): Work<void> {
  const { draft, group, now } = filing;
  const { connection, channel, sender } = draft;
  const { optedOut } = draft.fields;
  if (optedOut !== undefined) {
    const address = { group_id: group, channel, connection_id: connection, handle: sender.handle };
    yield* markRefusal(address, optedOut === 'yes' ? 'optedOut' : null, now);
  }
  if (saysNothing(draft)) return;
  const conversation = yield* conversationByKey(draft.connection, draft.conversation);
  const ticket =
    typeof conversation?.ticket_id === 'number'
      ? yield* ticketById(conversation.ticket_id)
      : undefined;
  if (conversation === undefined || ticket === undefined) return;
  const message = yield* insertMessageOf(filing, ticket.id, conversation.id);
  yield* recordEvent(
    ticket,
    { type: 'kept', data: { message, kind: draft.kind } },
    now,
    'customer',
  );
}

/** A platform's word on its own doings ("queued") has nothing to show: the draft keeps it. */
const saysNothing = ({ subject, text, html, attachments }: Draft): boolean =>
  text === '' && subject === null && html === null && attachments.length === 0;
