import { linesToText, plainLines } from './lines.js';
import type { Line } from './lines.js';
import { aboveHistory, withoutQuotedBlocks } from './quotes.js';
import { withoutSignature } from './signature.js';
import { FORWARD_SUBJECTS } from './words.js';

/** True when the subject says that the mail as a whole is forwarded. */
export function isForwardSubject(subject: string): boolean {
  const start = subject.trim().toLowerCase();
  return FORWARD_SUBJECTS.some((prefix) => start.startsWith(prefix));
}

/**
 * What the sender wrote: without quoted history and signature. Empty when the mail holds nothing but
 * history. Never longer than the lines given. `sender`: name and address as From has them.
 */
export function visibleText(
  lines: readonly Line[],
  forwarded: boolean,
  sender: readonly string[] = [],
): string {
  if (forwarded) return trimBlankEnds(linesToText(lines));
  const reply = aboveHistory(lines);
  const unsigned = withoutSignature(reply.upper, sender);
  const written = withoutSignature(withoutQuotedBlocks(unsigned), sender);
  return trimBlankEnds(linesToText([...written, ...reply.forwarded]));
}

export function visiblePlainText(
  text: string,
  forwarded = false,
  sender: readonly string[] = [],
): string {
  return visibleText(plainLines(text), forwarded, sender);
}

/** Leading blank lines and trailing blanks go; the indent of the first line stays. */
export function trimBlankEnds(text: string): string {
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '\n') from = i + 1;
    else if (c !== ' ' && c !== '\t' && c !== '\u00a0' && c !== '\r') break;
  }
  return text.slice(from).trimEnd();
}
