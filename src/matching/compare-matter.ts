import type { Pair, Seen } from './compare.js';
import type { Facts, Wording } from './facts.js';
import { wordingKey } from './keys.js';
import { isNear, sharedCount } from './terms.js';

/** How it is told: one wording twice, or words in common. */
export function wordingEvidence(pair: Pair): Seen[] {
  const { one, other, rarity, rules } = pair;
  const same = sameWording(one.facts.wordings, other.facts.wordings, rules.text.wording);
  if (same !== null) {
    const common = rarity.of(wordingKey(same.hash)).persons > rules.rarity.wordings;
    return [
      common
        ? {
            feature: 'wordingCommon',
            sentence: { en: 'one wording that many people send', zh: '多人发送的同一段文字' },
          }
        : {
            feature: 'wordingSame',
            sentence: { en: 'told in the same words', zh: '文字几乎相同' },
          },
    ];
  }
  return textEvidence(pair);
}

/** The pair of wordings that resemble each other most, if as much as `least`. */
function sameWording(
  some: readonly Wording[],
  others: readonly Wording[],
  least: number,
): Wording | null {
  for (const a of some) {
    if (others.some((b) => a.hash === b.hash || resemblance(a, b) >= least)) return a;
  }
  return null;
}

/** Resemblance |A∩B| / |A∪B| estimated from bottom-k sketches (Broder 1997). */
export function resemblance(one: Wording, other: Wording): number {
  const most = Math.max(one.size, other.size);
  if (Math.min(one.size, other.size) * 2 < most) return 0;
  const k = Math.min(16, one.size + other.size);
  const union = [...new Set([...one.sketch, ...other.sketch])].sort((a, b) => a - b).slice(0, k);
  const shared = union.filter(
    (value) => one.sketch.includes(value) && other.sketch.includes(value),
  );
  return shared.length / union.length;
}

/** Overlap of what is left of the texts without talk: shared features by the smaller side (Szymkiewicz–Simpson). */
function textEvidence({ one, other, rules }: Pair): Seen[] {
  const least = Math.min(one.facts.grams.length, other.facts.grams.length);
  if (least < rules.text.features || !sameScript(one.facts, other.facts)) return [];
  const alike = sharedCount(one.facts.grams, other.facts.grams) / least;
  const shown = alike.toFixed(2);
  const sentence = { en: `texts ${shown} alike`, zh: `文字相似度 ${shown}` };
  if (alike >= rules.text.high) return [{ feature: 'textHigh', sentence }];
  if (alike >= rules.text.middle) return [{ feature: 'textMiddle', sentence }];
  if (alike >= rules.text.low) return [{ feature: 'textLow', sentence }];
  return [
    {
      feature: 'textNone',
      sentence: { en: 'but the texts have nothing in common', zh: '但文字几乎没有共同之处' },
    },
  ];
}

/** Texts in two languages say nothing about each other. */
function sameScript(one: Facts, other: Facts): boolean {
  return one.script === other.script || one.script === 'mixed' || other.script === 'mixed';
}

/** What it is about: problem, goods, money, days, photos. */
export function matterEvidence(pair: Pair): Seen[] {
  const { one, other } = pair;
  return [
    ...problems(one.facts, other.facts),
    ...goods(one.facts, other.facts),
    ...amounts(one.facts, other.facts),
    ...traces(one.facts, other.facts),
  ];
}

const common = (some: readonly string[], others: readonly string[]): string | undefined =>
  some.find((each) => others.includes(each));

function problems(one: Facts, other: Facts): Seen[] {
  const pleasant = isPleasant(one) !== isPleasant(other) && (isPleasant(one) || isPleasant(other));
  const seen: Seen[] = pleasant
    ? [
        {
          feature: 'pleasantDiffers',
          sentence: { en: 'but one of them complains about nothing', zh: '但其中一方并非投诉' },
        },
      ]
    : [];
  if (one.problems.length === 0 || other.problems.length === 0) return seen;
  const same = common(one.problems, other.problems);
  if (same !== undefined) {
    return [
      ...seen,
      {
        feature: 'problemSame',
        sentence: { en: `the same problem (${same})`, zh: `问题类别相同(${same})` },
      },
    ];
  }
  const near = one.problems.some((a) => other.problems.some((b) => isNear(a, b)));
  return [
    ...seen,
    near
      ? { feature: 'problemNear', sentence: { en: 'problems of a kind', zh: '问题类别相近' } }
      : {
          feature: 'problemDiffers',
          sentence: {
            en: `but different problems (${one.problems[0] ?? ''}, ${other.problems[0] ?? ''})`,
            zh: `但问题类别不同(${one.problems[0] ?? ''}、${other.problems[0] ?? ''})`,
          },
        },
  ];
}

const isPleasant = (facts: Facts): boolean =>
  facts.pleasant.length > 0 && facts.problems.length === 0;

function goods(one: Facts, other: Facts): Seen[] {
  const seen: Seen[] = [];
  const same = common(one.goods, other.goods);
  if (same !== undefined) {
    seen.push({
      feature: 'goodsSame',
      sentence: { en: `the same kind of goods (${same})`, zh: `商品类别相同(${same})` },
    });
  } else if (one.goods.length > 0 && other.goods.length > 0) {
    seen.push({
      feature: 'goodsDiffer',
      sentence: {
        en: `but different goods (${one.goods[0] ?? ''}, ${other.goods[0] ?? ''})`,
        zh: `但商品不同(${one.goods[0] ?? ''}、${other.goods[0] ?? ''})`,
      },
    });
  } else if (namesProduct(one, other) || namesProduct(other, one)) {
    seen.push({
      feature: 'productSame',
      sentence: { en: "the text names the other's product", zh: '文字提到对方的商品' },
    });
  }
  const model = common(one.models, other.models);
  if (model !== undefined) {
    seen.push({
      feature: 'modelSame',
      sentence: { en: `the same model ${model}`, zh: `型号相同 ${model}` },
    });
  } else if (one.models.length > 0 && other.models.length > 0) {
    seen.push({
      feature: 'modelDiffers',
      sentence: {
        en: `but different models (${one.models[0] ?? ''}, ${other.models[0] ?? ''})`,
        zh: `但型号不同(${one.models[0] ?? ''}、${other.models[0] ?? ''})`,
      },
    });
  }
  return seen;
}

/** Half of a structured product name is in the other's words. */
function namesProduct(one: Facts, other: Facts): boolean {
  return one.product.length >= 2 && sharedCount(one.product, other.grams) * 2 >= one.product.length;
}

function amounts(one: Facts, other: Facts): Seen[] {
  if (one.amounts.length === 0 || other.amounts.length === 0) return [];
  const same = common(one.amounts, other.amounts);
  if (same === undefined) {
    return [
      {
        feature: 'amountDiffers',
        sentence: { en: 'but other amounts of money', zh: '但金额不同' },
      },
    ];
  }
  const money = String(Number(same) / 100);
  return [
    {
      feature: 'amountSame',
      sentence: { en: `the same amount ${money}`, zh: `金额相同 ${money}` },
    },
  ];
}

function traces(one: Facts, other: Facts): Seen[] {
  const seen: Seen[] = [];
  const day = common(one.days, other.days);
  if (day !== undefined)
    seen.push({
      feature: 'daySame',
      sentence: { en: `the same date ${day}`, zh: `日期相同 ${day}` },
    });
  const photo = common(one.photos, other.photos);
  if (photo !== undefined)
    seen.push({ feature: 'photoSame', sentence: { en: 'the same photo', zh: '图片相同' } });
  return seen;
}
