import fc from 'fast-check';
import { firstValues, readForm } from './form.js';

const read = (text: string) => readForm(Buffer.from(text, 'latin1'));

describe('a form body', () => {
  test('keeps order and repetitions, and reads plus and percent as bytes of UTF-8', () => {
    expect(read('b=1&a=x+y&b=%E5%9D%8F%e4%ba%86&c=%2B')).toEqual([
      ['b', '1'],
      ['a', 'x y'],
      ['b', '坏了'],
      ['c', '+'],
    ]);
  });

  test('keeps a broken percent sign and a parameter without a value', () => {
    expect(read('a=100%&b=%zz&c=%4&d&=e&&f=1=2')).toEqual([
      ['a', '100%'],
      ['b', '%zz'],
      ['c', '%4'],
      ['d', ''],
      ['', 'e'],
      ['f', '1=2'],
    ]);
  });

  test('turns bytes that are no UTF-8 into U+FFFD', () => {
    expect(read('a=%ff%fe')).toEqual([['a', '\uFFFD\uFFFD']]);
  });

  test('gives the first value of a name, and never a prototype', () => {
    const values = firstValues(read('a=1&a=2&__proto__=x&constructor=y') ?? []);
    expect(values).toEqual({ a: '1', constructor: 'y' });
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });

  test('reads what URLSearchParams writes', () => {
    const pairs = fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(pairs, (given) => {
        const params = new URLSearchParams(given);
        expect(read(params.toString())).toEqual([...params]);
      }),
    );
  });
});
