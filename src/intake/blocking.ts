/**
 * Called by: match.
 * Given: a complaint.
 * Leaves behind: nothing; the few tickets that are worth a comparison, and how common each key is.
 */
import type { Complaint } from './complaint.js';
import { personKey } from './remember.js';
import type { Rarity } from '../matching/pair.js';
import { lookedUpKeys, type BlockingKey } from '../matching/keys.js';
import type { MatchingRules } from '../matching/rules.js';
import {
  holdersOfKeys,
  newestTicket,
  personsUnder,
  type Holders,
  type KeyHolder,
} from '../store/tellings.js';
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
  /** Of them, those that nothing but the person speaks for: they count for a while only. */
  readonly personal: ReadonlySet<number>;
  readonly rarity: Rarity;
}

/** Whoever shares a key that is no flood, and the person's own latest. All keys are looked up at once. */
export function* candidatesOf(
  { group, complaint, person }: Subject,
  rules: MatchingRules,
): Work<Blocked> {
  const { ticketsPerKey, candidates } = rules.blocking;
  const looked = lookedUpKeys(complaint.side.facts, rules);
  const own = person === null ? [] : (yield* personsUnder(person)).map(personKey);
  const keys = [...new Set([...looked.map(({ key }) => key), ...own])];
  const holders = withoutOwn(yield* holdersOfKeys(group, keys), complaint);
  const leading = [...leadingKeys(looked)].flatMap((key) => {
    const held = holders.get(key);
    return held === undefined || held.tickets > ticketsPerKey ? [] : [held.latest];
  });
  const shares = sharesOf(leading);
  const theirs = sharesOf(own.map((key) => holders.get(key)?.latest ?? []));
  const personal = new Set([...theirs.keys()].filter((ticket) => !shares.has(ticket)));
  const ranked = [...shares, ...[...theirs].filter(([ticket]) => personal.has(ticket))].sort(
    (a, b) => b[1] - a[1] || b[0] - a[0],
  );
  const tickets = ranked.slice(0, candidates).map(([ticket]) => ticket);
  return { tickets, personal, rarity: rarityOf(holders, yield* newestTicket()) };
}

/** Its own tickets do not make a key common. */
function withoutOwn(
  holders: ReadonlyMap<string, Holders>,
  { tickets: own }: Complaint,
): ReadonlyMap<string, Holders> {
  const others = new Map<string, Holders>();
  for (const [key, { tickets, latest }] of holders) {
    const kept = latest.filter(({ ticket }) => !own.includes(ticket));
    others.set(key, { tickets: tickets - (latest.length - kept.length), latest: kept });
  }
  return others;
}

/** Some keys are only counted: how common something is, without being a reason to compare. */
function leadingKeys(looked: readonly BlockingKey[]): ReadonlySet<string> {
  return new Set(looked.filter(({ counts }) => counts !== true).map(({ key }) => key));
}

/** How much each ticket has in common: a key that few have says more than one that many have. */
function sharesOf(groups: readonly (readonly KeyHolder[])[]): ReadonlyMap<number, number> {
  const shares = new Map<number, number>();
  for (const held of groups) {
    for (const { ticket } of held) shares.set(ticket, (shares.get(ticket) ?? 0) + 1 / held.length);
  }
  return shares;
}

function rarityOf(holders: ReadonlyMap<string, Holders>, total: number): Rarity {
  return {
    total,
    of(key) {
      const { tickets, latest } = holders.get(key) ?? NOBODY;
      return { tickets, persons: new Set(latest.map(({ person }) => person)).size };
    },
  };
}

const NOBODY: Holders = { tickets: 0, latest: [] };
