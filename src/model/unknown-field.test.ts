import { z } from 'zod';
import { Draft } from './draft.js';
import { unknownFields } from './unknown-field.js';

const unknown = (value: object, schema: z.ZodType = Draft) =>
  unknownFields(schema, value, 3).map(({ path, nearest }) => [path.join('.'), nearest]);

test.each([
  [{ txt: 'x' }, 'txt', 'text'],
  [{ sender: { handle: 'a', nmae: 'A' } }, 'sender.nmae', 'name'],
  [
    { sender: { identities: [{ kind: 'email' }, { vlaue: 'x' }] } },
    'sender.identities.1.vlaue',
    'value',
  ],
  [{ attachments: [{ reff: 'x' }] }, 'attachments.0.reff', 'ref'],
  [{ receipt: { state: 'sent' } }, 'receipt.state', 'status'],
  [JSON.parse('{"__proto__":{}}') as object, '__proto__', null],
])('in %j %s is unknown, and %s is meant', (draft, path, nearest) => {
  expect(unknown(draft)).toEqual([[path, nearest]]);
});

test('what the format leaves free may hold any name', () => {
  expect(
    unknown({ fields: { anything: 'x' }, replyContext: { a: { b: 1 } }, receipt: null }),
  ).toEqual([]);
});

test('all of them are found, as many as are asked for', () => {
  const names = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`txt${i}`, 'x']));
  expect(unknown(names).map(([path]) => path)).toEqual(['txt0', 'txt1', 'txt2']);
});

test('of alternatives the one is looked at that is meant: a list, or an object', () => {
  const oneOrMany = z.union([Draft, z.array(Draft)]);
  expect(unknown({ txt: 'x' }, oneOrMany)).toEqual([['txt', 'text']]);
  expect(unknown([{}, { txt: 'x' }], oneOrMany)).toEqual([['1.txt', 'text']]);
});

test('of two alternatives for one object nothing is known', () => {
  const either = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]);
  expect(unknown({ c: 'x' }, either)).toEqual([]);
});
