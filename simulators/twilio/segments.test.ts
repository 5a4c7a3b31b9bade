import { countSegments } from './segments.js';

test.each([
  ['', 1],
  ['a'.repeat(160), 1],
  ['a'.repeat(161), 2],
  ['a'.repeat(306), 2],
  ['a'.repeat(307), 3],
  ['€'.repeat(80), 1],
  ['€'.repeat(81), 2],
  ['坏'.repeat(70), 1],
  ['坏'.repeat(71), 2],
  ['坏'.repeat(135), 3],
])('%# counts segments at their edges', (text, segments) => {
  expect(countSegments(text)).toBe(segments);
});
