import { decodeBytes, looksEightBit } from './charset.js';

/** One header field, unfolded. `value` holds bytes as code units (latin1) until {@link readable} decodes them. */
export interface Field {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

/** A header block: an array, never an object, so that a field named `__proto__` is just a field. */
export type Fields = readonly Field[];

export interface HeaderBlock {
  readonly fields: Fields;
  /** Offset of the first byte of the body. */
  readonly bodyStart: number;
  readonly lines: number;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;

/**
 * Reads a header block in one pass. A line that is neither a field nor a continuation is passed over;
 * a line of dashes begins the next part of a mail whose header lacks its empty line.
 */
export function readHeaderBlock(bytes: Buffer, start: number, end: number): HeaderBlock {
  const fields: { name: string; parts: string[] }[] = [];
  let at = start;
  let lines = 0;
  while (at < end) {
    const feed = bytes.indexOf(LF, at);
    const next = feed < 0 || feed >= end ? end : feed + 1;
    const stop = lineEnd(bytes, at, next);
    if (stop === at) return { fields: joined(fields), bodyStart: next, lines };
    if (bytes[at] === DASH && bytes[at + 1] === DASH) break;
    lines += 1;
    addLine(fields, bytes.toString('latin1', at, stop));
    at = next;
  }
  return { fields: joined(fields), bodyStart: at, lines };
}

function lineEnd(bytes: Buffer, start: number, next: number): number {
  let stop = next;
  while (stop > start && (bytes[stop - 1] === LF || bytes[stop - 1] === CR)) stop -= 1;
  return stop;
}

function addLine(fields: { name: string; parts: string[] }[], line: string): void {
  const first = line.charAt(0);
  if (first === ' ' || first === '\t') {
    fields.at(-1)?.parts.push(line);
    return;
  }
  const colon = line.indexOf(':');
  const name = colon < 0 ? '' : line.slice(0, colon).trimEnd().toLowerCase();
  if (name === '' || name.length > 200 || name.includes(' ')) return;
  fields.push({ name, parts: [line.slice(colon + 1)] });
}

/** No field may hold U+0000 (RFC 5322 section 2.2), and no database takes it in an id or a name. */
function joined(fields: readonly { name: string; parts: string[] }[]): Fields {
  return fields.map(({ name, parts }) => ({
    name,
    value: parts
      .join('')
      .replaceAll(/[\r\t\u0000]/g, ' ')
      .trim(),
  }));
}

/** The first field of that name, or an empty string. */
export function first(fields: Fields, name: string): string {
  return fields.find((field) => field.name === name)?.value ?? '';
}

/** Every value of that name, topmost first. */
export function every(fields: Fields, name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

export function has(fields: Fields, name: string): boolean {
  return fields.some((field) => field.name === name);
}

/**
 * A raw 8-bit header (no encoded word) as text: UTF-8 when it is valid, else the charset of the
 * body, else a guess. `hint` is the body's declared charset or an empty string.
 */
export function readable(value: string, hint: string): string {
  if (!looksEightBit(value)) return value;
  return decodeBytes(Buffer.from(value, 'latin1'), hint === '' ? '' : `?${hint}`).text;
}
