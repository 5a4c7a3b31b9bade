import { factsOf } from './facts.js';
import { HOUR, NOON, RULES, said } from './fixtures/tellings.js';
import { isCount, lookedUpKeys, shapeOf, storedKeys } from './keys.js';

const meets = (stored: string, looked: string, later = 0): boolean => {
  const keys = new Set(
    storedKeys(factsOf(said(stored), RULES), RULES).filter((key) => !isCount(key)),
  );
  return lookedUpKeys(factsOf(said(looked, { at: NOON + later }), RULES), RULES).some((key) =>
    keys.has(key),
  );
};

describe('two tellings meet by', () => {
  test.each([
    ['the order number, however it is spelled', '订单 7781220491 坏了', 'order 7781-2204-91'],
    ['the order number with a wrong digit', '订单 7781220491', '订单 7781220498'],
    ['the order number with a missing digit', '订单 7781220491', '订单 778122049'],
    ['the last digits of the order', '订单 7781220491', '尾号 0491 那单'],
    ['the phone with and without its country', '打我电话 +86 138 0000 4417', '手机 13800004417'],
    ['last digits that were told first', '尾号 0491 那单', '订单 7781220491'],
    ['the mailbox', 'write to kern@example.org', '我的邮箱 Kern@Example.org'],
    ['the name', '收件人:顾念慈', '我叫顾念慈'],
    ['problem and goods in two languages', '沙发退款没到账', 'where is my refund for the sofa'],
    ['like words', '沙发腿断了,木头劈开一大块', '我家沙发腿断了,木头劈开一大块呀'],
  ])('%s', (_, one, other) => expect(meets(one, other)).toBe(true));
});

test('words meet for days, numbers for ever', () => {
  const month = 30 * 24 * HOUR;
  expect(meets('沙发腿断了,木头劈开一大块', '沙发腿断了,木头劈开一大块吧', month)).toBe(false);
  expect(meets('订单 7781220491', '订单 7781220491', month)).toBe(true);
});

test('the shape of a number is its letters and how many digits follow', () => {
  expect(shapeOf('qx40917')).toBe(shapeOf('qx81223'));
  expect(shapeOf('qx40917')).not.toBe(shapeOf('qx4091'));
});
