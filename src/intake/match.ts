/**
 * Called by: file-message and retell, for a complaint that told something new.
 * Given: the complaint as matching sees it.
 * Leaves behind: merges, questions to an agent and relations, each a Link with its evidence.
 *
 * Probabilistic record linkage in three steps: blocking (keys), comparison (match weights),
 * decision. It runs inside the ordered writer's transaction, so that of two tellings in one batch
 * the later one always finds the earlier one.
 */
import type { Complaint } from './complaint.js';
import type { Matching } from './matching.js';
import { candidatesOf, type Subject } from './blocking.js';
import { judge, mergeTickets, type Decision } from '../desk/graph.js';
import { comparing, inWords, type Comparison } from '../matching/compare.js';
import { decide, type Verdict } from '../matching/decide.js';
import type { Side } from '../matching/pair.js';
import { conflictBetween, type Identity } from '../model/identity.js';
import { judgedAmong, personsToldApart, tellAgain, type DecidedRow } from '../store/tellings.js';
import type { Work } from '../store/work.js';

/** Compares a complaint with whatever may be the same and acts on what comes out. */
export function* match(subject: Subject, matching: Matching, now: number): Work<void> {
  if (subject.complaint.spam) return;
  const { found, unread } = yield* findMatches(subject, matching);
  for (const ticket of unread) yield* tellAgain(ticket);
  if (found.length > 0) yield* act(subject.complaint, found, now);
}

export interface Found {
  /** Merges first, the clearest first. */
  readonly found: readonly Candidate[];
  /** Tickets that could not be compared before they are told again. */
  readonly unread: readonly number[];
}

/** What may be the same, as it was found. Reads only. */
export function* findMatches(
  subject: Subject,
  { rules, complaintsOf, compared }: Matching,
): Work<Found> {
  const { complaint } = subject;
  const { tickets, personal, rarity } = yield* candidatesOf(subject, rules);
  if (tickets.length === 0) return { found: [], unread: [] };
  const since = complaint.side.lastAt - rules.blocking.personWindow;
  const { complaints, unread } = yield* complaintsOf(tickets);
  const others = [...complaints.values()].filter((other) => {
    if (other.root === complaint.root || other.spam) return false;
    const named = other.tickets.some((ticket) => tickets.includes(ticket) && !personal.has(ticket));
    return named || other.side.lastAt >= since;
  });
  const compare = comparing(complaint.side, rarity, rules);
  const pairs = others.map((other): Pair => {
    const comparison = compare(other.side);
    compared?.({ one: complaint.root, other: other.root, comparison });
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
  return { found, unread };
}

interface Pair {
  readonly ticket: number;
  readonly comparison: Comparison;
  readonly one: Side;
  readonly other: Side;
}

export interface Candidate extends Comparison {
  readonly other: Complaint;
  readonly verdict: Verdict;
}

const NOTHING: Comparison = { weight: 0, evidence: [] };
/** Merges come first: what they join is not asked about. */
const RANK: Readonly<Record<Verdict, number>> = { auto: 0, ask: 1, related: 2, leave: 3 };

/** Carries the verdicts out as far as the graph allows, and says each pair once. */
function* act(complaint: Complaint, found: readonly Candidate[], now: number): Work<void> {
  const others = found.map(({ other }) => other);
  const decided = yield* decidedAmong([complaint, ...others]);
  let one: Party = partyOf(complaint);
  let relations = 0;
  for (const candidate of found) {
    const { other, weight: score } = candidate;
    const said = saidBetween(decided, one, partyOf(other));
    if (said.has('different')) continue;
    const verdict = allowed(candidate, one);
    const evidence = inWords(candidate.evidence);
    const decision: Decision = { author: 'hubbub', at: now, evidence, score };
    if (verdict === 'auto') {
      yield* mergeTickets(other.root, complaint.root, decision);
      one = bothOf(one, partyOf(other));
    } else if (verdict === 'ask' && !said.has('possible')) {
      yield* judge(complaint.root, other.root, 'possible', decision);
    } else if (verdict === 'related' && said.size === 0 && relations < MOST_RELATIONS) {
      relations += 1;
      yield* judge(complaint.root, other.root, 'related', decision);
    }
  }
}

/** While a crowd forms, each of its tellings is tied to one before it; a flood writes no link a message. */
const MOST_RELATIONS = 1;

/** Whom a decision is about: the tickets of a complaint, and the persons behind them. */
export interface Party {
  readonly tickets: readonly number[];
  readonly persons: readonly number[];
  readonly identities: readonly Identity[];
}

export const partyOf = ({ tickets, side }: Complaint): Party => ({
  ...{ tickets, persons: side.persons, identities: side.identities },
});

const bothOf = (one: Party, other: Party): Party => ({
  tickets: [...one.tickets, ...other.tickets],
  persons: [...one.persons, ...other.persons],
  identities: [...one.identities, ...other.identities],
});

/** What holds between tickets, and between persons. */
export interface DecidedAmong {
  readonly tickets: readonly DecidedRow[];
  readonly persons: readonly DecidedRow[];
}

export function* decidedAmong(complaints: readonly Complaint[]): Work<DecidedAmong> {
  const persons = [...new Set(complaints.flatMap(({ side }) => side.persons))];
  return {
    tickets: yield* judgedAmong(complaints.flatMap(({ tickets }) => tickets)),
    persons: persons.length < 2 ? [] : yield* personsToldApart(persons),
  };
}

/** Whoever was told apart from one of the persons is told apart from the complaint. */
export function saidBetween(
  { tickets, persons }: DecidedAmong,
  one: Party,
  other: Party,
): ReadonlySet<string> {
  return new Set([
    ...between(tickets, one.tickets, other.tickets),
    ...between(persons, one.persons, other.persons),
  ]);
}

function between(
  rows: readonly DecidedRow[],
  some: readonly number[],
  others: readonly number[],
): readonly string[] {
  return rows
    .filter(
      ({ older, younger }) =>
        (some.includes(older) && others.includes(younger)) ||
        (some.includes(younger) && others.includes(older)),
    )
    .map(({ decision }) => decision);
}

/** Conflicting proofs are a person's question. */
export function allowed(
  { verdict, other }: Pick<Candidate, 'verdict' | 'other'>,
  { identities }: Party,
): Verdict {
  if (verdict !== 'auto') return verdict;
  return conflictBetween(identities, other.side.identities) === undefined ? 'auto' : 'ask';
}
