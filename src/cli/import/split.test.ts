import fc from 'fast-check';
import type { Piece } from './piece.js';
import { splitJsonl } from './split-jsonl.js';
import { MAX_MAIL_BYTES, splitMbox } from './split-mbox.js';

async function* cut(bytes: Buffer, places: readonly number[]): AsyncGenerator<Buffer> {
  const borders = [0, ...places.map((at) => at % (bytes.length + 1)), bytes.length];
  borders.sort((a, b) => a - b);
  for (const [i, end] of borders.entries()) {
    if (i > 0) yield bytes.subarray(borders[i - 1], end);
  }
}

async function piecesOf(pieces: AsyncIterable<Piece>): Promise<readonly Piece[]> {
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

const SEPARATOR = 'From a@b.example Sat Mar  1 10:00:00 2025\n';

describe('lines of a JSONL file', () => {
  test('are the same however the file arrives, and cover it byte for byte', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme', maxLength: 20 }).map((line) => line.replaceAll('\n', ' ')),
        ),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (lines, places) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const pieces = await piecesOf(splitJsonl(cut(bytes, places)));
          expect(pieces.map((piece) => piece.bytes?.toString().slice(0, -1))).toEqual(lines);
          expect(Buffer.concat(pieces.map(({ start, end }) => bytes.subarray(start, end)))).toEqual(
            bytes,
          );
          expect(pieces.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
        },
      ),
    ));
});

describe('mails of an mbox', () => {
  const word = fc.constantFrom(
    'a',
    ' ',
    'From ',
    '>From ',
    '>>From x',
    '\r',
    '10:00',
    '2025',
    '水',
  );
  const body = fc
    .array(fc.array(word, { maxLength: 4 }).map((words) => words.join('')))
    .map((lines) => lines.map((line) => `${line}\n`).join(''));

  /** As a mail program writes one: a line that could be taken for a separator is marked. */
  const quoted = (text: string): string =>
    text
      .split('\n')
      .map((line) => (/^>*From /.test(line) ? `>${line}` : line))
      .join('\n');

  test('come back as they were written, however the file arrives', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(body, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (bodies, places) => {
          const file = bodies.map((text) => `${SEPARATOR}${quoted(text)}\n`).join('');
          const bytes = Buffer.from(file);
          const pieces = await piecesOf(splitMbox(cut(bytes, places)));
          const expected = bodies.map((text) => text || '\n');
          expect(pieces.map((piece) => piece.bytes?.toString())).toEqual(expected);
          expect(Buffer.concat(pieces.map(({ start, end }) => bytes.subarray(start, end)))).toEqual(
            bytes,
          );
          const lineOf = (at: number): number => file.slice(0, at).split('\n').length;
          expect(pieces.map(({ line }) => line)).toEqual(
            pieces.map(({ start }) => lineOf(bytes.subarray(0, start).toString().length)),
          );
        },
      ),
    ));

  test('carry the time of their separator', async () => {
    const lines = [
      'From a@b.example Sat Mar  1 10:00:00 2025',
      'From 17@xxx Sat Mar 01 10:00:00 +0800 2025',
      'From a@b.example Sat Mar 99 10:00:00 2025',
    ];
    const bytes = Buffer.from(lines.map((line) => `${line}\nx\n\n`).join(''));
    const pieces = await piecesOf(splitMbox(cut(bytes, [])));
    expect(pieces.map(({ receivedAt }) => receivedAt)).toEqual([
      Date.UTC(2025, 2, 1, 10),
      Date.UTC(2025, 2, 1, 2),
      null,
    ]);
  });

  test('one larger than allowed is marked, never held, and the next is read', async () => {
    const huge = Buffer.alloc(1024 * 1024, 'x');
    async function* chunks(): AsyncGenerator<Buffer> {
      yield Buffer.from(SEPARATOR);
      for (let i = 0; i <= MAX_MAIL_BYTES / huge.length; i += 1) yield huge;
      yield Buffer.from(`\n\n${SEPARATOR}Subject: small\n\nhello\n\n`);
    }
    const pieces = await piecesOf(splitMbox(chunks()));
    expect(pieces.map(({ bytes }) => bytes?.toString() ?? null)).toEqual([
      null,
      'Subject: small\n\nhello\n',
    ]);
    expect(pieces[1]?.start).toBe(pieces[0]?.end);
    expect(pieces[1]?.line).toBe(4);
  });
});
