import type { Pair, Seen } from './pair.js';
import type { Facts, Wording } from './facts.js';
import { photoKey } from './keys.js';
import { isNear, sharedCount } from './terms.js';

/** How it is told: one wording twice, or words in common. In a crowd both say little. */
export function wordingEvidence(pair: Pair): Seen[] {
  const { one, other, rules, crowded } = pair;
  if (isSameWording(one.facts.wordings, other.facts.wordings, rules.text.wording)) {
    return [{ feature: crowded ? 'wordingCommon' : 'wordingSame' }];
  }
  return textEvidence(pair);
}

function isSameWording(
  some: readonly Wording[],
  others: readonly Wording[],
  least: number,
): boolean {
  return some.some((a) => others.some((b) => a.hash === b.hash || resemblance(a, b) >= least));
}

/** Resemblance |A∩B| / |A∪B| estimated from bottom-k sketches (Broder 1997). */
export function resemblance(one: Wording, other: Wording): number {
  const [small, large] = one.size <= other.size ? [one, other] : [other, one];
  if (small.size * 2 < large.size) return 0;
  const [a, b] = [one.sketch, other.sketch];
  const sample = large.sketch.length;
  let [i, j, seen, shared] = [0, 0, 0, 0];
  for (; seen < sample && (i < a.length || j < b.length); seen += 1) {
    const [mine, theirs] = [a[i] ?? Infinity, b[j] ?? Infinity];
    if (mine === theirs) shared += 1;
    if (mine <= theirs) i += 1;
    if (theirs <= mine) j += 1;
  }
  return seen === 0 ? 0 : shared / seen;
}

/** Overlap of what is left of the texts without talk: shared features by the smaller side (Szymkiewicz–Simpson). */
function textEvidence({ one, other, rules, crowded }: Pair): Seen[] {
  const least = Math.min(one.facts.grams.length, other.facts.grams.length);
  if (least < rules.text.features || !isSameScript(one.facts, other.facts)) return [];
  const alike = sharedCount(one.facts.grams, other.facts.grams) / least;
  const about = [alike.toFixed(2)];
  if (crowded && alike >= rules.text.middle) return [{ feature: 'textCrowd', about }];
  if (alike >= rules.text.high) return [{ feature: 'textHigh', about }];
  if (alike >= rules.text.middle) return [{ feature: 'textMiddle', about }];
  return [{ feature: alike >= rules.text.low ? 'textLow' : 'textNone', about }];
}

/** Texts in two languages say nothing about each other. */
function isSameScript(one: Facts, other: Facts): boolean {
  return one.script === other.script || one.script === 'mixed' || other.script === 'mixed';
}

/** What it is about: problem, goods, money, days, photos. */
export function matterEvidence(pair: Pair): Seen[] {
  const { one, other, crowded } = pair;
  return [
    ...problems(one.facts, other.facts, crowded),
    ...goods(one.facts, other.facts, crowded),
    ...amounts(one.facts, other.facts),
    ...traces(pair),
  ];
}

const common = (some: readonly string[], others: readonly string[]): string | undefined =>
  some.find((each) => others.includes(each));

function problems(one: Facts, other: Facts, crowded: boolean): Seen[] {
  const isComplaint = one.problems.length + other.problems.length > 0;
  if (isPleasant(one) !== isPleasant(other) && isComplaint) return [{ feature: 'pleasantDiffers' }];
  const [mine, theirs] = [one.problems[0], other.problems[0]];
  if (mine === undefined || theirs === undefined) return [];
  const same = common(one.problems, other.problems);
  if (same !== undefined) {
    return [{ feature: crowded ? 'problemCrowd' : 'problemSame', about: [same] }];
  }
  const near = one.problems.some((a) => other.problems.some((b) => isNear(a, b)));
  return [{ feature: near ? 'problemNear' : 'problemDiffers', about: [mine, theirs] }];
}

/** Praise, or a question before buying, and nothing else. */
export const isPleasant = (facts: Facts): boolean =>
  facts.pleasant.length > 0 && facts.problems.length === 0;

function goods(one: Facts, other: Facts, crowded: boolean): Seen[] {
  const same = common(one.goods, other.goods);
  if (same !== undefined) return [{ feature: crowded ? 'goodsCrowd' : 'goodsSame', about: [same] }];
  const [mine, theirs] = [one.goods[0], other.goods[0]];
  if (mine !== undefined && theirs !== undefined) {
    return [{ feature: 'goodsDiffer', about: [mine, theirs] }];
  }
  return namesProduct(one, other) || namesProduct(other, one) ? [{ feature: 'productSame' }] : [];
}

/** Half of a structured product name is in the other's words. */
function namesProduct(one: Facts, other: Facts): boolean {
  return one.product.length >= 2 && sharedCount(one.product, other.grams) * 2 >= one.product.length;
}

function amounts(one: Facts, other: Facts): Seen[] {
  const [mine, theirs] = [one.amounts[0], other.amounts[0]];
  if (mine === undefined || theirs === undefined) return [];
  const same = common(one.amounts, other.amounts);
  return same === undefined
    ? [{ feature: 'amountDiffers', about: [money(mine), money(theirs)] }]
    : [{ feature: 'amountSame', about: [money(same)] }];
}

const money = (cents: string): string => String(Number(cents) / 100);

function traces({ one, other, rarity, rules }: Pair): Seen[] {
  const seen: Seen[] = [];
  const day = common(one.facts.days, other.facts.days);
  if (day !== undefined) seen.push({ feature: 'daySame', about: [day] });
  const photo = common(one.facts.photos, other.facts.photos);
  if (photo !== undefined) {
    const isMany = rarity.tickets(photoKey(photo)) > rules.rarity.few;
    seen.push({ feature: isMany ? 'photoCommon' : 'photoSame' });
  }
  return seen;
}
