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
import { compare, type Comparison } from '../matching/compare.js';
import { decide, type Verdict } from '../matching/decide.js';
import type { Side } from '../matching/pair.js';
import { conflictBetween } from '../model/identity.js';
import { judgedAmong, membersOf, type JudgedRow } from '../store/tellings.js';
import type { Work } from '../store/work.js';

/** Compares a complaint with whatever may be the same and acts on what comes out. */
export function* match(subject: Subject, matching: Matching, now: number): Work<void> {
  if (subject.complaint.spam) return;
  const found = yield* findMatches(subject, matching);
  if (found.length > 0) yield* act(subject.complaint, found, now);
}

/** What may be the same, as it was found; merges first, the clearest first. Reads only. */
export function* findMatches(
  subject: Subject,
  { rules, complaintsOf, compared }: Matching,
): Work<readonly Candidate[]> {
  const { complaint } = subject;
  const { tickets, personal, rarity } = yield* candidatesOf(subject, rules);
  if (tickets.length === 0) return [];
  const since = complaint.side.lastAt - rules.blocking.personWindow;
  const others = [...complaintsOf(yield* membersOf(tickets)).values()].filter((other) => {
    if (other.root === complaint.root || other.spam) return false;
    const named = other.tickets.some((ticket) => tickets.includes(ticket) && !personal.has(ticket));
    return named || other.side.lastAt >= since;
  });
  const pairs = others.map((other): Pair => {
    const comparison = compare(complaint.side, other.side, rarity, rules);
    compared?.({ one: complaint.root, other: other.root, comparison });
    return { ticket: other.root, comparison, one: complaint.side, other: other.side };
  });
  const verdicts = new Map(decide(pairs, rules).map(({ ticket, verdict }) => [ticket, verdict]));
  return others
    .map((other, i): Candidate => {
      const { weight, evidence } = pairs[i]?.comparison ?? NOTHING;
      return { other, weight, evidence, verdict: verdicts.get(other.root) ?? 'leave' };
    })
    .filter(({ verdict }) => verdict !== 'leave')
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || b.weight - a.weight);
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
export function allowed(
  { verdict, other }: Pick<Candidate, 'verdict' | 'other'>,
  { side }: Complaint,
): Verdict {
  if (verdict !== 'auto') return verdict;
  if (other.side.status === 'solved' || other.side.status === 'closed') return 'related';
  return conflictBetween(side.identities, other.side.identities) === undefined ? 'auto' : 'ask';
}
