import fc from 'fast-check';
import { measure } from './segments.js';
import { splitInSegments } from './split.js';
import type { Bounds } from './split.js';
import { growth } from '../../test/effort.js';

const WIDE: Bounds = { characters: 1_600, segments: 10 };
const ONE: Bounds = { characters: 1_600, segments: 1 };
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const withoutSpace = (text: string) => text.replace(/\s+/gu, '');

describe('a long text', () => {
  test('that fits stays one message, without white space around it', () => {
    expect(splitInSegments('  Thank you.\n', WIDE)).toEqual(['Thank you.']);
    expect(splitInSegments(' \n ', WIDE)).toEqual([]);
  });

  test('is cut between paragraphs before sentences, and between sentences before words', () => {
    const first = `${'One two three. '.repeat(6)}End.`;
    expect(splitInSegments(`${first}\n\n${'word '.repeat(20)}`, ONE)[0]).toBe(first);
    const sentence = `${'x'.repeat(50)} ${'y'.repeat(60)}.`;
    expect(splitInSegments(`${sentence} ${'word '.repeat(20)}`, ONE)[0]).toBe(sentence);
    expect(splitInSegments('word '.repeat(40), ONE)[0]).toBe('word '.repeat(32).trim());
  });

  test('in Chinese is cut after a full stop, and at 70 characters where there is none', () => {
    const sentence = `${'坏'.repeat(50)}。`;
    expect(splitInSegments(sentence.repeat(2), ONE)).toEqual([sentence, sentence]);
    expect(splitInSegments('坏'.repeat(100), ONE).map((piece) => piece.length)).toEqual([70, 30]);
  });

  test('is not cut inside a number', () => {
    const text = `${'x'.repeat(150)} 1.${'5'.repeat(20)}`;
    expect(splitInSegments(text, ONE)[1]).toBe(`1.${'5'.repeat(20)}`);
  });

  test('stays within 1,600 characters even where the segments would hold more', () => {
    const pieces = splitInSegments('a'.repeat(4_000), { characters: 1_600, segments: 24 });
    expect(pieces.map((piece) => piece.length)).toEqual([1_600, 1_600, 800]);
  });

  test('keeps a family of emoji together, and cuts one larger than a message between code points', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(splitInSegments(`${'坏'.repeat(65)}${family}`, ONE)).toEqual(['坏'.repeat(65), family]);
    const giant = `e${'\u0301'.repeat(200)}`;
    const pieces = splitInSegments(giant, ONE);
    expect(pieces.join('')).toBe(giant);
    expect(pieces.every((piece) => measure(piece).segments === 1)).toBe(true);
  });

  test('of any kind is delivered whole, in order, within the bounds, on grapheme borders', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(' ', '\n\n', '。', '€', '😡', 'order no. 5 ', '👨‍👩‍👧‍👦'),
    );
    const bounds = fc.record({
      characters: fc.integer({ min: 100, max: 400 }),
      segments: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 60 }), bounds, (units, given) => {
        const text = units.join('').trim();
        const pieces = splitInSegments(text, given);
        expect(withoutSpace(pieces.join(''))).toBe(withoutSpace(text));
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(given.characters);
          expect(measure(piece).segments).toBeLessThanOrEqual(given.segments);
          expect(piece.isWellFormed()).toBe(true);
        }
        const borders = new Set([...graphemes.segment(text)].map(({ index }) => index));
        let at = 0;
        for (const piece of pieces) {
          at = text.indexOf(piece, at);
          expect(borders.has(at)).toBe(true);
          at += piece.length;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('costs four times as much when it is four times as long', () => {
    const split = (times: number) => splitInSegments('投诉 complaint 😡. '.repeat(times), WIDE);
    expect(growth(3_000, split)).toMatchObject({ linear: true });
  });
});
