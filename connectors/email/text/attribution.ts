import { isBlank } from './lines.js';
import type { Line } from './lines.js';
import { CLOSING_VERBS, INNER_VERBS, OPENERS, WEEKDAYS } from './words.js';

/** An attribution line is read over at most this many lines and characters: the scan stays linear. */
const LINES = 5;
const CHARACTERS = 600;

/**
 * The number of lines, from `at` on, that say who wrote what follows (`On …, X wrote:`, split over
 * several lines perhaps), or 0.
 */
export function attributionAt(lines: readonly Line[], at: number): number {
  const first = lines[at];
  if (first === undefined || isBlank(first) || !mayOpen(first.text)) return 0;
  let joined = '';
  for (let count = 1; count <= LINES; count += 1) {
    const line = lines[at + count - 1];
    if (line === undefined || isBlank(line)) return 0;
    if (line.depth !== first.depth) return closesMailbox(line, joined) ? count : 0;
    joined = `${joined} ${line.text.trim()}`.trim();
    if (joined.length > CHARACTERS) return 0;
    if (isAttribution(joined)) return tail(lines, at, count);
  }
  return 0;
}

/** A break before the last `>:` makes that line look quoted. */
function closesMailbox(line: Line, joined: string): boolean {
  return line.text.trim() === ':' && isAttribution(`${joined}>:`);
}

/** Some clients break before the last `>:` or `:`. */
function tail(lines: readonly Line[], at: number, count: number): number {
  const next = lines[at + count]?.text.trim();
  return next === ':' || next === '：' ? count + 1 : count;
}

function mayOpen(text: string): boolean {
  const start = opening(text);
  return (
    start !== '' &&
    (opens(start) ||
      /[<＜"“(@]/.test(text.slice(0, 200)) ||
      start.endsWith('：') ||
      text.includes('写道') ||
      text.includes('寫道'))
  );
}

/** Lower case, without the dashes of Zoho and the marks of lists. */
function opening(text: string): string {
  let at = 0;
  while (at < text.length && '-*—_ \t\u00a0'.includes(text.charAt(at))) at += 1;
  return text.slice(at, at + CHARACTERS).toLowerCase();
}

function opens(start: string): boolean {
  const first = start.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return true;
  return (
    OPENERS.some((word) => start.startsWith(word)) || WEEKDAYS.some((day) => start.startsWith(day))
  );
}

function isAttribution(text: string): boolean {
  const start = opening(text);
  const end = ending(start);
  if (!isDated(end.text)) return false;
  if (endsWithVerb(end.text)) {
    return end.colon || end.text.includes('@') ? opens(start) || namesMailbox(end.text) : false;
  }
  if (!end.colon) return false;
  if (opens(start) && INNER_VERBS.some((verb) => end.text.includes(verb))) return true;
  return (
    opens(start) && /[>)＞\]]$/.test(end.text) && end.text.includes('@') && hasClockOrYear(end.text)
  );
}

function ending(start: string): { text: string; colon: boolean } {
  let end = start.length;
  while (end > 0 && '-—_ *\t\u00a0'.includes(start.charAt(end - 1))) end -= 1;
  const colon = end > 0 && ':：'.includes(start.charAt(end - 1));
  return { text: start.slice(0, colon ? end - 1 : end).trimEnd(), colon };
}

function endsWithVerb(text: string): boolean {
  return CLOSING_VERBS.some((verb) => text.endsWith(verb));
}

function namesMailbox(text: string): boolean {
  return (
    text.includes('@') && (text.includes('<') || text.includes('＜') || /写道$|寫道$/.test(text))
  );
}

/** A date, a time of day or an address: without one of them it is a sentence. */
function isDated(text: string): boolean {
  return (
    text.includes('@') ||
    hasClockOrYear(text) ||
    /\d{1,2}月\d{1,2}日|\d{1,2}[./-]\d{1,2}[./-]\d{2}/.test(text) ||
    /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b/.test(text)
  );
}

function hasClockOrYear(text: string): boolean {
  return /(?:^|\D)(?:19|20)\d\d(?:\D|$)|\d{1,2}[:.h]\d\d|上午|下午/.test(text);
}
