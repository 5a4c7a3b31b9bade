/**
 * Called by: file-message and retell, for a complaint that told something new.
 * Given: the complaint as matching sees it.
 * Leaves behind: merges, questions to an agent and relations, each a Link with its evidence.
 *
 * Probabilistic record linkage in three steps: blocking (keys), comparison (match weights),
 * decision. It runs inside the ordered writer's transaction, so that of two tellings in one batch
 * the later one always finds the earlier one.
 */
import { complaintsOf, type Complaint } from './complaint.js';
import { personKey } from './remember.js';
import { judge, mergeTickets, type Decision } from '../desk/graph.js';
import { compare, type Comparison, type Rarity, type Side } from '../matching/compare.js';
import { decide, type Verdict } from '../matching/decide.js';
import { lookedUpKeys } from '../matching/keys.js';
import type { MatchingRules } from '../matching/rules.js';
import { proofsConflict } from '../model/identity.js';
import {
  holdersOfKeys,
  judgedAmong,
  membersOf,
  newestTicket,
  personsUnder,
  type JudgedRow,
  type KeyHolder,
} from '../store/tellings.js';
import type { Work } from '../store/work.js';

export interface Subject {
  readonly group: number;
  readonly complaint: Complaint;
  /** Root of the person who told it; null when nobody knew them before, so that there is nothing of theirs. */
  readonly person: number | null;
}

/** Compares a complaint with whatever may be the same and acts on what comes out. */
export function* match(subject: Subject, rules: MatchingRules, now: number): Work<void> {
  const { complaint } = subject;
  const { tickets, rarity } = yield* candidatesOf(subject, rules);
  if (tickets.length === 0) return;
  const others = [...complaintsOf(yield* membersOf(tickets)).values()].filter(
    ({ root, spam }) => root !== complaint.root && !spam,
  );
  const pairs = others.map((other): Pair => {
    const comparison = compare(complaint.side, other.side, rarity, rules);
    return { ticket: other.root, comparison, one: complaint.side, other: other.side };
  });
  const verdicts = new Map(decide(pairs, rules).map(({ ticket, verdict }) => [ticket, verdict]));
  const found = others
    .map((other, i): Candidate => {
      const { weight, evidence } = pairs[i]?.comparison ?? NOTHING;
      return { other, weight, evidence, verdict: verdicts.get(other.root) ?? 'leave' };
    })
    .filter(({ verdict }) => verdict !== 'leave')
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || b.weight - a.weight);
  if (found.length > 0) yield* act(complaint, found, now);
}

interface Pair {
  readonly ticket: number;
  readonly comparison: Comparison;
  readonly one: Side;
  readonly other: Side;
}

interface Candidate extends Comparison {
  readonly other: Complaint;
  readonly verdict: Verdict;
}

const NOTHING: Comparison = { weight: 0, evidence: [] };
/** Merges come first: what they join is not asked about. */
const RANK: Readonly<Record<Verdict, number>> = { auto: 0, ask: 1, related: 2, leave: 3 };

interface Blocked {
  /** Tickets worth a comparison, those with the rarest keys in common first. */
  readonly tickets: readonly number[];
  readonly rarity: Rarity;
}

/** Blocking: whoever shares a key that is no flood, and the person's own. All keys are looked up at once. */
function* candidatesOf({ group, complaint, person }: Subject, rules: MatchingRules): Work<Blocked> {
  const { ticketsPerKey, candidates } = rules.blocking;
  const looked = lookedUpKeys(complaint.side.facts, rules);
  const own = person === null ? [] : (yield* personsUnder(person)).map(personKey);
  const keys = [...new Set([...looked.map(({ key }) => key), ...own])];
  const holders = yield* holdersOfKeys(group, keys, ticketsPerKey + 1);
  const inside = new Set(complaint.tickets);
  const shares = new Map<number, number>();
  const counting = new Set(looked.flatMap(({ key, counts }) => (counts === true ? [key] : [])));
  for (const [key, held] of holders) {
    const flood = held.length > ticketsPerKey && !own.includes(key);
    if (flood || counting.has(key)) continue;
    for (const { ticket } of held) {
      if (!inside.has(ticket)) shares.set(ticket, (shares.get(ticket) ?? 0) + 1 / held.length);
    }
  }
  const ranked = [...shares].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, candidates);
  const total = yield* newestTicket();
  return { tickets: ranked.map(([ticket]) => ticket), rarity: rarityOf(holders, total) };
}

function rarityOf(holders: ReadonlyMap<string, readonly KeyHolder[]>, total: number): Rarity {
  return {
    total,
    of(key) {
      const held = holders.get(key) ?? [];
      return {
        tickets: held.length,
        persons: new Set(held.map(({ person }) => person)).size,
      };
    },
  };
}

/** Carries the verdicts out as far as the graph allows, and says each pair once. */
function* act(complaint: Complaint, found: readonly Candidate[], now: number): Work<void> {
  const all = found.flatMap(({ other }) => other.tickets);
  const judged = yield* judgedAmong([...complaint.tickets, ...all]);
  let joined: readonly number[] = complaint.tickets;
  let relations = 0;
  for (const candidate of found) {
    const { other, weight: score, evidence } = candidate;
    const said = decisionsBetween(judged, joined, other.tickets);
    if (said.has('different')) continue;
    const decision: Decision = { author: 'hubbub', at: now, evidence, score };
    const verdict = allowed(candidate, complaint);
    if (verdict === 'auto') {
      yield* mergeTickets(other.root, complaint.root, decision);
      joined = [...joined, ...other.tickets];
    } else if (verdict === 'ask' && !said.has('possible')) {
      yield* judge(complaint.root, other.root, 'possible', decision);
    } else if (verdict === 'related' && said.size === 0 && relations < MOST_RELATIONS) {
      relations += 1;
      yield* judge(complaint.root, other.root, 'related', decision);
    }
  }
}

/** Of an incident with hundreds of tellings each is tied to a few, which tie it to all. */
const MOST_RELATIONS = 3;

function decisionsBetween(
  judged: readonly JudgedRow[],
  some: readonly number[],
  others: readonly number[],
): ReadonlySet<string> {
  const between = judged.filter(
    ({ older, younger }) =>
      (some.includes(older) && others.includes(younger)) ||
      (some.includes(younger) && others.includes(older)),
  );
  return new Set(between.map(({ decision }) => decision));
}

/** What was answered is not opened again by a rule, and conflicting proofs are a person's question. */
function allowed({ verdict, other }: Candidate, { side }: Complaint): Verdict {
  if (verdict !== 'auto') return verdict;
  if (other.side.status === 'solved' || other.side.status === 'closed') return 'related';
  return proofsConflict(side.identities, other.side.identities) ? 'ask' : 'auto';
}
