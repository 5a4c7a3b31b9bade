import { SIMPLIFIED } from './simplified.js';

/** What of a text is read: its head, and its tail where signatures stand. Everything else is too long to be a telling. */
const HEAD = 3000;
const TAIL = 1000;

/** Bounds a text before anything else looks at it, so that a megabyte costs what a page costs. */
export function bounded(text: string): string {
  if (text.length <= HEAD + TAIL) return text.toWellFormed();
  return `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}`.toWellFormed();
}

/** One spelling of width and composition (Unicode NFKC), controls as blanks; letters keep their case. */
export function even(text: string): string {
  return bounded(text)
    .normalize('NFKC')
    .slice(0, 2 * (HEAD + TAIL))
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]+/g, ' ');
}

/** `even` text in lower case and simplified characters: the form in which tellings are compared. */
export function fold(text: string): string {
  return simplified(even(text).toLowerCase());
}

/** Traditional characters one by one; the order of letters and the length stay as they are. */
export function simplified(text: string): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const plain = SIMPLIFIED[text.charCodeAt(at)];
    if (plain === undefined || plain === 0) continue;
    out += text.slice(from, at) + String.fromCharCode(plain);
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** 32 bits of FNV-1a (Fowler, Noll, Vo), finished by a mix of murmur3 so that low bits may be compared too. */
export function hash32(text: string, from = 0, to = text.length): number {
  let h = 0x811c9dc5;
  for (let at = from; at < to; at += 1) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193);
  return mix32(h);
}

/** The finaliser of MurmurHash3 (Appleby): every bit of the input reaches every bit of the output. */
export function mix32(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
