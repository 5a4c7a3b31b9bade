import { RULES } from './fixtures/tellings.js';
import {
  goodsIn,
  gramsOf,
  pleasantIn,
  problemsIn,
  sharedCount,
  union,
  withoutTalk,
} from './terms.js';

describe('one problem in two languages is of one class', () => {
  test.each([
    ['refund', '退款十天了还没到账', 'the refund has still not arrived'],
    ['lost', '显示签收但我没收到', 'it says delivered but i never received it'],
    ['wrong', '发错了颜色', 'you sent the wrong colour'],
    ['charge', '被重复扣款', 'i was charged twice'],
    ['allergy', '用了过敏起疹', 'it gave me a rash'],
    ['invoice', '发票抬头错了', 'please correct the invoice'],
    ['unsent', '一直不发货', 'still not shipped'],
  ])('%s', (name, chinese, english) => {
    expect(problemsIn(chinese)).toContain(name);
    expect(problemsIn(english)).toContain(name);
  });
});

test('praise and questions are no complaints', () => {
  expect(problemsIn('很好用,下次还来')).toEqual([]);
  expect(pleasantIn('很好用,下次还来')).toEqual(['praise']);
  expect(pleasantIn('is the blue one in stock?')).toEqual(['inquiry']);
});

test('goods have one name in two languages, read from the beginning of a word', () => {
  expect(goodsIn('沙发塌了')).toEqual(goodsIn('my sofas collapsed'));
  expect(goodsIn('i was shocked')).toEqual([]);
});

test('talk is taken out before texts are compared', () => {
  expect(gramsOf(withoutTalk('您好,有人吗?谢谢', RULES))).toEqual([]);
  expect(gramsOf(withoutTalk('发小红书', RULES))).toEqual([]);
  expect(gramsOf(withoutTalk('hello, any news? thanks', RULES))).toEqual([]);
});

test('shared features are counted in sorted lists', () => {
  expect(sharedCount([1, 3, 5, 9], [2, 3, 9, 11])).toBe(2);
});

test('of goods that begin alike the longest word counts, and a single character where no longer one fits', () => {
  expect(goodsIn('运动鞋')).toEqual(goodsIn('鞋'));
  expect(goodsIn('鞋柜')).not.toEqual(goodsIn('鞋'));
});

test('features are sorted, and those of two texts are each once together', () => {
  const [one, other] = [gramsOf('沙发腿断了'), gramsOf('沙发腿裂了')];
  expect(one).toEqual([...one].sort((a, b) => a - b));
  expect(union(one, other)).toEqual([...new Set([...one, ...other])].sort((a, b) => a - b));
  expect(union(one, other, 3)).toHaveLength(3);
});
