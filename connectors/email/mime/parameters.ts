import { decodeHeaderWords } from './words.js';
import { decodeBytes } from './charset.js';
import { readable } from './fields.js';

/** A structured field: `value; name=value; …`, with RFC 2231 continuations and charsets undone. */
export interface Structured {
  /** Lower case. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_PARAMETERS = 200;

/** Reads one structured field in a single pass. `hint` is the charset of raw 8-bit names. */
export function readStructured(field: string, hint = ''): Structured {
  const pieces = splitPieces(field);
  const raw = new Map<string, string>();
  for (const piece of pieces.slice(1, MAX_PARAMETERS)) {
    const equals = piece.indexOf('=');
    if (equals <= 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (!raw.has(name)) raw.set(name, unquote(piece.slice(equals + 1).trim()));
  }
  return {
    value: withoutComment(pieces[0] ?? '').toLowerCase(),
    parameters: assemble(raw, hint),
  };
}

/** Splits at semicolons outside quotes. */
function splitPieces(field: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  let quoted = false;
  for (let i = 0; i < field.length; i += 1) {
    const c = field.charAt(i);
    if (c === '\\' && quoted) i += 1;
    else if (c === '"') quoted = !quoted;
    else if (c === ';' && !quoted) {
      pieces.push(field.slice(from, i));
      from = i + 1;
    }
  }
  pieces.push(field.slice(from));
  return pieces;
}

function withoutComment(text: string): string {
  const open = text.indexOf('(');
  return (open < 0 ? text : text.slice(0, open)).trim();
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  let out = '';
  for (let i = 1; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '"') break;
    if (c === '\\' && i + 1 < text.length) i += 1;
    out += text.charAt(i);
  }
  return out;
}

/** RFC 2231: `name*0*=utf-8''…`, `name*1=…`, `name*=…`; else RFC 2047 words, else raw 8-bit text. */
function assemble(raw: ReadonlyMap<string, string>, hint: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const name of raw.keys()) {
    const star = name.indexOf('*');
    const base = star < 0 ? name : name.slice(0, star);
    if (base === '' || out.has(base)) continue;
    const whole = raw.get(base) ?? '';
    out.set(base, continued(raw, base) ?? (base === 'boundary' ? whole : word(whole, hint)));
  }
  return out;
}

function word(text: string, hint: string): string {
  return decodeHeaderWords(readable(text, hint));
}

function continued(raw: ReadonlyMap<string, string>, base: string): string | null {
  const segments: { text: string; encoded: boolean }[] = [];
  const single = raw.get(`${base}*`);
  if (single !== undefined) segments.push({ text: single, encoded: true });
  for (let i = 0; single === undefined && i < MAX_PARAMETERS; i += 1) {
    const plain = raw.get(`${base}*${i}`);
    const encoded = raw.get(`${base}*${i}*`);
    if (plain === undefined && encoded === undefined) break;
    segments.push({ text: encoded ?? plain ?? '', encoded: encoded !== undefined });
  }
  return segments.length === 0 ? null : joinSegments(segments);
}

function joinSegments(segments: readonly { text: string; encoded: boolean }[]): string {
  const head = segments[0]?.text ?? '';
  const quote = head.indexOf("'");
  const second = quote < 0 ? -1 : head.indexOf("'", quote + 1);
  const labelled = segments[0]?.encoded === true && second >= 0;
  const label = labelled ? head.slice(0, quote) : '';
  const bytes = segments.map(({ text, encoded }, i) => {
    const value = i === 0 && labelled ? text.slice(second + 1) : text;
    return encoded ? percentBytes(value) : Buffer.from(value, 'latin1');
  });
  const text = decodeBytes(Buffer.concat(bytes), label).text;
  return labelled ? text : decodeHeaderWords(text);
}

function percentBytes(text: string): Buffer {
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const pair = text.charAt(i) === '%' ? Number.parseInt(text.slice(i + 1, i + 3), 16) : NaN;
    if (Number.isInteger(pair) && i + 2 < text.length) {
      out.push(pair);
      i += 2;
    } else out.push(text.charCodeAt(i) & 255);
  }
  return Buffer.from(out);
}
