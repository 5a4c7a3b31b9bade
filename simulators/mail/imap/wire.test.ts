import fc from 'fast-check';
import { createCommandReader, type RawCommand } from './wire.js';

interface Read {
  readonly commands: RawCommand[];
  announced: number;
  refused: number;
}

function read(chunks: readonly Buffer[]): Read {
  const seen: Read = { commands: [], announced: 0, refused: 0 };
  const reader = createCommandReader({
    onCommand: (command) => void seen.commands.push(command),
    onLiteralAnnounced: () => void (seen.announced += 1),
    onTooLarge: () => void (seen.refused += 1),
  });
  for (const chunk of chunks) reader.feed(chunk);
  return seen;
}

test('a literal is bytes, and what follows belongs to the same command', () => {
  const seen = read([Buffer.from('a APPEND x {4}\r\n\r\nqq\r\nb NOOP\r\n')]);
  expect(seen.commands).toEqual([['a APPEND x ', Buffer.from('\r\nqq'), ''], ['b NOOP']]);
  expect(seen.announced).toBe(1);
});

test('a literal with a plus needs no leave', () => {
  const seen = read([Buffer.from('a LOGIN {1+}\r\nu {1+}\r\np\r\n')]);
  expect(seen.commands).toEqual([['a LOGIN ', Buffer.from('u'), ' ', Buffer.from('p'), '']]);
  expect(seen.announced).toBe(0);
});

test('the same commands come out however the bytes were cut', () => {
  const whole = Buffer.from('a ID NIL\r\nb APPEND "x" {12+}\r\nhello\r\nworld\r\nc NOOP\r\n');
  const expected = read([whole]).commands;
  expect(expected).toHaveLength(3);
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
      const edges = [0, ...cuts.sort((one, other) => one - other), whole.length];
      const chunks = edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
      expect(read(chunks).commands).toEqual(expected);
    }),
  );
});

test.each([
  ['a literal', Buffer.from('a APPEND x {99999999}\r\n')],
  ['a line', Buffer.alloc(70_000, 'x')],
])('%s beyond the limit is refused once, and nothing more is read', (_name, bytes) => {
  const seen = read([bytes, Buffer.from('b NOOP\r\n')]);
  expect(seen.refused).toBe(1);
  expect(seen.commands).toEqual([]);
});
