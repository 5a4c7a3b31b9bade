/**
 * Called by: file, when no draft waits any more.
 * Given: tickets whose messages changed behind the back of matching: an edit, a photo, a split, an agent's note of a call.
 * Leaves behind: what they tell now, and they are matched again.
 */
import { foldOf, type Complaint, type Heard } from './complaint.js';
import { match } from './match.js';
import type { Matching } from './matching.js';
import { tellAnew } from './remember.js';
import { hear, saidIn, type Reading } from './telling.js';
import type { Said } from '../matching/facts.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import { normaliseIdentity } from '../model/identity.js';
import type { Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { conversationById, type ConversationRow } from '../store/conversations.js';
import { draftsByIds } from '../store/drafts.js';
import { stillHolds } from '../store/leases.js';
import { attachmentsOfMessages, messagesOfTickets, type MessageRow } from '../store/messages.js';
import { rootPerson } from '../store/persons.js';
import type { Store } from '../store/store.js';
import { dueTellings, markRetold } from '../store/tellings.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

const BATCH = 128;
/** Of a thread that lasts for years the first messages are read. */
const MOST_MESSAGES = 60;

export interface RetellDependencies extends Pick<Reading, 'log' | 'region'> {
  readonly matching: Matching;
  readonly store: Store;
  readonly clock: Clock;
  readonly queue: Queue;
}

/** One transaction a ticket: what it costs to read it is bounded, and it happens rarely. */
export async function retell(deps: RetellDependencies, fence: number): Promise<void> {
  for (;;) {
    const due = await deps.store.read(() => dueTellings(BATCH));
    for (const ticket of due) {
      if (!(await deps.store.write(() => retellOne(deps, ticket, fence)))) return;
    }
    if (due.length > 0) deps.queue.ring('announce', due.length);
    if (due.length < BATCH) return;
  }
}

function* retellOne(deps: RetellDependencies, number: number, fence: number): Work<boolean> {
  if (!(yield* stillHolds('filing', fence))) return false;
  yield* markRetold(number);
  const ticket = yield* ticketById(number);
  const conversation =
    ticket === undefined ? undefined : yield* conversationById(ticket.conversation_id);
  if (ticket === undefined || conversation === undefined) return true;
  const heard = foldOf(yield* heardOn(number, conversation, deps));
  if (heard === null) return true;
  const person = yield* rootPerson(conversation.person_id);
  const group = ticket.group_id;
  const before = (yield* complaintOf(deps.matching, number))?.members.find(
    (one) => one.ticket === number,
  );
  yield* tellAnew({ ticket: number, group, person }, before, heard, deps.matching.rules);
  const complaint = yield* complaintOf(deps.matching, number);
  if (complaint !== undefined) {
    yield* match({ group, complaint, person }, deps.matching, deps.clock.now());
  }
  return true;
}

function* complaintOf({ complaintsOf }: Matching, ticket: number): Work<Complaint | undefined> {
  const [complaint] = (yield* complaintsOf([ticket])).values();
  return complaint;
}

/** What the customer's messages on a ticket say now, the oldest first. */
function* heardOn(
  ticket: number,
  conversation: ConversationRow,
  deps: RetellDependencies,
): Work<readonly Heard[]> {
  const rows = yield* messagesOfTickets([ticket], { at: -1, id: 0 }, MOST_MESSAGES);
  const inward = rows.filter(isTold);
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

const isTold = ({ direction, kind }: MessageRow): boolean =>
  direction === 'in' && (OPENING_KINDS as ReadonlySet<string>).has(kind);

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
