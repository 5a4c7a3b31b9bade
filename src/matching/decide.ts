import type { Comparison } from './compare.js';
import type { Side } from './pair.js';
import type { MatchingRules } from './rules.js';
import type { Feature } from './weights.js';

export type Verdict = 'auto' | 'ask' | 'leave' | 'related';

/** One candidate and what its comparison with the telling said. */
export interface Compared {
  readonly ticket: number;
  readonly comparison: Comparison;
  readonly one: Side;
  readonly other: Side;
}

export interface Decided {
  readonly ticket: number;
  readonly verdict: Verdict;
}

/**
 * One telling against all its candidates. Above the upper threshold it is merged, between the two an
 * agent is asked (the two-threshold rule of Fellegi & Sunter 1969), below it is left alone. Only the
 * best is merged; another one as clear is merged too only if it lies no further from the best than
 * `margin`, since then all of them are one matter.
 */
export function decide(compared: readonly Compared[], rules: MatchingRules): readonly Decided[] {
  const ranked = [...compared].sort(
    (a, b) => b.comparison.weight - a.comparison.weight || a.ticket - b.ticket,
  );
  const best = ranked[0]?.comparison.weight ?? -Infinity;
  let asks = 0;
  return ranked.map(({ ticket, comparison, one, other }) => {
    let verdict = verdictOf(comparison, best, rules);
    if (verdict === 'auto' && (isAnswered(one) || isAnswered(other))) verdict = 'related';
    if (verdict === 'ask') {
      asks += 1;
      if (asks > rules.decision.asks) verdict = 'leave';
    }
    return { ticket, verdict };
  });
}

/** What was answered is not opened again by a rule, nor does it swallow what is open. */
export const isAnswered = ({ status }: Side): boolean => status === 'solved' || status === 'closed';

function verdictOf(
  { weight, evidence }: Comparison,
  best: number,
  { decision }: MatchingRules,
): Verdict {
  const isBest = weight >= best - decision.margin;
  const isAgainst = evidence.some((each) => each.weight <= decision.against);
  const needed = evidence.some(({ kind }) => FIRM.has(kind)) ? decision.auto : decision.autoUnfirm;
  if (weight >= needed && isBest && !isAgainst) return 'auto';
  if (weight >= decision.ask) return 'ask';
  return evidence.some(({ kind }) => kind === 'wordingCommon') ? 'related' : 'leave';
}

/**
 * What two strangers do not share: an address, a proof, a number. Without one, two tellings that are
 * alike in everything else may be those of two customers, and merging them would show one the other.
 */
const FIRM: ReadonlySet<Feature> = new Set<Feature>([
  'personProven',
  'personClaimed',
  'phoneSame',
  'emailSame',
  'tailSame',
  'orderSame',
  'orderTail',
  'trackingSame',
]);
