import type { Evidence } from '../model/evidence.js';
import type { Localised } from '../model/localised.js';
import { isPleasant } from './compare-matter.js';
import type { Side } from './pair.js';
import { isOneSlip } from './distance.js';
import type { Facts } from './facts.js';
import type { MatchingRules } from './rules.js';
import { sharedCount, isNear } from './terms.js';

export interface Continues {
  readonly same: boolean;
  readonly evidence: readonly Evidence[];
}

/**
 * Inside one conversation: does this message go on with the current ticket, or open a new matter?
 * A sum of weights like every comparison. Most messages of a thread go on with it, so that only
 * what speaks clearly against it opens a ticket.
 */
export function continues(current: Side, next: Side, rules: MatchingRules): Continues {
  const seen = [
    ...words(current.facts, next.facts),
    ...matter(current.facts, next.facts),
    ...time(current, next),
  ];
  const evidence = [...new Set(['begin' as const, ...seen])].map((kind) => ({
    kind,
    weight: rules.conversation[kind],
    sentence: SENTENCES[kind],
  }));
  return { same: evidence.reduce((sum, { weight }) => sum + weight, 0) >= 0, evidence };
}

type Rule = keyof MatchingRules['conversation'];

const DAY = 86_400_000;
/** Fewer features than these are no telling. */
const TELLING = 4;

const SENTENCES: Readonly<Record<Rule, Localised>> = {
  begin: { en: 'the same conversation', zh: '同一会话' },
  greeting: { en: 'says nothing of a matter', zh: '未涉及具体问题' },
  greetingLate: { en: 'begins to talk again after a day', zh: '相隔一天后重新开口' },
  again: { en: 'says it was told before', zh: '自称此前反映过' },
  another: { en: 'says this is about something else', zh: '自称这是另一件事' },
  orderSame: { en: 'the same order number', zh: '订单号相同' },
  orderNew: { en: 'names an order for the first time', zh: '首次提供订单号' },
  orderDiffers: { en: 'another order number', zh: '订单号不同' },
  goodsSame: { en: 'the same goods', zh: '商品相同' },
  goodsDiffer: { en: 'other goods', zh: '商品不同' },
  problemSame: { en: 'the same problem', zh: '问题相同' },
  problemNear: { en: 'a problem of the kind', zh: '问题类别相近' },
  problemDiffers: { en: 'another problem', zh: '问题不同' },
  pleasantDiffers: { en: 'one of them is no complaint', zh: '其中一方并非投诉' },
  textNew: { en: 'told in other words', zh: '文字没有共同之处' },
  textSame: { en: 'told in like words', zh: '文字相似' },
  settled: { en: 'the earlier matter was settled', zh: '此前的问题已解决' },
  gapDay: { en: 'a day later', zh: '相隔一天以上' },
  gapDays: { en: 'days later', zh: '相隔数日' },
  gapWeek: { en: 'a week later', zh: '相隔一周' },
};

/** What the message says about itself. */
function words(before: Facts, now: Facts): Rule[] {
  const seen: Rule[] = [];
  if (isTalk(now)) {
    seen.push(now.from - before.to > DAY && !now.again && !now.nudge ? 'greetingLate' : 'greeting');
  }
  if (now.again || now.nudge) seen.push('again');
  if (now.another) seen.push('another');
  if (before.settled) seen.push('settled');
  return seen;
}

/** Greetings, nudges, thanks: nothing that tells one matter from another. */
const isTalk = (facts: Facts): boolean =>
  facts.refs.length + facts.problems.length + facts.pleasant.length + facts.goods.length === 0 &&
  facts.grams.length < TELLING;

function matter(before: Facts, now: Facts): Rule[] {
  const seen: Rule[] = [...references(before, now), ...problems(before, now)];
  if (before.goods.length > 0 && now.goods.length > 0) {
    seen.push(now.goods.some((each) => before.goods.includes(each)) ? 'goodsSame' : 'goodsDiffer');
  }
  if (
    now.grams.length >= TELLING &&
    before.grams.length >= TELLING &&
    now.script === before.script
  ) {
    const shared =
      sharedCount(now.grams, before.grams) / Math.min(now.grams.length, before.grams.length);
    if (shared < 0.1) seen.push('textNew');
    if (shared >= 0.4) seen.push('textSame');
  }
  return seen;
}

function references(before: Facts, now: Facts): Rule[] {
  const named = now.refs.filter(({ quoted, kind }) => !quoted && kind === 'order');
  const known = before.refs.filter(({ quoted }) => !quoted);
  if (now.refs.some(({ n }) => known.some((ref) => ref.n === n || isOneSlip(ref.n, n)))) {
    return ['orderSame'];
  }
  if (named.length === 0) return [];
  return known.some(({ kind }) => kind === 'order') ? ['orderDiffers'] : ['orderNew'];
}

function problems(before: Facts, now: Facts): Rule[] {
  const isComplaint = before.problems.length + now.problems.length > 0;
  if (isPleasant(now) !== isPleasant(before) && isComplaint) return ['pleasantDiffers'];
  if (before.problems.length === 0 || now.problems.length === 0) return [];
  if (now.problems.some((each) => before.problems.includes(each))) return ['problemSame'];
  const isKind = now.problems.some((a) => before.problems.some((b) => isNear(a, b)));
  return [isKind ? 'problemNear' : 'problemDiffers'];
}

function time(current: Side, next: Side): Rule[] {
  const apart = next.facts.from - current.lastAt;
  if (apart > 6 * DAY) return ['gapWeek'];
  if (apart > 3 * DAY) return ['gapDays'];
  return apart > DAY ? ['gapDay'] : [];
}
