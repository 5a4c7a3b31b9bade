import { fitWeights, withEveryFeature, type Labelled } from './fit.js';
import { RULES } from './fixtures/tellings.js';

const pairs = (count: number, same: boolean, ...features: string[]): Labelled[] =>
  Array.from({ length: count }, () => ({ features, same }));

/** Orders tell; names go with orders and tell nothing more. */
const SEEN: readonly Labelled[] = [
  ...pairs(90, true, 'orderSame', 'nameRare'),
  ...pairs(10, false, 'orderSame', 'nameRare'),
  ...pairs(40, true, 'gapDay'),
  ...pairs(360, false, 'gapDay'),
  ...pairs(200, false, 'goodsDiffer'),
];

test('weights follow what was seen, and what was not seen keeps its weight', () => {
  const { rules, counts } = fitWeights(SEEN, RULES);
  expect(rules.weights.goodsDiffer).toBeLessThan(0);
  expect(rules.weights.orderSame + rules.weights.nameRare).toBeGreaterThan(
    rules.weights.gapDay + 4,
  );
  expect(rules.weights.photoSame).toBe(RULES.weights.photoSame);
  expect(counts.orderSame).toEqual({ same: 90, different: 10 });
});

test('features that go together are not counted twice', () => {
  const { rules, prior } = fitWeights(SEEN, RULES);
  const odds = rules.weights.orderSame + rules.weights.nameRare + prior;
  expect(odds).toBeGreaterThan(2);
  expect(odds).toBeLessThan(4);
});

test('the fit is the same whatever the order of the pairs', () => {
  expect(fitWeights([...SEEN].reverse(), RULES)).toEqual(fitWeights(SEEN, RULES));
});

test('to learn a weight that is nothing, it must be seen', () => {
  expect(Object.values(withEveryFeature(RULES).weights).every((weight) => weight !== 0)).toBe(true);
});
