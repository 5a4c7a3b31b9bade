import { continues } from './conversation.js';
import { HOUR, NOON, RULES, told } from './fixtures/tellings.js';

const DAY = 24 * HOUR;
const goesOn = (before: string, next: string, later: number): boolean =>
  continues(told(before), told(next, { at: NOON + later }), RULES).same;

describe('goes on with the matter', () => {
  test.each([
    ['a nudge', '沙发断了,要求处理', '还没有人理我', HOUR],
    ['a nudge days later', '沙发断了,要求处理', '怎么还没有人理我', 4 * DAY],
    ['the order number', '沙发断了', '订单号 7781220491', HOUR],
    ['the same order days later', '订单 7781220491 没发货', '订单 7781220491 怎么样了', 2 * DAY],
    ['the same thing in other words', 'the sofa leg snapped', 'as i said my sofa broke', HOUR],
    ['thanks', 'the sofa leg snapped', 'thank you', HOUR],
  ])('%s', (_, before, next, later) => expect(goesOn(before, next, later)).toBe(true));
});

describe('opens a new matter', () => {
  test.each([
    [
      'another order with another problem',
      '沙发断了,订单 7781220491',
      '另外一个订单 5540029913,耳机发错颜色了',
      HOUR,
    ],
    [
      'other goods and another problem',
      'the sofa leg snapped after two days',
      'i was charged twice for the headphones',
      HOUR,
    ],
    ['praise', '沙发断了,要求退款没人处理', '另一个耳机很好用,下次还来', DAY],
    ['a new complaint after days', '沙发断了,要求处理', '耳机退款没到账', 5 * DAY],
  ])('%s', (_, before, next, later) => expect(goesOn(before, next, later)).toBe(false));
});
