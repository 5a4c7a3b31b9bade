import { lockedPerson } from './persons.js';
import type { Act } from './tickets.js';
import { deriveBlocked, insertPersonBlock, lastBlockOf } from '../store/person-blocks.js';
import type { Work } from '../store/work.js';

/** The root of whoever it was said of; null: there is no such person. */
export type BlockedRoot = number | null;

/**
 * An agent wants to hear no more of a person. What they write is kept as ever, on tickets that stand in
 * no list but that of spam, compared with nothing and answered by nobody but an agent who means to. It
 * is said of this one member: it holds for everybody they are joined with, and leaves with them.
 */
export function* blockPerson(
  person: number,
  reason: string | null,
  { who: author, at }: Act,
): Work<BlockedRoot> {
  const root = yield* lockedPerson(person);
  if (root === undefined) return null;
  const last = yield* lastBlockOf(person);
  const isSaid = root.blocked === 1 && last?.blocked === 1;
  if (isSaid && (reason === null || reason === last.reason)) return root.id;
  yield* insertPersonBlock({ person_id: person, blocked: 1, reason, author, at });
  yield* deriveBlocked(root.id);
  return root.id;
}

/** What comes next of a person is heard again; what came meanwhile stays where it is. */
export function* unblockPerson(person: number, { who: author, at }: Act): Work<BlockedRoot> {
  const root = yield* lockedPerson(person);
  if (root === undefined) return null;
  if (root.blocked === 0) return root.id;
  yield* insertPersonBlock({ person_id: person, blocked: 0, reason: null, author, at });
  yield* deriveBlocked(root.id);
  return root.id;
}
