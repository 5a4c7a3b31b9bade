/**
 * Called by: file, for every draft that is filed, inside the one ordered writer.
 * Given: a draft and its group.
 * Leaves behind: the conversation with its person; handles with the proof they came with.
 */
import {
  asFarAsProven,
  claimProven,
  heardAnother,
  keep,
  namedBy,
  proofsOf,
  seenNow,
  type Leading,
  type Named,
  type Present,
  type Seen,
  type Speaker,
} from './proofs.js';
import {
  claimedPerson,
  identitiesOf,
  isFromOwner,
  isKnownBlocked,
  isSomebodyElse,
  presentOf,
  standingOf,
  type CameWith,
} from './who-speaks.js';
import { areKeptApart, joinPersons } from '../desk/persons.js';
import type { Draft } from '../model/draft.js';
import { isSameHandle, type Identity } from '../model/identity.js';
import { OWN_KEY } from '../model/key.js';
import type { Region } from '../model/phone.js';
import {
  conversationByKey,
  giveConversation,
  insertConversation,
  setConversationKey,
  unansweredConversation,
  type ConversationRow,
} from '../store/conversations.js';
import { insertPerson } from '../store/persons.js';
import type { Work } from '../store/work.js';

/** What is known around a draft that is filed. */
export interface Circumstances {
  readonly group: number;
  /** Whose phone numbers are meant where no country is named. */
  readonly region: Region;
  readonly now: number;
  /** The connection's platform has no threads; see `Policies` in `src/sdk/definition.ts`. */
  readonly threadless: boolean;
}

export interface Identified {
  readonly conversation: ConversationRow;
  /** Root of the person behind the conversation. */
  readonly person: number;
  /** True when this draft proves the person: only then may anything be merged by who it is. */
  readonly proven: boolean;
  /** True when nobody knew this person before: there is nothing of theirs to find. */
  readonly fresh: boolean;
  /** True when an agent wants to hear no more of whoever speaks; a participant's own, not the person's. */
  readonly isBlocked: boolean;
  /** What the person came with this time, normalised, each as far as it proves anything; a participant's: none. */
  readonly identities: readonly Identity[];
}

/** Finds or opens the draft's conversation and finds, joins or creates the person behind it. */
export function* identify(draft: Draft, around: Circumstances): Work<Identified> {
  const { group, region, now } = around;
  const known = yield* conversationOf(draft, around);
  const identities = identitiesOf(draft, region);
  if (known !== undefined && !isFromOwner(known, draft)) {
    return yield* asParticipant(known, { group, seen: yield* seenNow(group, identities) });
  }
  const present = known === undefined ? undefined : yield* presentOf(known);
  if (known !== undefined && present !== undefined) {
    const seen = alreadyKnown(identities, present);
    if (seen !== null) return identifiedAs(known, { ...present, seen });
  }
  const speaker = { group, name: draft.sender.name, seen: yield* seenNow(group, identities), now };
  if (known === undefined || present === undefined) return yield* openFor(draft, speaker);
  return yield* speakAgain(known, present, speaker);
}

/** The one its platform names; without threads, also one that an agent began and that has no name there yet. */
export function* conversationOf(
  { connection, conversation: key, sender }: Draft,
  { threadless }: Pick<Circumstances, 'threadless'>,
): Work<ConversationRow | undefined> {
  const named = yield* conversationByKey(connection, key);
  if (named !== undefined || !threadless) return named;
  const begun = yield* unansweredConversation(connection, sender.handle, OWN_KEY);
  if (begun === undefined) return undefined;
  yield* setConversationKey(begun.id, key);
  return { ...begun, key };
}

/** Somebody else on the same thread (a colleague in copy, another login) is never the customer. */
function* asParticipant(conversation: ConversationRow, cameWith: CameWith): Work<Identified> {
  const { root: person } = yield* standingOf(conversation.person_id);
  const isBlocked = yield* isKnownBlocked(cameWith);
  return { conversation, person, proven: false, fresh: false, isBlocked, identities: [] };
}

/** Of the person behind the conversation. */
interface Speaks extends Pick<Present, 'root' | 'isBlocked'> {
  readonly seen: readonly Seen[];
  readonly fresh?: boolean;
}

function identifiedAs(
  conversation: ConversationRow,
  { root, isBlocked, seen, fresh = false }: Speaks,
): Identified {
  return {
    conversation,
    person: root,
    proven: proofsOf(seen).length > 0,
    fresh,
    isBlocked,
    identities: asFarAsProven(seen),
  };
}

