/**
 * Called by: the `file` stage; one ordered writer a database (lease + fence), in order of commit.
 * Given: drafts that wait.
 * Leaves behind: messages on tickets, tickets merged, receipts settled; events without numbers yet.
 */
import type { FindConnection } from './connected.js';
import { amend } from './amend.js';
import { fileMessage, insertMessageOf, type Filing } from './file-message.js';
import type { Matching } from './matching.js';
import { retell } from './retell.js';
import { readTellings, SLICE_MS, type Telling } from './telling.js';
import { recordEvent } from '../desk/graph.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import { DAY, HOUR, SECOND, type Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { fileEcho } from '../replies/echo.js';
import { fileReceipt } from '../replies/receipts.js';
import { conversationByKey } from '../store/conversations.js';
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
import { markRefusal } from '../store/refusals.js';
import { StoreProblem, type Store } from '../store/store.js';
import { ticketById } from '../store/tickets.js';
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
  readonly matching: Matching;
  readonly log: {
    error(sentence: string, fields?: Readonly<Record<string, string | number>>): void;
  };
  readonly crashpoint: (name: string) => void;
  /** Fence of the ordered writer's lease; null: somebody else writes. */
  readonly lease: () => Promise<number | null>;
}

/** Works off what is due, first new drafts, then tickets whose words changed; resolves when nothing is. */
export async function file(deps: FileDependencies): Promise<void> {
  for (;;) {
    const fence = await deps.lease();
    if (fence === null) return;
    const rows = await deps.store.read(() => waitingDrafts(deps.clock.now()));
    if (rows.length === 0) return retell(deps, fence);
    deps.crashpoint('file.claimed');
    if (!(await fileBatch(deps, rows, fence))) return;
    deps.crashpoint('file.committed');
    deps.queue.ring('announce', rows.length);
    if (rows.some(namesAttachments)) deps.queue.ring('attachments');
    if (rows.length < BATCH) return retell(deps, fence);
  }
}

/** Only attachments have a `ref`; looking for it in the text of a draft is cheaper than reading it once more. */
const namesAttachments = ({ body }: DraftRow): boolean => body.includes('"ref":');

function* waitingDrafts(now: number): Work<readonly DraftRow[]> {
  const fresh = yield* dueDrafts(now, BATCH);
  if (fresh.length >= BATCH) return fresh;
  return [...fresh, ...(yield* dueParkedDrafts(now, BATCH - fresh.length))];
}

/** Read first, then written in transactions that each hold the event loop for one slice. False: the lease is gone. */
async function fileBatch(
  deps: FileDependencies,
  rows: readonly DraftRow[],
  fence: number,
): Promise<boolean> {
  let waiting = await readTellings(rows, deps);
  while (waiting.length > 0) {
    const done = await fileSlice(deps, waiting, fence);
    if (done === null) return false;
    waiting = waiting.slice(done);
  }
  return true;
}

/**
 * How many were worked off; when one of them fails, each gets a transaction of its own. Null: the
 * lease is gone. A disk that is full or a database that is away is no draft's fault: all wait as
 * they are.
 */
async function fileSlice(
  deps: FileDependencies,
  tellings: readonly Telling[],
  fence: number,
): Promise<number | null> {
  try {
    return await deps.store.write(() => fileTellings(deps, tellings, fence));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    for (const one of tellings) if (!(await fileAlone(deps, one, fence))) return null;
    return tellings.length;
  }
}

async function fileAlone(
  deps: FileDependencies,
  telling: Telling,
  fence: number,
): Promise<boolean> {
  try {
    return (await deps.store.write(() => fileTellings(deps, [telling], fence))) !== null;
  } catch (error) {
    // A full disk is no fault of the draft: it waits, and loses none of its tries.
    if (error instanceof StoreProblem) throw error;
    const { row } = telling;
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

/** On the embedded database it stops when its slice is over; on a server others run between its statements. */
function* fileTellings(
  { store, clock, matching }: FileDependencies,
  tellings: readonly Telling[],
  fence: number,
): Work<number | null> {
  if (!(yield* stillHolds('filing', fence))) return null;
  const end = store.dialect === 'sqlite' ? performance.now() + SLICE_MS : Infinity;
  const filed: number[] = [];
  let done = 0;
  for (const telling of tellings) {
    const filing = { ...telling, matching, now: clock.now() };
    if (yield* fileTelling(filing)) filed.push(telling.row.id);
    done += 1;
    if (performance.now() > end) break;
  }
  yield* markDraftsFiled(filed);
  return done;
}

/** True when the draft has found its place; false: it is parked. */
function* fileTelling(filing: Filing): Work<boolean> {
  if (!OPENING_KINDS.has(filing.draft.kind)) {
    return (yield* fileOther(filing)) || (yield* park(filing));
  }
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
