/**
 * Called by: match.
 * Given: a complaint.
 * Leaves behind: nothing; the few tickets that are worth a comparison, and how common each key is.
 */
import type { Complaint } from './complaint.js';
import { personKey } from './remember.js';
import type { Rarity } from '../matching/pair.js';
import { mostInCrowd } from '../matching/bound.js';
import type { Facts } from '../matching/facts.js';
import { crowdKeys, isCount, isOfDays, lookedUpKeys } from '../matching/keys.js';
import type { MatchingRules } from '../matching/rules.js';
import { heldKeys, heldWithout, holdersIn, personsUnder, type HeldKey } from '../store/tellings.js';
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
  const { facts } = complaint.side;
  const persons = person === null ? [] : yield* personsUnder(person);
  const own = new Set(persons.map(personKey));
  const rows = yield* heldKeys(group, [...lookedUpKeys(facts, rules), ...own]);
  const held = new Map(rows.map((row) => [row.key, withoutOwn(row, complaint)]));
  const shared = sharesOf(held, own, new Set(crowdKeys(facts, rules)), rules);
  const isFlood = wordsSayNothing(facts, held, rules);
  const ranked = [...shared]
    .filter(([, { tied, personal }]) => tied || personal || !isFlood)
    .sort(([a, one], [b, other]) => other.weight - one.weight || b - a);
  const passing = ranked.filter(([, { lasting, personal }]) => !lasting && !personal);
  const passedOver = new Set(passing.slice(rules.blocking.passing));
  const tickets = ranked
    .filter((one) => !passedOver.has(one))
    .slice(0, rules.blocking.candidates)
    .map(([ticket]) => ticket);
  const personal = new Set(tickets.filter((ticket) => shared.get(ticket)?.personal === true));
  return { tickets, personal, rarity: rarityOf(held) };
}

/** What a ticket has in common with the telling. */
interface Share {
  /** A key that few have says more than one that many have. */
  weight: number;
  /** Something that is true for ever, too: a whole number, an address, a name. */
  lasting: boolean;
  /** A number or a part of one, an address, a name: more than words. */
  tied: boolean;
  /** Nothing but the person. */
  personal: boolean;
}

function sharesOf(
  held: ReadonlyMap<string, HeldKey>,
  own: ReadonlySet<string>,
  words: ReadonlySet<string>,
  { blocking }: MatchingRules,
): ReadonlyMap<number, Share> {
  const shares = new Map<number, Share>();
  const rows = [...held.values()].filter(({ key }) => !isCount(key) && !own.has(key));
  for (const { key, tickets, held: text } of rows) {
    if (tickets > blocking.ticketsPerKey) continue;
    share(shares, text, { tied: !words.has(key), lasting: !isOfDays(key) });
  }
  // A flood proposes nobody; whom something else proposes, it ties all the same.
  for (const { key, tickets, held: text } of rows) {
    if (tickets > blocking.ticketsPerKey && !words.has(key)) tie(shares, text);
  }
  const theirs = [...own].map((key) => held.get(key)?.held ?? '');
  for (const text of theirs) tie(shares, text);
  const personal = new Map<number, Share>();
  for (const text of theirs) share(personal, text, { tied: false, lasting: false, personal: true });
  return new Map([...personal, ...shares]);
}

function share(
  shares: Map<number, Share>,
  text: string,
  { tied, lasting, personal = false }: Omit<Share, 'weight' | 'personal'> & Partial<Share>,
): void {
  const holders = holdersIn(text);
  for (const { ticket } of holders) {
    const known = shares.get(ticket);
    if (known === undefined) {
      shares.set(ticket, { weight: 1 / holders.length, tied, lasting, personal });
    } else {
      known.weight += 1 / holders.length;
      known.tied ||= tied;
      known.lasting ||= lasting;
    }
  }
}

/** What is proposed by something else stands on firmer ground. */
function tie(shares: Map<number, Share>, text: string): void {
  for (const { ticket } of holdersIn(text)) {
    const known = shares.get(ticket);
    if (known !== undefined) known.tied = known.lasting = true;
  }
}

/**
 * In a crowd twice as large as makes one, tickets that share nothing but words are not compared: they
 * cannot come to a question, and that they are one incident has been said by then.
 */
function wordsSayNothing(
  facts: Facts,
  held: ReadonlyMap<string, HeldKey>,
  rules: MatchingRules,
): boolean {
  const most = Math.max(...crowdKeys(facts, rules).map((key) => held.get(key)?.tickets ?? 0), 0);
  return most >= 2 * rules.rarity.crowd && mostInCrowd(facts, rules) < rules.decision.ask;
}

/** Its own tickets do not make a key common. */
function withoutOwn(row: HeldKey, { tickets }: Complaint): HeldKey {
  let [kept, others] = [row.held, row.tickets];
  for (const ticket of tickets) {
    const without = heldWithout(kept, ticket);
    if (without !== kept) others -= 1;
    kept = without;
  }
  return kept === row.held ? row : { key: row.key, tickets: others, held: kept };
}

/** Most keys are asked about for their number alone: who holds them is read when somebody asks. */
function rarityOf(held: ReadonlyMap<string, HeldKey>): Rarity {
  return {
    tickets: (key) => held.get(key)?.tickets ?? 0,
    persons: (key) =>
      new Set(holdersIn(held.get(key)?.held ?? '').map(({ person }) => person)).size,
  };
}
