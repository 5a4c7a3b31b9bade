/**
 * Called by: file, for every draft that is filed, inside the one ordered writer.
 * Given: a draft and its group.
 * Leaves behind: the conversation with its person; handles with the proof they came with.
 */
import type { Draft } from '../model/draft.js';
import {
  isUniqueKind,
  normaliseIdentity,
  plainHandle,
  proofsConflict,
  type Identity,
} from '../model/identity.js';
import {
  conversationByKey,
  giveConversation,
  insertConversation,
  type ConversationRow,
} from '../store/conversations.js';
import {
  firmHandle,
  handlesOf,
  insertHandle,
  insertPerson,
  joinPersons,
  rootPerson,
  type HandleRow,
} from '../store/persons.js';
import type { Work } from '../store/work.js';

export interface Identified {
  readonly conversation: ConversationRow;
  /** Root of the person behind the conversation. */
  readonly person: number;
  /** True when this draft proves the person: only then may anything be merged by who it is. */
  readonly proven: boolean;
  /** True when nobody knew this person before: there is nothing of theirs to find. */
  readonly fresh: boolean;
}

/** A person by their root, and whether this draft made them. */
interface Found {
  readonly person: number;
  readonly fresh: boolean;
}

/** Finds or opens the draft's conversation and finds, joins or creates the person behind it. */
export function* identify(draft: Draft, group: number, now: number): Work<Identified> {
  const known = yield* conversationByKey(draft.connection, draft.conversation);
  const identities = draft.sender.identities.map((one) => normaliseIdentity(one, draft.connection));
  const proofs = identities.filter(({ proof }) => proof === 'proven');
  const proven = proofs.length > 0;
  // Somebody else on the same thread (a colleague in copy) is a participant, never the customer.
  if (known !== undefined && plainHandle(known.handle) !== plainHandle(draft.sender.handle)) {
    return {
      conversation: known,
      person: yield* rootPerson(known.person_id),
      proven: false,
      fresh: false,
    };
  }
  const who = { group, name: draft.sender.name, identities, now };
  if (known !== undefined) {
    const person = yield* strengthen(known, who, proofs);
    const conversation = { ...known, person_id: person };
    return { conversation, person: yield* rootPerson(person), proven, fresh: false };
  }
  const found = yield* personOf(who, proofs);
  return { conversation: yield* openConversation(draft, group, found.person), proven, ...found };
}

interface Who {
  readonly group: number;
  readonly name: string | null;
  readonly identities: readonly Identity[];
  readonly now: number;
}

/** Whoever the proofs name; without proof the same claimed person as before; else somebody new. */
function* personOf(who: Who, proofs: readonly Identity[]): Work<Found> {
  const known = proofs.length > 0 ? yield* provenPerson(who, proofs) : yield* claimedPerson(who);
  const person = known ?? (yield* insertPerson(who.group, who.name, who.now));
  yield* keepHandles(who, person);
  return { person, fresh: known === undefined };
}

/** The person of a known conversation, after what this draft proves about them. */
function* strengthen(
  conversation: ConversationRow,
  who: Who,
  proofs: readonly Identity[],
): Work<number> {
  const present = conversation.person_id;
  if (who.identities.length === 0) return present;
  const proven = yield* provenPerson(who, proofs);
  if (proofs.length === 0 || (yield* rootPerson(present)) === proven) {
    yield* keepHandles(who, present);
    return present;
  }
  const held = yield* handlesOf(yield* rootPerson(present));
  // A phone alone does not take a conversation from the one of its sharers whom an id has proven.
  const shared = !proofs.some(({ kind }) => isUniqueKind(kind)) && proven !== undefined;
  if (shared && proofsConflict(held, yield* handlesOf(proven))) return present;
  const free = held.every(({ proof }) => proof === 'weak');
  // A person known only by claims of this one conversation becomes who they proved to be; a claim
  // shared by several conversations must not carry the others along.
  const person = proven ?? (free ? present : yield* insertPerson(who.group, who.name, who.now));
  if (person !== present) yield* giveConversation(conversation.id, person);
  yield* keepHandles(who, person);
  return person;
}

/**
 * Persons join on proof only, and never when their proofs conflict. The most specific proof is
 * followed first: a phone that a family shares leads nowhere when its owner holds another id of the
 * kind this draft proves.
 */
function* provenPerson(who: Who, proofs: readonly Identity[]): Work<number | undefined> {
  const unique = proofs.filter(({ kind }) => isUniqueKind(kind));
  const shareable = proofs.filter(({ kind }) => !isUniqueKind(kind));
  let found: number | undefined;
  for (const proof of [...unique, ...shareable]) {
    const handle = yield* firmHandle(who.group, proof);
    if (handle === undefined) continue;
    const person = yield* rootPerson(handle.person_id);
    if (person === found) continue;
    const held = yield* handlesOf(person);
    if (proofsConflict(unique, held)) continue;
    found = found === undefined ? person : yield* joinUnlessConflicting(found, person, held);
  }
  return found;
}

function* claimedPerson({ group, identities }: Who): Work<number | undefined> {
  for (const identity of identities) {
    const handle = identity.proof === 'strong' ? yield* firmHandle(group, identity) : undefined;
    if (handle !== undefined) return yield* rootPerson(handle.person_id);
  }
  return undefined;
}

function* joinUnlessConflicting(
  found: number,
  other: number,
  held: readonly HandleRow[],
): Work<number> {
  if (proofsConflict(yield* handlesOf(found), held)) return found;
  const [older, younger] = found < other ? [found, other] : [other, found];
  yield* joinPersons(older, younger);
  return older;
}

function* keepHandles({ group, identities, now }: Who, person: number): Work<void> {
  for (const identity of identities) yield* insertHandle(group, person, identity, now);
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