/** Most messages tell nothing new of who speaks; null: this one does. */
function alreadyKnown(
  identities: readonly Identity[],
  { person, handles }: Present,
): readonly Seen[] | null {
  const seen: Seen[] = [];
  for (const one of identities) {
    const row = handles.find(
      (each) => isSameHandle(each, one) && (one.proof === 'proven' || each.person_id === person),
    );
    if (row === undefined) return null;
    seen.push({ ...one, sharedAt: row.shared_at });
  }
  return seen;
}

/** Whoever the proofs name; without proof the same claimed person as before; else somebody new. */
function* openFor(draft: Draft, speaker: Speaker): Work<Identified> {
  const { leading, notJoined } = yield* namedBy(speaker, undefined);
  const proven = proofsOf(speaker.seen).length > 0;
  const known = proven ? leading?.person : yield* claimedPerson(speaker);
  const present =
    known === undefined ? yield* newPerson(speaker) : yield* presentOf({ person_id: known });
  const seen = yield* keep(speaker, present, notJoined);
  const conversation = yield* openConversation(draft, speaker.group, present.person);
  return identifiedAs(conversation, { ...present, seen, fresh: known === undefined });
}

function* newPerson({ group, name, now }: Speaker): Work<Present> {
  const person = yield* insertPerson(group, name, now);
  return { person, root: person, isBlocked: false, handles: [] };
}

/** Something new of somebody who has spoken on this conversation before. */
function* speakAgain(
  conversation: ConversationRow,
  present: Present,
  speaker: Speaker,
): Work<Identified> {
  const proofs = proofsOf(speaker.seen);
  const by = proofs.find((one) => present.handles.some((row) => isSameHandle(row, one)));
  const itself = by === undefined ? undefined : { ...present, by };
  const named = yield* namedBy(speaker, itself);
  if (proofs.length === 0 || by !== undefined) {
    return yield* learn(conversation, speaker, named);
  }
  if (isSomebodyElse(present, speaker.seen)) {
    // It does not change hands.
    if (named.leading !== undefined) yield* heardAnother(speaker, present, named.leading);
    return yield* asParticipant(conversation, speaker);
  }
  return yield* proveClaim({ conversation, present, speaker }, named);
}

function* learn(
  conversation: ConversationRow,
  speaker: Speaker,
  { notJoined }: Pick<Named, 'notJoined'>,
): Work<Identified> {
  const present = yield* presentOf(conversation);
  const seen = yield* keep(speaker, present, notJoined);
  return identifiedAs(conversation, { ...present, seen });
}

interface Speaking {
  readonly conversation: ConversationRow;
  readonly present: Present;
  readonly speaker: Speaker;
}

/**
 * A person known only by claims of this one conversation is who they now prove to be. A strong claim
 * may be others' as well, who must not be carried along: this conversation leaves them alone.
 */
function* proveClaim(
  { conversation, present, speaker }: Speaking,
  { leading, notJoined }: Named,
): Work<Identified> {
  const alone = present.handles.every(({ proof }) => proof === 'weak');
  if (alone && leading === undefined) return yield* learn(conversation, speaker, { notJoined });
  if (alone && leading !== undefined) {
    return yield* joinClaim({ conversation, present, speaker }, leading, notJoined);
  }
  const person = leading?.person ?? (yield* insertPerson(speaker.group, speaker.name, speaker.now));
  yield* giveConversation(conversation.id, person);
  return yield* learn({ ...conversation, person_id: person }, speaker, { notJoined });
}

function* joinClaim(
  { conversation, present, speaker }: Speaking,
  leading: Leading,
  notJoined: Named['notJoined'],
): Work<Identified> {
  if (yield* areKeptApart(present.root, leading.root)) {
    return yield* asParticipant(conversation, speaker);
  }
  yield* joinPersons(present.person, leading.person, claimProven(leading.by, speaker.now));
  return yield* learn(conversation, speaker, { notJoined });
}

function* openConversation(draft: Draft, group: number, person: number): Work<ConversationRow> {
  const row = {
    connection_id: draft.connection,
    key: draft.conversation,
    group_id: group,
    channel: draft.channel,
    handle: draft.sender.handle,
    name: draft.sender.name,
    subject: draft.subject,
    context: '{}',
    person_id: person,
  };
  const id = yield* insertConversation(row);
  return { ...row, id, ticket_id: null, last_in_at: null };
}
