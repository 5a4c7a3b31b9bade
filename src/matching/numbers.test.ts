import { RULES } from './fixtures/tellings.js';
import { numbersOf } from './numbers.js';

const kinds = (text: string): string[] =>
  numbersOf(text, RULES).map(({ kind, value }) => `${kind} ${value}`);

describe('a number is what is said of it', () => {
  test.each([
    ['订单号:7781 2204 91', 'order 7781220491'],
    ['order #qx-40917', 'order qx40917'],
    ['tracking no zz90817263cn', 'tracking zz90817263cn'],
    ['快递单号 7300112233', 'tracking 7300112233'],
    ['call me on 020 7946 0958', 'phone 02079460958'],
    ['my whatsapp 020 7946 0958', 'phone 02079460958'],
    ['whatsapp me, order 8812007701', 'order 8812007701'],
    ['+44 20 7946 0958', 'phone 442079460958'],
    ['手机尾号 3391', 'tail 3391'],
    ['the order ending in 7702', 'tail 7702'],
    ['paid ¥88.5', 'amount 8850'],
    ['退我 129 元', 'amount 12900'],
    ['bought on 2030-05-01', 'date 5-1'],
  ])('%s', (text, expected) => expect(kinds(text)).toEqual([expected]));
});

describe('no reference is', () => {
  test.each(['等了 12 天', '批号 q77182b', '500 ml 两瓶', 'kim88120@example.org', 'room 1204'])(
    '%s',
    (text) => expect(numbersOf(text, RULES)).toEqual([]),
  );
});

describe("somebody else's number is quoted", () => {
  test.each([
    ['my neighbour had order 88120077 and was paid, mine is 88125519', '88120077'],
    ['我同事订单 88120077 都退了,我的是 88125519', '88120077'],
    ['你们给订单 88120077 退了,我的订单是 88125519', '88120077'],
  ])('%s', (text, other) => {
    expect(
      numbersOf(text, RULES)
        .filter(({ quoted }) => quoted)
        .map(({ value }) => value),
    ).toEqual([other]);
  });
});

test('a list of numbers is not read to its end', () => {
  expect(numbersOf('订单 12345678,'.repeat(10_000), RULES).length).toBeLessThanOrEqual(24);
});
