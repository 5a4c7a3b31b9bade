import { bounded, fold } from './fold.js';

describe('two spellings of one text are folded alike', () => {
  test.each([
    ['ＡＢ１２', 'ab12'],
    ['電視機壞了', '电视机坏了'],
    ['Ｅｓｔ\u0000 ici', 'est  ici'],
    ['訂單編號', '订单编号'],
  ])('%s', (given, folded) => expect(fold(given)).toBe(folded));
});

test('of a long text its head and its tail are read', () => {
  const text = `begin ${'x'.repeat(1_000_000)} end`;
  expect(bounded(text).length).toBeLessThan(4100);
  expect(bounded(text)).toMatch(/^begin x+\n.*x end$/s);
});

test('a lone surrogate and controls do no harm', () => {
  expect(fold('\ud800a\u0007b')).toBe('�a b');
});
