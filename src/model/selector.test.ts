import { search } from '@jmespath-community/jmespath';
import fc from 'fast-check';
import { compileSelector } from './selector.js';
import { newRun, WORK_LIMIT } from './work.js';

function read(text: string, document: unknown, at: unknown = document): unknown {
  const compiled = compileSelector(text);
  if (!compiled.ok) throw new Error(compiled.why);
  return compiled.selector.read(at, newRun(document));
}

const DOCUMENT = {
  type: 'chat',
  customer: { id: 7, name: '张伟', tags: ['vip', 'zh'] },
  items: [
    { type: 'photo', url: 'a.jpg', size: 3 },
    { type: 'text', text: 'broken' },
    { type: 'photo', url: 'b.jpg', size: 9 },
  ],
};

/** Each is evaluated by the library too: the closures must agree with JMESPath. */
const EXPRESSIONS = [
  'type',
  'customer.name',
  'customer.missing.deeper',
  'items[0].url',
  'items[-1].url',
  'items[7]',
  'items[*].url',
  "items[?type=='photo'].url | [0]",
  'items[?size > `4`].url',
  'items[].type',
  'items[1:].type',
  'items[:2]',
  'customer.*',
  '*.id',
  "type == 'chat' && customer.id",
  "type != 'chat' || 'no'",
  '!items',
  '!missing',
  '[type, customer.id]',
  '{a: type, b: items[0]}',
  'missing || customer.tags',
  "type == 'chat' ? 'yes' : 'no'",
  'length(items)',
  "join('-', customer.tags)",
  "contains(customer.tags, 'vip')",
  "starts_with(type, 'ch')",
  'not_null(missing, type)',
  'to_string(items[0])',
  "to_number('12')",
  'sort(customer.tags)',
  'max(items[].size)',
  'reverse(customer.tags)',
  'keys(customer)',
  'values(items[0])',
  'upper(type)',
  "replace(type, 'c', 'C')",
  "split(type, 'h')",
  'items[*].[type, url]',
  'customer.name[0:1]',
  'items | [?url] | [*].size',
  '@.type',
  '$.type',
  'items[?$.type]',
];

describe('a selector', () => {
  test.each(EXPRESSIONS)('means what JMESPath says: %s', (text) => {
    expect(read(text, DOCUMENT)).toEqual(search(DOCUMENT, text));
  });

  test('agrees with JMESPath on any document', () => {
    const names = fc.constantFrom('type', 'customer', 'items', 'id', 'url', 'size');
    const document = fc.object({ key: names, maxDepth: 3, values: [fc.string(), fc.integer()] });
    const expression = fc.constantFrom(...EXPRESSIONS.slice(0, 22));
    fc.assert(
      fc.property(document, expression, (given, text) => {
        expect(read(text, given)).toEqual(search(given as never, text));
      }),
    );
  });

  test('starts `$` at the document and `@` at the item', () => {
    expect(read('[$.type, @.url]', DOCUMENT, DOCUMENT.items[0])).toEqual(['chat', 'a.jpg']);
  });

  test.each([
    'constructor',
    'toString.name',
    '"__proto__"',
    'items.length',
    'customer.hasOwnProperty',
  ])('never reads what a document only inherited: %s', (text) => {
    expect(read(text, DOCUMENT)).toBeNull();
  });

  test('reads a field that is really there, whatever its name', () => {
    expect(read('constructor', { constructor: 'Bob the builder' })).toBe('Bob the builder');
  });

  test.each([
    ['a[', /not a selector/],
    ['sort_by(items, &size)', /sort_by\(\) is not available/],
    ['lenght(items)', /lenght\(\) is not available/],
    ['length()', /takes 1 argument/],
    ['a + b', /Arithmetic is not part/],
    ['let $x = a in $x', /not part of the mapping language/],
    ['!a.b', /write `!\(a\.b\)`/],
    ['c && !a.b', /write `!\(a\.b\)`/],
    ['items[::2]', /forward by one/],
    ['{"__proto__": a}', /cannot be a name/],
    ['x'.repeat(301), /at most 300 characters/],
    ['', /not a selector/],
  ])('is refused with a reason: %s', (text, why) => {
    const compiled = compileSelector(text);
    expect(compiled).toMatchObject({ ok: false, why: expect.stringMatching(why) as unknown });
  });

  test('suggests the function that was meant', () => {
    expect(compileSelector('lenght(items)')).toMatchObject({ ok: false, nearest: 'length' });
  });

  test.each([
    ['doubling a text forty times', `${"join('', [@, @]) | ".repeat(15)}@`, 'x'.repeat(2_000)],
    ['lists in lists in lists', '$[].[$[].[$[].[$[]]]]', Array.from({ length: 200 }, () => 1)],
    ['writing what refers to itself many times', `${'[@,@]|'.repeat(45)}to_string(@)`, 'x'],
    ['comparing it', `${'[@,@]|'.repeat(30)}[0] == [${'[@,@]|'.repeat(1)}@]`, 'x'],
  ])('ends early instead of never: %s', (_what, text, document) => {
    const compiled = compileSelector(text);
    if (!compiled.ok) throw new Error(compiled.why);
    const run = newRun(document);
    const found = compiled.selector.read(document, run);
    expect(found ?? false).toBe(false);
    expect(WORK_LIMIT - run.left).toBeLessThan(2 * WORK_LIMIT);
  });

  test('answers null to a wrong type instead of throwing', () => {
    const anything = fc.anything({ withNullPrototype: true, maxDepth: 3 });
    const expression = fc.constantFrom(...EXPRESSIONS);
    fc.assert(
      fc.property(anything, expression, (document, text) => {
        expect(() => read(text, document)).not.toThrow();
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });
});
