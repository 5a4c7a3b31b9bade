import fc from 'fast-check';
import { measure } from './segments.js';

describe('SMS segments', () => {
  test.each([
    ['nothing', '', 'GSM-7', 1, 0],
    ['160 GSM characters', 'a'.repeat(160), 'GSM-7', 1, 160],
    ['161 GSM characters', 'a'.repeat(161), 'GSM-7', 2, 161],
    ['306 GSM characters', 'a'.repeat(306), 'GSM-7', 2, 306],
    ['307 GSM characters', 'a'.repeat(307), 'GSM-7', 3, 307],
    ['80 euro signs, which take two septets each', '€'.repeat(80), 'GSM-7', 1, 160],
    ['a euro sign too many', `${'€'.repeat(80)}.`, 'GSM-7', 2, 161],
    ['Greek capitals and accents of GSM', 'ΔΩ éèñ Ç', 'GSM-7', 1, 8],
    ['a lower-case ç, which GSM has not', 'ç', 'UCS-2', 1, 1],
    ['a typographic apostrophe', 'a’'.repeat(36), 'UCS-2', 2, 72],
    ['70 Chinese characters', '坏'.repeat(70), 'UCS-2', 1, 70],
    ['71 Chinese characters', '坏'.repeat(71), 'UCS-2', 2, 71],
    ['135 Chinese characters', '坏'.repeat(135), 'UCS-2', 3, 135],
    ['35 emoji', '😡'.repeat(35), 'UCS-2', 1, 70],
  ])('%s', (_name, text, ...expected) => {
    const { encoding, segments, units } = measure(text);
    expect([encoding, segments, units]).toEqual(expected);
  });

  test('an escaped character never straddles two segments', () => {
    const text = `${'a'.repeat(152)}€${'a'.repeat(152)}`;
    expect(measure(text)).toEqual({ encoding: 'GSM-7', segments: 3, units: 306 });
  });

  test('a surrogate pair never straddles two segments', () => {
    expect(measure('坏'.repeat(66) + '😡' + '坏'.repeat(66)).segments).toBe(3);
  });

  test('more text never takes fewer segments', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(measure(a + b).segments).toBeGreaterThanOrEqual(measure(a).segments);
      }),
    );
  });
});
