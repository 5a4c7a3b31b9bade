import type { Pair, Seen, Side } from './compare.js';
import { isOneSlip } from './distance.js';
import type { Reference } from './facts.js';
import { orderKey, shapeKey } from './keys.js';

/** Shorter numbers look alike by chance. */
const SHORTEST_SLIP = 6;

/** Which order, parcel or other number: the same, nearly the same, or two different ones. */
export function referenceEvidence(pair: Pair): Seen[] {
  const { one, other } = pair;
  const tracking = trackingEvidence(one, other);
  const mine = one.facts.refs.filter(({ kind }) => kind !== 'tracking');
  const theirs = other.facts.refs.filter(({ kind }) => kind !== 'tracking');
  const same = mine.find((a) => theirs.some((b) => a.n === b.n));
  if (same !== undefined) return [sameNumber(pair, same), ...tracking];
  return [...unlikeNumbers(pair, mine, theirs), ...tracking];
}

const end = (n: string): string => `…${n.slice(-4)}`;

function sameNumber({ one, other, rarity, rules }: Pair, { n }: Reference): Seen {
  const quoted = [one, other].some(({ facts }) =>
    facts.refs.some((ref) => ref.n === n && ref.quoted),
  );
  if (quoted) {
    return {
      feature: 'orderQuoted',
      sentence: {
        en: `number ${end(n)} is named as somebody else's`,
        zh: `编号 ${end(n)} 是引用他人的`,
      },
    };
  }
  const known = [one, other].some(({ facts }) =>
    facts.refs.some((ref) => ref.n === n && ref.kind === 'order'),
  );
  const { persons, tickets } = rarity.of(orderKey(n));
  if (persons > rules.rarity.persons + 2 || tickets > rules.blocking.ticketsPerKey) {
    return {
      feature: 'orderShared',
      sentence: {
        en: `number ${end(n)} in both, but many people name it`,
        zh: `双方都提到编号 ${end(n)},但多人提到`,
      },
    };
  }
  const shaped = known || rarity.of(shapeKey(n)).tickets >= rules.rarity.shapes;
  return shaped
    ? {
        feature: 'orderSame',
        sentence: { en: `same order ${end(n)} in both`, zh: `双方订单号相同 ${end(n)}` },
      }
    : {
        feature: 'numberSame',
        sentence: { en: `same number ${end(n)} in both`, zh: `双方提到同一编号 ${end(n)}` },
      };
}

function unlikeNumbers(
  pair: Pair,
  mine: readonly Reference[],
  theirs: readonly Reference[],
): Seen[] {
  const slip = mine.find((a) => !a.quoted && theirs.some((b) => !b.quoted && isSlip(a.n, b.n)));
  if (slip !== undefined) {
    return [
      {
        feature: 'orderNear',
        sentence: {
          en: `order numbers differ by one slip (${end(slip.n)})`,
          zh: `订单号仅一处之差(${end(slip.n)})`,
        },
      },
    ];
  }
  const tail = tailOf(pair.one, theirs) ?? tailOf(pair.other, mine);
  if (tail !== undefined) {
    return [
      {
        feature: 'orderTail',
        sentence: {
          en: `last digits ${tail} fit the other's order`,
          zh: `尾号 ${tail} 与对方订单号相符`,
        },
      },
    ];
  }
  const isOrder = (ref: Reference): boolean => !ref.quoted && isOrderHere(pair, ref);
  const a = mine.find(isOrder);
  const b = theirs.find(isOrder);
  if (a === undefined || b === undefined) return [];
  return [
    {
      feature: 'orderDiffers',
      sentence: {
        en: `but order numbers differ (${end(a.n)}, ${end(b.n)})`,
        zh: `但订单号不同(${end(a.n)}、${end(b.n)})`,
      },
    },
  ];
}

const isSlip = (a: string, b: string): boolean =>
  Math.min(a.length, b.length) >= SHORTEST_SLIP && isOneSlip(a, b);

/** Announced as an order, or of a shape that structured order fields have here. */
const isOrderHere = ({ rarity, rules }: Pair, { n, kind }: Reference): boolean =>
  kind === 'order' || rarity.of(shapeKey(n)).tickets >= rules.rarity.shapes;

const tailOf = ({ facts }: Side, refs: readonly Reference[]): string | undefined =>
  facts.tails.find((tail) => tail.length >= 4 && refs.some(({ n }) => n.endsWith(tail)));

function trackingEvidence(one: Side, other: Side): Seen[] {
  const mine = one.facts.refs.filter(({ kind }) => kind === 'tracking');
  const theirs = other.facts.refs.filter(({ kind }) => kind === 'tracking');
  if (mine.length === 0 || theirs.length === 0) return [];
  const same = mine.find((a) => theirs.some((b) => a.n === b.n));
  return same === undefined
    ? [
        {
          feature: 'trackingDiffers',
          sentence: { en: 'but tracking numbers differ', zh: '但运单号不同' },
        },
      ]
    : [
        {
          feature: 'trackingSame',
          sentence: {
            en: `same parcel ${end(same.n)} in both`,
            zh: `双方运单号相同 ${end(same.n)}`,
          },
        },
      ];
}
