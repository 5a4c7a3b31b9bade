import {
  MOST_BLOCKS,
  MOST_TICKETS,
  type PersonDetails,
  type PersonDuplicate,
} from './schemas/persons.js';
import { handleViews, iso, linkOf, viewRoots, type ViewDependencies } from '../desk/ticket-view.js';
import { blocksOf, type PersonBlockRow } from '../store/person-blocks.js';
import { personLinksOf, personTree, rootPerson } from '../store/persons.js';
import { handlesOfPersons, rootsOfPerson } from '../store/ticket-views.js';
import type { Work } from '../store/work.js';

/** A root person with everybody joined into them, and why. */
export function* viewPerson(deps: ViewDependencies, root: number): Work<PersonDetails> {
  const tree = yield* personTree(root);
  const handles = yield* handlesOfPersons([root]);
  const links = yield* personLinksOf(tree.map(({ id }) => id));
  const members = tree.map(({ id, name, joined_into }) => {
    const why = links.findLast(
      ({ older, younger, decision, undone_at }) =>
        older === joined_into && younger === id && decision === 'same' && undone_at === null,
    );
    return {
      id,
      name,
      joinedInto: joined_into,
      handles: handleViews(handles.filter(({ person_id }) => person_id === id)),
      why: why === undefined ? null : linkOf(why),
    };
  });
  return {
    id: root,
    name: tree.find(({ name }) => name !== null)?.name ?? null,
    blocked: tree.some(({ id, blocked }) => id === root && blocked === 1),
    blocks: (yield* blocksOf(root, MOST_BLOCKS)).map(blockOf),
    handles: handleViews(handles),
    members,
    tickets: yield* viewRoots(deps, yield* rootsOfPerson(root, MOST_TICKETS)),
  };
}

const blockOf = (row: PersonBlockRow): PersonDetails['blocks'][number] => ({
  blocked: row.blocked === 1,
  person: row.person_id,
  reason: row.reason,
  author: row.author,
  at: iso(row.at),
});

/** Every decision and question about a person and another, the latest first. */
export function* personDuplicates(person: number): Work<readonly PersonDuplicate[]> {
  const tree = yield* personTree(yield* rootPerson(person));
  const inside = new Set(tree.map(({ id }) => id));
  const links = yield* personLinksOf([...inside]);
  return [...links].reverse().map((link) => {
    const ends = [link.older, link.younger];
    const own = [person, ...ends].find((end) => inside.has(end) && ends.includes(end)) ?? person;
    const other = own === link.older ? link.younger : link.older;
    return {
      ...linkOf(link),
      person: other,
      own,
      joined: inside.has(other),
      undoneAt: link.undone_at === null ? null : iso(link.undone_at),
    };
  });
}

/** Root tickets on which both speak. */
export function* ticketsOfBoth(one: number, other: number): Work<readonly number[]> {
  const others = new Set(yield* rootsOfPerson(other, MOST_TICKETS));
  return (yield* rootsOfPerson(one, MOST_TICKETS)).filter((ticket) => others.has(ticket));
}
