/**
 * Called by: `hubbub matching explain`.
 * Given: two tickets.
 * Leaves behind: nothing; the sum of evidence between their complaints as it would be told now.
 */
import { candidatesOf } from './blocking.js';
import { allowed } from './match.js';
import type { Matching } from './matching.js';
import { compare } from '../matching/compare.js';
import { decide, type Verdict } from '../matching/decide.js';
import type { Evidence } from '../model/evidence.js';
import { judgedAmong, membersOf } from '../store/tellings.js';
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
  { rules, complaintsOf }: Matching,
): Work<Explanation> {
  const roots: number[] = [];
  const groups = new Set<number>();
  for (const number of pair) {
    const row = yield* ticketById(number);
    if (row === undefined) return { kind: 'unknown', ticket: number };
    roots.push(row.root_id ?? row.id);
    groups.add(row.group_id);
  }
  const [older = 0, younger = 0] = roots.sort((a, b) => a - b);
  if (older === younger) return { kind: 'one', root: older };
  const [group = 0] = groups;
  if (groups.size > 1) return { kind: 'groups' };
  const complaints = complaintsOf(yield* membersOf(roots));
  const [one, other] = [complaints.get(younger), complaints.get(older)];
  if (one === undefined || other === undefined) {
    return { kind: 'silent', ticket: one === undefined ? younger : older };
  }
  const { rarity } = yield* candidatesOf({ group, complaint: one, person: null }, rules);
  const comparison = compare(one.side, other.side, rarity, rules);
  const asked = { ticket: older, comparison, one: one.side, other: other.side };
  const verdict = decide([asked], rules)[0]?.verdict ?? 'leave';
  const judged = yield* judgedAmong([...one.tickets, ...other.tickets]);
  const decided = judged
    .filter((link) => one.tickets.includes(link.older) !== one.tickets.includes(link.younger))
    .map(({ decision }) => decision);
  const apart = decided.includes('different');
  return {
    ...{ kind: 'compared', older, younger, decided },
    score: comparison.weight,
    evidence: comparison.evidence,
    verdict: apart ? 'leave' : allowed({ verdict, other }, one),
  };
}
