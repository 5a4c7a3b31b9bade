/**
 * Called by: identify; keep and amend, for what opens no ticket.
 * Given: what a draft came with, and the conversation it came on.
 * Leaves behind: nothing; who is known to speak, and whether an agent wants to hear no more of them.
 */
import {
  mostSpecificFirst,
  proofsOf,
  seenNow,
  whyNotJoined,
  type Present,
  type Seen,
  type Speaker,
} from './proofs.js';
import type { Draft } from '../model/draft.js';
import {
  isOwnAccount,
  isSameHandle,
  normaliseIdentity,
  plainHandle,
  type Identity,
} from '../model/identity.js';
import type { Region } from '../model/phone.js';
import type { ConversationRow } from '../store/conversations.js';
import { claimedHandle, firmHandle, handlesOf, personById } from '../store/persons.js';
import type { Work } from '../store/work.js';

/** All that may say who it is. */
export type CameWith = Pick<Speaker, 'group' | 'seen'>;

/** Two spellings of one address are one. */
export const identitiesOf = (
  { connection: scope, sender }: Draft,
  region: Region,
): readonly Identity[] =>
  sender.identities
    .map((one) => normaliseIdentity(one, { scope, region }))
    .filter((one, i, all) => !all.slice(0, i).some((other) => isSameHandle(one, other)));

export const isFromOwner = (
  { handle }: Pick<ConversationRow, 'handle'>,
  { sender }: Draft,
): boolean => plainHandle(handle) === plainHandle(sender.handle);

/** True where a thread that has proven whose it is hears another's proof: another login, a phone that somebody else answers. */
export function isSomebodyElse({ handles }: Present, seen: readonly Seen[]): boolean {
  const proofs = proofsOf(seen);
  const isTheirs = (one: Seen): boolean => handles.some((row) => isSameHandle(row, one));
  return (
    proofs.length > 0 && handles.some(({ proof }) => proof === 'proven') && !proofs.some(isTheirs)
  );
}

/** Whom a conversation belongs to. */
export function* presentOf({ person_id }: Pick<ConversationRow, 'person_id'>): Work<Present> {
  const standing = yield* standingOf(person_id);
  return { person: person_id, ...standing, handles: yield* handlesOf(standing.root) };
}

/** With whom a person is joined, and whether they are blocked. */
export function* standingOf(person: number): Work<Pick<Present, 'root' | 'isBlocked'>> {
  const row = yield* personById(person);
  return { root: row?.root_id ?? person, isBlocked: row?.blocked === 1 };
}

/** A strong address names the same claimed person again, and never anybody who has proven who they are. */
export function* claimedPerson({ group, seen }: CameWith): Work<number | undefined> {
  for (const one of seen) {
    if (one.proof !== 'strong' || one.sharedAt !== null) continue;
    const handle = yield* claimedHandle(group, one);
    if (handle !== undefined) return handle.person_id;
  }
  return undefined;
}

/** Whether whoever said it is blocked: the conversation's owner, or on somebody else's who they are known as. */
export function* isSaidBlocked(
  draft: Draft,
  conversation: ConversationRow,
  { group, region }: { readonly group: number; readonly region: Region },
): Work<boolean> {
  const seen = yield* seenNow(group, identitiesOf(draft, region));
  if (!isFromOwner(conversation, draft)) return yield* isKnownBlocked({ group, seen });
  const owner = yield* presentOf(conversation);
  return isSomebodyElse(owner, seen) ? yield* isKnownBlocked({ group, seen }) : owner.isBlocked;
}

/** Of somebody on another's conversation: theirs is the word on them, never that on its owner. */
export function* isKnownBlocked(cameWith: CameWith): Work<boolean> {
  const person = yield* knownPerson(cameWith);
  return person !== undefined && (yield* standingOf(person)).isBlocked;
}

/** Whom the proofs name, as long as no account contradicts; without proof the same claimed person as before. */
function* knownPerson({ group, seen }: CameWith): Work<number | undefined> {
  const proofs = proofsOf(seen);
  if (proofs.length === 0) return yield* claimedPerson({ group, seen });
  const accounts = proofs.filter(isOwnAccount);
  for (const by of mostSpecificFirst(proofs)) {
    const handle = yield* firmHandle(group, by);
    if (handle === undefined) continue;
    const { root } = yield* standingOf(handle.person_id);
    if ((yield* whyNotJoined(accounts, root, undefined)) === null) return handle.person_id;
  }
  return undefined;
}
