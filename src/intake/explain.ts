/**
 * Called by: `hubbub matching explain`.
 * Given: two tickets.
 * Leaves behind: nothing; the sum of evidence between their complaints as it would be told now.
 */
import { candidatesOf } from './blocking.js';
import type { Complaint } from './complaint.js';
import { allowed, decidedAmong, partyOf, saidBetween } from './match.js';
import type { Matching } from './matching.js';
import { compare, inWords } from '../matching/compare.js';
import { decide, type Verdict } from '../matching/decide.js';
import type { Evidence } from '../model/evidence.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

/** The younger complaint compared with the older, as when it was told. */
export interface Explained {
  readonly kind: 'compared';
  readonly older: number;
  readonly younger: number;
  /** Sum of the weights. */
  readonly score: number;
  readonly evidence: readonly Evidence[];
  /** What a rule makes of the score; `leave` also where somebody has told them apart. */
  readonly verdict: Verdict;
  /** What was decided about the two and still holds. */
  readonly decided: readonly string[];
}

export type Explanation =
  | Explained
  | { readonly kind: 'unknown'; readonly ticket: number }
  /** They are one already. */
  | { readonly kind: 'one'; readonly root: number }
  | { readonly kind: 'groups' }
  /** It told nothing that matching could read. */
  | { readonly kind: 'silent'; readonly ticket: number };

export function* explainPair(
  pair: readonly [number, number],
  matching: Matching,
): Work<Explanation> {
  const roots: number[] = [];
  const groups: number[] = [];
  for (const number of pair) {
    const row = yield* ticketById(number);
    if (row === undefined) return { kind: 'unknown', ticket: number };
    roots.push(row.root_id ?? row.id);
    groups.push(row.group_id);
  }
  const [older = 0, younger = 0] = roots.sort((a, b) => a - b);
  const [group = 0, other] = groups;
  if (older === younger) return { kind: 'one', root: older };
  if (group !== other) return { kind: 'groups' };
  const { complaints } = yield* matching.complaintsOf(roots);
  for (const ticket of roots) if (!complaints.has(ticket)) return { kind: 'silent', ticket };
  return yield* compared(group, [...complaints.values()], matching);
}

function* compared(
  group: number,
  complaints: readonly Complaint[],
  { rules }: Matching,
): Work<Explanation> {
  const [other, one] = [...complaints].sort((a, b) => a.root - b.root);
  if (one === undefined || other === undefined) throw new Error('two complaints were read');
  const { rarity } = yield* candidatesOf({ group, complaint: one, person: null }, rules);
  const comparison = compare(one.side, other.side, rarity, rules);
  const asked = { ticket: other.root, comparison, one: one.side, other: other.side };
  const verdict = decide([asked], rules)[0]?.verdict ?? 'leave';
  const among = yield* decidedAmong([one, other]);
  const decided = [...saidBetween(among, partyOf(one), partyOf(other))];
  return {
    ...{ kind: 'compared', older: other.root, younger: one.root, decided },
    score: comparison.weight,
    evidence: inWords(comparison.evidence),
    verdict: decided.includes('different') ? 'leave' : allowed({ verdict, other }, partyOf(one)),
  };
}
