/**
 * Called by: file-message and retell.
 * Given: what a ticket told.
 * Leaves behind: it is kept with the ticket, and the keys under which other tellings find it.
 */
import { foldOf, together, type Complaint, type Heard } from './complaint.js';
import { hash32 } from '../matching/fold.js';
import { storedKeys } from '../matching/keys.js';
import type { MatchingRules } from '../matching/rules.js';
import { writeFacts } from '../matching/stored-facts.js';
import {
  deleteKeys,
  deleteTelling,
  insertKeys,
  personsUnder,
  saveTelling,
} from '../store/tellings.js';
import type { Work } from '../store/work.js';

/** The ticket that told it, and the root of the person who did. */
export interface Teller {
  readonly ticket: number;
  readonly group: number;
  readonly person: number;
}

/** Under this key a person's own tickets are found. */
export const personKey = (person: number): string => `@${person}`;

const keysOf = ({ facts }: Heard, rules: MatchingRules): readonly string[] =>
  storedKeys(facts, rules);

/** The first thing a ticket tells. */
export function* keepTelling(teller: Teller, heard: Heard, rules: MatchingRules): Work<void> {
  yield* save(teller, heard);
  yield* insertKeys(teller, [...keysOf(heard, rules), personKey(teller.person)]);
}

/** A complaint after one of its members told more; `fresh`: it can be found by something it could not before. */
export interface Retold {
  readonly complaint: Complaint;
  readonly fresh: boolean;
}

/** A further thing a ticket tells. */
export function* tellMore(
  teller: Teller,
  complaint: Complaint,
  heard: Heard,
  rules: MatchingRules,
): Work<Retold> {
  const { side, members } = complaint;
  const before = members.find(({ ticket }) => ticket === teller.ticket);
  const after = before === undefined ? heard : together(before, heard);
  yield* save(teller, after);
  const known = new Set(before === undefined ? [] : keysOf(before, rules));
  const added = keysOf(after, rules).filter((key) => !known.has(key));
  const stranger = before === undefined || !side.persons.includes(teller.person);
  yield* insertKeys(teller, stranger ? [...added, personKey(teller.person)] : added);
  const others = members.filter((one) => one !== before);
  const all = [...others, { ticket: teller.ticket, ...after }].sort((a, b) => a.ticket - b.ticket);
  const told = foldOf(all) ?? after;
  return {
    complaint: { ...complaint, members: all, side: { ...side, ...told } },
    fresh: added.length > 0,
  };
}

/** What it tells after its words changed: by those that are gone it is found no more. */
export function* tellAnew(
  teller: Teller,
  before: Heard | undefined,
  after: Heard,
  rules: MatchingRules,
): Work<void> {
  const keys = [...keysOf(after, rules), personKey(teller.person)];
  const known = before === undefined ? [] : [...keysOf(before, rules), personKey(teller.person)];
  // What it told before cannot be read: those of its keys that are the same are not held twice.
  if (before === undefined) yield* deleteKeys(teller.group, teller.ticket, keys);
  yield* deleteKeys(
    teller.group,
    teller.ticket,
    known.filter((key) => !keys.includes(key)),
  );
  yield* save(teller, after);
  yield* insertKeys(
    teller,
    keys.filter((key) => !known.includes(key)),
  );
}

/** Everything it told was taken from it: nothing finds it any more. */
export function* forget(
  { ticket, group, person }: Teller,
  before: Heard | undefined,
  rules: MatchingRules,
): Work<void> {
  const persons = yield* personsUnder(person);
  const told = before === undefined ? [] : keysOf(before, rules);
  yield* deleteKeys(group, ticket, [...told, ...persons.map(personKey)]);
  yield* deleteTelling(ticket);
}

function* save({ ticket, group }: Teller, heard: Heard): Work<void> {
  const [facts, identities] = [writeFacts(heard.facts), JSON.stringify(heard.identities)];
  const digest = hash32(facts + identities);
  yield* saveTelling({ ticket, group, facts, identities, digest });
}
