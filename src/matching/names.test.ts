import { RULES } from './fixtures/tellings.js';
import { nameOf, namesIn } from './names.js';

const found = (text: string): string[] => namesIn(text, RULES).map(({ value }) => value);

describe('who says who they are', () => {
  test.each([
    ['我叫顾念慈,尾号 1188', '顾念慈'],
    ['收件人:雷小满', '雷小满'],
    ['my name is tobias kern and i am cross', 'kern tobias'],
    ['placed by anouk visser', 'anouk visser'],
    ['您好\n坏了\n顾念慈', '顾念慈'],
    ['hello\nit broke\nregards\ntobias kern\n+31 20 794 0958', 'kern tobias'],
    ['微博上我叫柠檬不加糖,留过言', '柠檬不加糖'],
  ])('%s', (text, name) => expect(found(text)).toEqual([name]));
});

test.each(['i am writing to you', 'this is really bad', '我是真的生气', '本人很失望'])(
  'no name: %s',
  (text) => {
    expect(found(text)).toEqual([]);
  },
);

test('a name is one in either order, and nobody is nobody', () => {
  expect(nameOf('Kern Tobias', RULES)).toEqual(nameOf('Tobias Kern', RULES));
  expect(nameOf('用户已注销', RULES)).toBeNull();
  expect(nameOf('微信用户', RULES)).toBeNull();
  expect(nameOf('sunny_91', RULES)).toEqual({ value: 'sunny_91', real: false });
});
