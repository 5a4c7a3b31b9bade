/** Whether a number is in an IMAP sequence set. */
export type SequenceSet = (number: number) => boolean;

/**
 * Reads `1,4:7,9:*`; null if it is no sequence set. `*` is the largest number in use, so that `n:*` always holds
 * the newest mail, even when its number is below `n` (RFC 3501, 6.4.8).
 */
export function parseSequenceSet(text: string, largest: number): SequenceSet | null {
  const ranges: (readonly [number, number])[] = [];
  for (const range of text.split(',')) {
    const [first = '', last = first, more] = range.split(':');
    const ends = [first, last].map((end) => readNumber(end, largest));
    if (more !== undefined || ends.includes(0)) return null;
    ranges.push([Math.min(...ends), Math.max(...ends)]);
  }
  return (number) => ranges.some(([low, high]) => number >= low && number <= high);
}

/** 0 for what is no number of a mail. */
function readNumber(text: string, largest: number): number {
  if (text === '*') return Math.max(1, largest);
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
}
