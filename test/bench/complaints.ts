import type { Said } from '../../src/matching/facts.js';

/** Invented complaints, the same for the same number. */

const OPENINGS = ['你好，', '', '客服在吗？', 'Hello, ', '', 'Hi team, '];
const GOODS = [
  ['电饭煲', 'rice cooker'],
  ['羽绒服', 'down jacket'],
  ['蓝牙耳机', 'headphones'],
  ['保温杯', 'thermos'],
  ['运动鞋', 'running shoes'],
  ['床单', 'bed sheet'],
  ['台灯', 'desk lamp'],
  ['背包', 'backpack'],
  ['洗发水', 'shampoo'],
  ['咖啡机', 'coffee machine'],
];
const TROUBLES = [
  ['收到的时候已经碎了', 'arrived broken'],
  ['一直没有发货', 'was never shipped'],
  ['颜色发错了', 'came in the wrong colour'],
  ['退款还没有到账', 'was returned but the refund has not come'],
  ['少发了一件', 'came with a part missing'],
  ['用了两天就坏了', 'stopped working after two days'],
  ['被重复扣款', 'was charged twice'],
  ['快递员态度很差', 'was delivered by a rude courier'],
];
const WISHES = [
  ['请尽快处理', 'please solve this soon'],
  ['我要退款', 'I want my money back'],
  ['请给我换一个', 'please send another one'],
  ['再不处理我就投诉', 'I have been waiting for a week'],
];
const NAMES = ['张伟', '王芳', '李娜', 'John Miller', 'Mary Chen', '刘洋', 'Ahmed Ali', '陈静'];

/** So many wordings there are; numbers, names and times differ beyond them. */
export const TEMPLATES = OPENINGS.length * GOODS.length * TROUBLES.length * WISHES.length * 2;

/** Xorshift (Marsaglia 2003): spreads neighbouring numbers. */
function spread(n: number): number {
  let x = (n + 0x9e3779b9) | 0;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  return x >>> 0;
}

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;

export const orderNumber = (n: number): string =>
  `B${String(10_000_000_000 + spread(n) * 2 + (n % 2))}`;

export function complaintText(n: number): string {
  const template = spread(n % TEMPLATES);
  const language = n % 2;
  const goods = pick(pick(GOODS, template), language);
  const trouble = pick(pick(TROUBLES, template >>> 4), language);
  const wish = pick(pick(WISHES, template >>> 8), language);
  const opening = pick(OPENINGS, template >>> 12);
  return language === 0
    ? `${opening}订单${orderNumber(n)}的${goods}${trouble}，${wish}。`
    : `${opening}the ${goods} of order ${orderNumber(n)} ${trouble}, ${wish}.`;
}

/** Complaint `n` as matching sees it. */
export function complaintSaid(n: number, at: number): Said {
  const phone = `+861${String(3_000_000_000 + (spread(n * 7) % 999_999_999))}`;
  return {
    text: complaintText(n),
    subject: null,
    fields: { orderNo: orderNumber(n) },
    name: pick(NAMES, spread(n * 3)),
    identities: [{ kind: 'phone', value: phone, scope: '', proof: 'weak' }],
    photos: [],
    at,
    channel: 'webhook',
    connection: 'old',
    visibility: 'private',
    locale: null,
  };
}
