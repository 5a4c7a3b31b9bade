import { written } from './spoken.js';

describe('a number that was spoken is the number that was typed', () => {
  test.each([
    ['单号是七七零幺二杠五五三', '单号是77012-553'],
    ['尾号四零八二那单', '尾号4082那单'],
    ['ab七三幺二零零', 'ab731200'],
    ['型号k九', '型号k9'],
    ['it is double four oh nine triple two', 'it is 4409222'],
    ['number seven one zero eight', 'number 7108'],
  ])('%s', (given, expected) => expect(written(given)).toBe(expected));
});

describe('words that count are left alone', () => {
  test.each(['一天两次三回', 'one of two boxes', '十五天了', 'oh no, one more'])('%s', (text) =>
    expect(written(text)).toBe(text),
  );
});
