import type { Comparison, Side } from './compare.js';
import type { MatchingRules } from './rules.js';

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
  return ranked.map(({ ticket, comparison, other }) => {
    let verdict = verdictOf(comparison, best, rules);
    if (verdict === 'auto' && (other.status === 'solved' || other.status === 'closed')) {
      verdict = 'related';
    }
    if (verdict === 'ask') {
      asks += 1;
      if (asks > rules.decision.asks) verdict = 'leave';
    }
    return { ticket, verdict };
  });
}

function verdictOf(
  { weight, evidence }: Comparison,
  best: number,
  { decision }: MatchingRules,
): Verdict {
  const against = evidence.some((each) => each.weight !== null && each.weight <= decision.against);
  const common = evidence.some(({ kind }) => kind === 'wordingCommon');
  if (weight >= decision.auto && weight >= best - decision.margin && !against) return 'auto';
  if (weight >= decision.ask) return 'ask';
  return common ? 'related' : 'leave';
}
