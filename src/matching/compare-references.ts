import type { Pair, Seen, Side } from './pair.js';
import { isOneSlip } from './distance.js';
import type { Reference } from './facts.js';
import { orderKey, shapeKey } from './keys.js';
import { ending } from './sentences.js';

/** Shorter numbers look alike by chance. */
const SHORTEST_SLIP = 6;

/** Which order, parcel or other number: the same, nearly the same, or two different ones. */
export function referenceEvidence(pair: Pair): Seen[] {
  const { one, other } = pair;
  const mine = one.facts.refs.filter(({ kind }) => kind !== 'tracking');
  const theirs = other.facts.refs.filter(({ kind }) => kind !== 'tracking');
  const same = mine.filter((a) => theirs.some((b) => a.n === b.n));
  const orders = same.length > 0 ? [sameNumber(pair, same)] : unlikeNumbers(pair, mine, theirs);
  return [...orders, ...trackingEvidence(one, other)];
}

/** Of several shared numbers the one that is nobody else's counts. */
function sameNumber({ one, other, rarity, rules }: Pair, same: readonly Reference[]): Seen {
  const sides = [...one.facts.refs, ...other.facts.refs];
  const isQuoted = (n: string): boolean => sides.some((ref) => ref.n === n && ref.quoted);
  const own = same.find(({ n }) => !isQuoted(n));
  if (own === undefined) return { feature: 'orderQuoted', about: [ending(same[0]?.n ?? '')] };
  const about = [ending(own.n)];
  const key = orderKey(own.n);
  const isMany = rarity.tickets(key) > rules.blocking.ticketsPerKey;
  if (isMany || rarity.persons(key) > 2 * rules.rarity.persons) {
    return { feature: 'orderShared', about };
  }
  const isOrder =
    sides.some((ref) => ref.n === own.n && ref.kind === 'order') ||
    rarity.tickets(shapeKey(own.n)) >= rules.rarity.shapes;
  return { feature: isOrder ? 'orderSame' : 'numberSame', about };
}

function unlikeNumbers(
  pair: Pair,
  mine: readonly Reference[],
  theirs: readonly Reference[],
): Seen[] {
  const [near, nearly] = nearNumbers(mine, theirs);
  if (near !== undefined) {
    return [{ feature: 'orderNear', about: [ending(near), ending(nearly ?? '')] }];
  }
  const tail = tailOf(pair.one, theirs) ?? tailOf(pair.other, mine);
  if (tail !== undefined) return [{ feature: 'orderTail', about: [tail] }];
  const isOrder = (ref: Reference): boolean => !ref.quoted && isOrderHere(pair, ref);
  const a = mine.find(isOrder);
  const b = theirs.find(isOrder);
  if (a === undefined || b === undefined) return [];
  return [{ feature: 'orderDiffers', about: [ending(a.n), ending(b.n)] }];
}

function nearNumbers(mine: readonly Reference[], theirs: readonly Reference[]): readonly string[] {
  for (const { n } of mine) {
    const near = theirs.find(
      (b) => Math.min(n.length, b.n.length) >= SHORTEST_SLIP && isOneSlip(n, b.n),
    );
    if (near !== undefined) return [n, near.n];
  }
  return [];
}

/** Announced as an order, or of a shape that structured order fields have here. */
const isOrderHere = ({ rarity, rules }: Pair, { n, kind }: Reference): boolean =>
  kind === 'order' || rarity.tickets(shapeKey(n)) >= rules.rarity.shapes;

const tailOf = ({ facts }: Side, refs: readonly Reference[]): string | undefined =>
  facts.tails.find((tail) => tail.length >= 4 && refs.some(({ n }) => n.endsWith(tail)));

function trackingEvidence(one: Side, other: Side): Seen[] {
  const mine = one.facts.refs.filter(({ kind }) => kind === 'tracking');
  const theirs = other.facts.refs.filter(({ kind }) => kind === 'tracking');
  const [a, b] = [mine[0], theirs[0]];
  if (a === undefined || b === undefined) return [];
  const same = mine.find(({ n }) => theirs.some((ref) => ref.n === n));
  return same === undefined
    ? [{ feature: 'trackingDiffers', about: [ending(a.n), ending(b.n)] }]
    : [{ feature: 'trackingSame', about: [ending(same.n)] }];
}
