import fc from 'fast-check';
import { tokenize, type Arg } from './tokens.js';

const atom = (text: string): Arg => ({ kind: 'atom', text });
const string = (text: string): Arg => ({ kind: 'string', bytes: Buffer.from(text) });

test('reads atoms, strings, lists and literals', () => {
  const words = tokenize(['a X (b "c \\"d\\"" (e)) ', Buffer.from('(f'), ' g']);
  expect(words).toEqual([
    atom('a'),
    atom('X'),
    { kind: 'list', items: [atom('b'), string('c "d"'), { kind: 'list', items: [atom('e')] }] },
    string('(f'),
    atom('g'),
  ]);
});

test('what stands in square brackets belongs to the atom', () => {
  const words = tokenize(['(UID BODY.PEEK[HEADER.FIELDS (TO CC)]<0.10>)']);
  expect(words).toEqual([
    { kind: 'list', items: [atom('UID'), atom('BODY.PEEK[HEADER.FIELDS (TO CC)]<0.10>')] },
  ]);
});

test.each(['a (b', 'a b)', 'a "b', `a ${'('.repeat(20)}${')'.repeat(20)}`])(
  'refuses what does not close or is too deep: %s',
  (line) => {
    expect(tokenize([line])).toBeNull();
  },
);

test('never throws, whatever comes', () => {
  fc.assert(fc.property(fc.string(), (line) => expect(() => tokenize([line])).not.toThrow()));
});
