import { compare, inWords } from './compare.js';
import type { Side } from './pair.js';
import { HOUR, NOON, RULES, proven, rarity, told } from './fixtures/tellings.js';
import { orderKey, phoneKey } from './keys.js';

const DAY = 24 * HOUR;
const kinds = (one: Side, other: Side, counts = {}): string[] =>
  compare(one, other, rarity(counts), RULES).evidence.map(({ kind }) => kind);

test('the weight is exactly the sum of the evidence, and each says why in two languages', () => {
  const { weight, evidence } = compare(
    told('订单 7781220491 的沙发断了', { person: 1 }),
    told('order 7781220491, my sofa broke after two days', { person: 1 }),
    rarity(),
    RULES,
  );
  expect(weight).toBe(evidence.reduce((sum, each) => sum + each.weight, 0));
  expect(inWords(evidence).find(({ kind }) => kind === 'orderSame')?.sentence).toEqual({
    en: 'same order …0491 in both',
    zh: '双方订单号相同 …0491',
  });
});

describe('two tellings', () => {
  const phone = { identities: [proven('phone', '+8613800004417', '')] };
  test.each<[string, Side, Side, string]>([
    [
      'of one account',
      told('a', { identities: [proven('customerId', '9')] }),
      told('b', { identities: [proven('customerId', '9')] }),
      'personProven',
    ],
    [
      'of two accounts',
      told('a', { identities: [proven('customerId', '9')] }),
      told('b', { identities: [proven('customerId', '8')] }),
      'personConflict',
    ],
    ['of one phone, typed and proven', told('手机 13800004417'), told('a', phone), 'phoneSame'],
    ['where last digits fit the phone', told('手机尾号 4417'), told('a', phone), 'tailSame'],
    ['where last digits do not fit', told('手机尾号 9021'), told('a', phone), 'tailDiffers'],
    ['of one name', told('收件人:顾念慈'), told('我叫顾念慈'), 'nameRare'],
    ['of two names', told('收件人:顾念慈'), told('我叫雷小满'), 'nameDiffers'],
    ['with a swapped digit', told('订单 7781220491'), told('订单 7781224091'), 'orderNear'],
    ['with two orders', told('订单 7781220491'), told('订单 5540029913'), 'orderDiffers'],
    ['with the end of the order', told('订单 7781220491'), told('尾号 0491 那单'), 'orderTail'],
    [
      'with two parcels',
      told('快递单号 7300112233'),
      told('快递单号 7300119876'),
      'trackingDiffers',
    ],
    [
      'where one quotes the other',
      told('我同事订单 7781220491 退了,我的是 5540029913'),
      told('订单 7781220491'),
      'orderQuoted',
    ],
    [
      'about one problem in two languages',
      told('沙发退款没到账'),
      told('my refund never arrived'),
      'problemSame',
    ],
    ['about two goods', told('沙发断了'), told('耳机坏了'), 'goodsDiffer'],
    ['about one amount', told('少退我 88.5 元'), told('i want my ¥88.50 back'), 'amountSame'],
    [
      'with one photo',
      told('坏了', { photos: ['f'.repeat(64)] }),
      told('破的', { photos: ['f'.repeat(64)] }),
      'photoSame',
    ],
    [
      'of which one names where it was told',
      told('昨天在微博反映过,没人理', { at: NOON + DAY }),
      told('沙发断了', { channel: 'weibo' }),
      'toldThere',
    ],
    [
      'of which one names another place',
      told('昨天在微博反映过,没人理', { at: NOON + DAY }),
      told('沙发断了', { channel: 'sms' }),
      'toldElsewhere',
    ],
    [
      'of which one is about something else',
      told('这是另外一个订单的问题'),
      told('沙发断了'),
      'another',
    ],
    [
      'of which one is praise',
      told('很好用,下次还来'),
      told('沙发断了,退款没到账'),
      'pleasantDiffers',
    ],
  ])('%s', (_, one, other, kind) => expect(kinds(one, other)).toContain(kind));
});

test('what many share loses its weight', () => {
  const order = [told('订单 7781220491'), told('订单 7781220491')] as const;
  expect(kinds(...order, { [orderKey('7781220491')]: 90 })).toContain('orderShared');
  const phone = [told('手机 13800004417'), told('电话 13800004417')] as const;
  expect(kinds(...phone, { [phoneKey('13800004417')]: 9 })).toContain('phoneShared');
});

test('a number somebody quotes does not tie when their own one is another', () => {
  const quoting = told('我朋友订单 7781220491 都退了,我的是 5540029913');
  expect(compare(quoting, told('订单 7781220491 没退款'), rarity(), RULES).weight).toBeLessThan(
    RULES.decision.ask,
  );
});
