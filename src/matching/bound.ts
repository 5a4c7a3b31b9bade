import type { Facts } from './facts.js';
import type { MatchingRules } from './rules.js';

/**
 * An upper bound: the most a comparison in a crowd can come to with a ticket that shares no number, no
 * address, no name, no photo and no money with this telling. What cannot reach a threshold is not compared.
 */
export function mostInCrowd(
  { told, again, days }: Facts,
  { weights }: Pick<MatchingRules, 'weights'>,
): number {
  const most = (...bits: readonly number[]): number => Math.max(0, ...bits);
  return (
    most(weights.wordingCommon, weights.textCrowd, weights.textLow) +
    most(weights.problemCrowd) +
    most(weights.goodsCrowd, weights.productSame) +
    most(weights.gapHour, weights.gapDay) +
    (days.length > 0 ? most(weights.daySame) : 0) +
    (told.length > 0 ? most(weights.toldThere) : again ? most(weights.again) : 0)
  );
}
