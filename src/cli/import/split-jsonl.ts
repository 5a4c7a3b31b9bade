import type { Piece } from './piece.js';

/** A draft holds 200,000 characters of text and a million of HTML. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 10;

/** Lines of a stream, each whole or marked as too long; memory is bounded by the longest line allowed. */
export async function* splitJsonl(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  let held: Buffer[] = [];
  let size = 0;
  let line = 1;
  let start = 0;
  let offset = 0;
  const keep = (slice: Buffer): void => {
    size += slice.length;
    if (size > MAX_LINE_BYTES) held = [];
    else held.push(slice);
  };
  const piece = (end: number): Piece => {
    const bytes = size > MAX_LINE_BYTES ? null : Buffer.concat(held);
    const whole = { line, start, end, bytes, receivedAt: null };
    held = [];
    size = 0;
    line += 1;
    start = end;
    return whole;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, at + 1));
      yield piece(offset + at + 1);
      from = at + 1;
    }
    keep(chunk.subarray(from));
    offset += chunk.length;
  }
  if (size > 0) yield piece(offset);
}
