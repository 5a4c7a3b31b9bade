import fc from 'fast-check';
import { decodeFolder, encodeFolder, imapDateTime, imapString, parseImapDate } from './format.js';
import { parseSequenceSet } from './sequence.js';

test.each([
  ['已发送', '&XfJT0ZAB-'],
  ['a&b', 'a&-b'],
  ['台北/日本語', '&U,BTFw-/&ZeVnLIqe-'],
])('a folder called %s is %s on the wire', (path, wire) => {
  expect(encodeFolder(path)).toBe(wire);
  expect(decodeFolder(wire)).toBe(path);
});

test('every folder name survives the wire', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (path) => {
      expect(decodeFolder(encodeFolder(path))).toBe(path);
    }),
  );
});

test('dates are written and read in IMAP’s own way', () => {
  const date = new Date('2026-11-02T00:15:02Z');
  expect(imapDateTime(date)).toBe('" 2-Nov-2026 00:15:02 +0000"');
  expect(parseImapDate(' 2-Nov-2026 00:15:02 +0000')).toEqual(date);
  expect(parseImapDate('2-Nov-2026 08:15:02 +0800')).toEqual(date);
  expect(parseImapDate('2-Nov-2026')).toEqual(new Date('2026-11-02T00:00:00Z'));
  expect(parseImapDate('tomorrow')).toBeNull();
});

test('what quotes cannot hold becomes a literal', () => {
  expect(imapString('a "b" \\').toString()).toBe('"a \\"b\\" \\\\"');
  expect(imapString('坏').toString()).toBe('{3}\r\n坏');
  expect(imapString('a\r\nb').toString()).toBe('{4}\r\na\r\nb');
});

test.each([
  ['1', [1]],
  ['2:4', [2, 3, 4]],
  ['4:2', [2, 3, 4]],
  ['1,3', [1, 3]],
  ['4:*', [4, 5]],
  ['9:*', [5]],
  ['*', [5]],
])('the sequence set %s of five mails', (text, expected) => {
  const set = parseSequenceSet(text, 5);
  expect([1, 2, 3, 4, 5].filter((number) => set?.(number))).toEqual(expected);
});

test.each(['', 'a', '1:2:3', '0', '1,', '-1'])('%p is no sequence set', (text) => {
  expect(parseSequenceSet(text, 5)).toBeNull();
});
