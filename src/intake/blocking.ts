/**
 * Called by: match.
 * Given: a complaint.
 * Leaves behind: nothing; the few tickets that are worth a comparison, and how common each key is.
 */
import type { Complaint } from './complaint.js';
import { personKey } from './remember.js';
import type { Rarity } from '../matching/compare.js';
import { lookedUpKeys, type BlockingKey } from '../matching/keys.js';
import type { MatchingRules } from '../matching/rules.js';
import { holdersOfKeys, newestTicket, personsUnder, type KeyHolder } from '../store/tellings.js';
import type { Work } from '../store/work.js';

export interface Subject {
  readonly group: number;
  readonly complaint: Complaint;
  /** Root of the person who told it; null when nobody knew them before, so that there is nothing of theirs. */
  readonly person: number | null;
}

export interface Blocked {
  /** Those with the rarest keys in common first. */
  readonly tickets: readonly number[];
  readonly rarity: Rarity;
}

/** Whoever shares a key that is no flood, and the person's own. All keys are looked up at once. */
export function* candidatesOf(
  { group, complaint, person }: Subject,
  rules: MatchingRules,
): Work<Blocked> {
  const { ticketsPerKey } = rules.blocking;
  const looked = lookedUpKeys(complaint.side.facts, rules);
  const own = person === null ? [] : (yield* personsUnder(person)).map(personKey);
  const keys = [...new Set([...looked.map(({ key }) => key), ...own])];
  // One more than a key may have says that it has too many.
  const holders = yield* holdersOfKeys(group, keys, ticketsPerKey + 1);
  const rarity = rarityOf(holders, yield* newestTicket());
  const isFlood = (held: readonly KeyHolder[]): boolean => held.length > ticketsPerKey;
  const leading = [...leadingKeys(looked)].flatMap((key) => {
    const held = holders.get(key);
    return held === undefined || isFlood(held) ? [] : [held];
  });
  // A person's own latest tickets are looked at however many they have.
  const theirs = own.flatMap((key) => holders.get(key) ?? []).slice(0, rules.blocking.ofPerson);
  const shares = sharesOf([...leading, theirs], new Set(complaint.tickets));
  const ranked = [...shares].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  const tickets = ranked.slice(0, rules.blocking.candidates).map(([ticket]) => ticket);
  return { tickets, rarity };
}

/** Some keys are only counted: how common something is, without being a reason to compare. */
function leadingKeys(looked: readonly BlockingKey[]): ReadonlySet<string> {
  return new Set(looked.filter(({ counts }) => counts !== true).map(({ key }) => key));
}

/** How much each ticket has in common: a key that few have says more than one that many have. */
function sharesOf(
  groups: readonly (readonly KeyHolder[])[],
  without: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const held of groups) {
    for (const { ticket } of held) {
      if (!without.has(ticket)) shares.set(ticket, (shares.get(ticket) ?? 0) + 1 / held.length);
    }
  }
  return shares;
}

function rarityOf(holders: ReadonlyMap<string, readonly KeyHolder[]>, total: number): Rarity {
  return {
    total,
    of(key) {
      const held = holders.get(key) ?? [];
      const persons = new Set(held.map(({ person }) => person)).size;
      return { tickets: held.length, persons };
    },
  };
}
