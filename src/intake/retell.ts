/**
 * Called by: file, when no draft waits any more.
 * Given: tickets whose messages changed behind the back of matching: an edit, a photo, a split, an agent's note of a call.
 * Leaves behind: what they tell now, and they are matched again.
 */
import { foldOf, type Complaint, type ComplaintsRead, type Heard } from './complaint.js';
import { match } from './match.js';
import type { Matching } from './matching.js';
import { forget, tellAnew } from './remember.js';
import { hear, saidIn, type Reading } from './telling.js';
import type { Said } from '../matching/facts.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import { normaliseIdentity } from '../model/identity.js';
import type { Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { conversationById, type ConversationRow } from '../store/conversations.js';
import { draftsByIds } from '../store/drafts.js';
import { stillHolds } from '../store/leases.js';
import { attachmentsOfMessages, tellingMessagesOf, type MessageRow } from '../store/messages.js';
import { rootPerson } from '../store/persons.js';
import { StoreProblem, type Store } from '../store/store.js';
import { dueTellings, markRetold, tellAgain } from '../store/tellings.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** Read again at once; new drafts do not wait for more. */
const BATCH = 128;
/** Of a thread that lasts for years its beginning and its latest are read. */
const MOST_MESSAGES = { first: 20, latest: 40 } as const;

export interface RetellDependencies extends Pick<Reading, 'log' | 'region'> {
  readonly matching: Matching;
  readonly store: Store;
  readonly clock: Clock;
  readonly queue: Queue;
}

/**
 * One batch; what is left is rung for, and comes after the drafts that wait by then. One transaction
 * a ticket: what it costs to read it is bounded, and it happens rarely.
 */
export async function retell(deps: RetellDependencies, fence: number): Promise<void> {
  const { store, queue } = deps;
  const due = await store.read(() => dueTellings(BATCH));
  if (due.length === 0) return;
  for (const ticket of due) {
    if (!(await retellOrLeave(deps, ticket, fence))) return;
  }
  queue.ring('announce', due.length);
  if ((await store.read(() => dueTellings(1))).length > 0) queue.ring('file');
}

/** A ticket on which matching fails stays as it was, and keeps no other waiting. False: the lease is gone. */
async function retellOrLeave(
  deps: RetellDependencies,
  ticket: number,
  fence: number,
): Promise<boolean> {
  try {
    return await deps.store.write(() => retellOne(deps, ticket, fence));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
    deps.log.error('a ticket cannot be matched again and stays as it was', { ticket, why });
    return await deps.store.write(() => leave(ticket, fence));
  }
}

function* leave(ticket: number, fence: number): Work<boolean> {
  if (!(yield* stillHolds('filing', fence))) return false;
  yield* markRetold(ticket);
  return true;
}

function* retellOne(deps: RetellDependencies, number: number, fence: number): Work<boolean> {
  if (!(yield* leave(number, fence))) return false;
  const ticket = yield* ticketById(number);
  const conversation =
    ticket === undefined ? undefined : yield* conversationById(ticket.conversation_id);
  if (ticket === undefined || conversation === undefined) return true;
  const { rules } = deps.matching;
  const teller = {
    ticket: number,
    group: ticket.group_id,
    person: yield* rootPerson(conversation.person_id),
  };
  const { complaint: known } = yield* complaintOf(deps.matching, number);
  const before = known?.members.find((one) => one.ticket === number);
  const heard = foldOf(yield* heardOn(number, conversation, deps));
  if (heard === null) {
    yield* forget(teller, before, rules);
    return true;
  }
  yield* tellAnew(teller, before, heard, rules);
  const { complaint, unread } = yield* complaintOf(deps.matching, number);
  for (const member of unread) yield* tellAgain(member);
  if (complaint !== undefined) {
    yield* match({ ...teller, complaint }, deps.matching, deps.clock.now());
  }
  return true;
}

interface ComplaintOf extends Pick<ComplaintsRead, 'unread'> {
  readonly complaint: Complaint | undefined;
}

function* complaintOf({ complaintsOf }: Matching, ticket: number): Work<ComplaintOf> {
  const { complaints, unread } = yield* complaintsOf([ticket]);
  const [complaint] = complaints.values();
  return { complaint, unread };
}

/** What the customer's messages on a ticket say now, the oldest first. */
function* heardOn(
  ticket: number,
  conversation: ConversationRow,
  deps: RetellDependencies,
): Work<readonly Heard[]> {
  const inward = yield* tellingMessagesOf(ticket, [...OPENING_KINDS], MOST_MESSAGES);
  const ids = inward.map(({ id }) => id);
  const files = yield* attachmentsOfMessages(ids);
  const drafts = yield* draftsByIds(
    inward.flatMap(({ draft_id: id }) => (id === null ? [] : [id])),
  );
  return inward.flatMap((row): readonly Heard[] => {
    const draft = drafts.find(({ id }) => id === row.draft_id);
    const fetched = files.flatMap(({ message_id, sha256 }) =>
      message_id === row.id && sha256 !== null ? [sha256] : [],
    );
    const said =
      draft === undefined ? heardByAgent(row, conversation) : saidNow(row, draft.draft(), deps);
    const heard = hear({ ...said, photos: [...new Set([...said.photos, ...fetched])] }, deps);
    return heard === null ? [] : [heard];
  });
}

/** The words are those of the message, which an edit may have changed; the rest is its draft's. */
function saidNow(
  { at, text }: MessageRow,
  draft: Draft,
  { region }: Pick<Reading, 'region'>,
): Said {
  const recalled = text === '' && draft.text !== '';
  return {
    ...saidIn({ ...draft, text }, at),
    identities: draft.sender.identities.map((one) =>
      normaliseIdentity(one, { scope: draft.connection, region }),
    ),
    ...(recalled ? { subject: null, fields: {} } : {}),
  };
}

/** An agent's note of a call: the address is the one that was typed, and proves nobody. */
function heardByAgent(
  { at, text, subject, author_name: name }: MessageRow,
  conversation: ConversationRow,
): Said {
  const { channel, connection_id: connection } = conversation;
  return {
    ...{ text, subject, name, at, channel, connection },
    fields: {},
    identities: [],
    photos: [],
    visibility: 'private',
    locale: null,
  };
}
