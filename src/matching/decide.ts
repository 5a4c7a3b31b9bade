import type { Evidence } from '../model/evidence.js';
import type { Comparison, Side } from './compare.js';
import type { MatchingRules } from './rules.js';
import { isNear } from './terms.js';
import { isOneSlip } from './distance.js';

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
    if (verdict === 'auto' && (other.status === 'solved' || other.status === 'closed'))
      verdict = 'related';
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
  const common = evidence.some(({ kind }) => kind === 'wordingCommon');
  if (weight >= decision.auto && weight >= best - decision.margin) return 'auto';
  if (weight >= decision.ask) return 'ask';
  return common ? 'related' : 'leave';
}

export interface Continues {
  readonly same: boolean;
  readonly evidence: readonly Evidence[];
}

const DAY = 86_400_000;
type Conversation = MatchingRules['conversation'];

/**
 * Inside one conversation: does this message go on with the current ticket, or open a new matter?
 * A sum of weights like every comparison; most messages of a thread go on with it, so that only what
 * speaks clearly against it opens a ticket.
 */
export function continues(current: Side, next: Side, rules: MatchingRules): Continues {
  const seen = inConversation(current, next);
  const evidence = seen.map(({ rule, en, zh }) => ({
    kind: rule,
    weight: rules.conversation[rule],
    sentence: { en, zh },
  }));
  return { same: evidence.reduce((sum, { weight }) => sum + weight, 0) >= 0, evidence };
}

interface InConversation {
  readonly rule: keyof Conversation;
  readonly en: string;
  readonly zh: string;
}

function inConversation(current: Side, next: Side): InConversation[] {
  const seen: InConversation[] = [{ rule: 'begin', en: 'the same conversation', zh: '同一会话' }];
  const see = (rule: keyof Conversation, en: string, zh: string): void =>
    void seen.push({ rule, en, zh });
  const [before, now] = [current.facts, next.facts];
  if (isTalk(next)) see('talkOnly', 'says nothing of its own', '没有新的内容');
  if (now.another) see('another', 'says this is about something else', '自称这是另一件事');
  references(current, next, see);
  if (before.goods.length > 0 && now.goods.length > 0) {
    if (now.goods.some((each) => before.goods.includes(each)))
      see('goodsSame', 'the same goods', '商品相同');
    else see('goodsDiffer', 'other goods', '商品不同');
  }
  problems(current, next, see);
  if (before.settled) see('settledBefore', 'the earlier matter was settled', '此前的问题已解决');
  const apart = now.from - current.lastAt;
  if (apart > 6 * DAY) see('gapWeek', 'a week later', '相隔一周');
  else if (apart > 2 * DAY) see('gapDays', 'days later', '相隔数日');
  return seen;
}

/** Greetings, nudges, thanks: nothing that tells one matter from another. */
function isTalk({ facts }: Side): boolean {
  return (
    facts.refs.length === 0 &&
    facts.problems.length === 0 &&
    facts.pleasant.length === 0 &&
    facts.goods.length === 0 &&
    facts.grams.length < 6
  );
}

type See = (rule: keyof Conversation, en: string, zh: string) => void;

function references(current: Side, next: Side, see: See): void {
  const before = current.facts.refs.filter(({ quoted }) => !quoted);
  const now = next.facts.refs.filter(({ quoted, kind }) => !quoted && kind !== 'number');
  if (now.length === 0) return;
  if (now.some(({ n }) => before.some((ref) => ref.n === n || isOneSlip(ref.n, n))))
    see('orderSame', 'the same number', '编号相同');
  else if (before.some(({ kind }) => kind === 'order'))
    see('orderDiffers', 'another order number', '订单号不同');
}

function problems(current: Side, next: Side, see: See): void {
  const [before, now] = [current.facts, next.facts];
  const pleasant = (facts: typeof now): boolean =>
    facts.pleasant.length > 0 && facts.problems.length === 0;
  if (
    pleasant(now) !== pleasant(before) &&
    (pleasant(now) ? before.problems.length > 0 : now.problems.length > 0)
  ) {
    see('pleasantDiffers', 'one of them is no complaint', '其中一方并非投诉');
  }
  if (before.problems.length === 0 || now.problems.length === 0) return;
  if (now.problems.some((each) => before.problems.includes(each)))
    see('problemSame', 'the same problem', '问题相同');
  else if (!now.problems.some((a) => before.problems.some((b) => isNear(a, b))))
    see('problemDiffers', 'another problem', '问题不同');
}
