import fc from 'fast-check';
import { addFacts, factsOf, type Facts } from './facts.js';
import { RULES, NOON, HOUR, said } from './fixtures/tellings.js';
import { lookedUpKeys, storedKeys } from './keys.js';

const read = (text: string, more = {}): Facts => factsOf(said(text, more), RULES);

test('a telling is read into what can be compared', () => {
  const facts = read('我是顾念慈,订单 7781220491 的沙发断了,花了 1299 元,之前在微博反映过', {
    fields: { orderNo: '7781-2204-91', product: '云朵沙发 Q3', phone: '138 0000 4417' },
  });
  expect(facts).toMatchObject({
    refs: [{ n: '7781220491', kind: 'order', field: true, quoted: false }],
    names: ['顾念慈'],
    phones: ['13800004417'],
    amounts: ['129900'],
    goods: ['sofa'],
    told: ['weibo'],
  });
});

test("a form's order is the writer's own, another one in the text is not", () => {
  const { refs } = read('you paid for order 99120077, why not mine', {
    fields: { orderNo: '88125519' },
  });
  expect(refs.map(({ n, quoted }) => [n, quoted])).toEqual([
    ['88125519', false],
    ['99120077', true],
  ]);
});

test('messages of a ticket are folded, whichever came first', () => {
  const [first, second] = [read('灯坏了'), read('订单号 55012277', { at: NOON + HOUR })];
  expect(addFacts(first, second)).toEqual(addFacts(second, first));
  expect(addFacts(first, second)).toMatchObject({ from: NOON, to: NOON + HOUR, goods: [] });
});

const ABSURD: readonly (readonly [string, string])[] = [
  ['a megabyte of text', '坏了 broken '.repeat(90_000)],
  ['one character', '?'],
  ['nothing', ''],
  ['nothing but emoji', '😡🥲👎'.repeat(5000)],
  ['control characters', '\u0000\u0007\u001b[31m\u202e'.repeat(20_000)],
  [
    'ten thousand order numbers',
    Array.from({ length: 10_000 }, (_, at) => `order ${7_000_000 + at * 37}`).join('\n'),
  ],
  ['one endless number', '7'.repeat(1_000_000)],
  ['digits and blanks', '1 2 3 4 '.repeat(200_000)],
  [
    'ten thousand mailboxes',
    Array.from({ length: 10_000 }, (_, at) => `a${at}@example.org`).join(' '),
  ],
  ['spoken digits without end', '幺二三'.repeat(100_000)],
];

describe('whatever the text, what is kept of it is bounded', () => {
  test.each(ABSURD)('%s', (_, text) => {
    const facts = addFacts(
      read(text, { subject: text, name: text, fields: { orderNo: text, product: text } }),
      read(text),
    );
    expect(JSON.stringify(facts).length).toBeLessThan(8000);
    expect(storedKeys(facts, RULES).length).toBeLessThanOrEqual(40);
    expect(lookedUpKeys(facts, RULES).length).toBeLessThanOrEqual(100);
    expect(Math.max(0, ...lookedUpKeys(facts, RULES).map((key) => key.length))).toBeLessThanOrEqual(
      40,
    );
  });
});

test('no text raises, and facts are plain JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const facts = read(text);
      expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
    }),
    { seed: 7, numRuns: 300 },
  );
});
