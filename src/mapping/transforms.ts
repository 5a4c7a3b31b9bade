import { createHash } from 'node:crypto';
import { readJson } from '../model/json.js';
import { htmlToText } from './html-text.js';
import { readTime } from './times.js';
import { boundedJson, spend } from '../model/work.js';
import type { Run } from '../model/work.js';

/** Turns one value into another; null for what it cannot read. Never throws. */
export type Transform = (value: unknown, run: Run) => unknown;

const HASH_DIGITS = 32;

function onText(change: (text: string) => unknown): Transform {
  return (value, run) => {
    const text = plainText(value);
    return text !== null && spend(run, text.length >>> 4) ? change(text) : null;
  };
}

/** The text of a text, number or boolean; null for everything else. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** One text, or the texts of a list, one a line. */
function lines(value: unknown, run: Run): string | null {
  if (!Array.isArray(value)) return plainText(value);
  const texts = (value as unknown[]).map(plainText).filter((text) => text !== null);
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return texts.length > 0 && spend(run, texts.length + (length >>> 4)) ? texts.join('\n') : null;
}

function parsedJson(text: string): unknown {
  const read = readJson(Buffer.from(text));
  return read.ok ? read.value : null;
}

/** `+8613800000000` or national digits; a scheme in front, as in `tel:`, is taken off. */
function phone(text: string): string | null {
  const shown = text.slice(0, 100).normalize('NFKC').trim();
  const number = shown.replace(/^[a-z][a-z\d+.-]{0,30}:/i, '').replace(/[\s().-]/g, '');
  const digits = number.startsWith('00') ? `+${number.slice(2)}` : number;
  return /^\+?\d{3,20}$/.test(digits) ? digits : null;
}

const YES: ReadonlySet<string> = new Set(['true', 'yes', 'y', 'on', '1']);
const NO: ReadonlySet<string> = new Set(['false', 'no', 'n', 'off', '0']);

function bool(text: string): boolean | null {
  const word = text.slice(0, 10).trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : null;
}

/** A short, stable name of any value; equal JSON gives equal hashes. */
function hash(value: unknown, run: Run): string | null {
  const json = value === null || value === undefined ? null : boundedJson(value, run);
  return json === null ? null : sha256Hex(json).slice(0, HASH_DIGITS);
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The last part of a URL's or file's path, as a name. */
function fileName(text: string): string | null {
  const path = text.slice(0, 4_000).split(/[?#]/, 1)[0] ?? '';
  const last = path.split(/[/\\]/).at(-1) ?? '';
  try {
    return decodeURIComponent(last) || null;
  } catch {
    return last || null;
  }
}

/** Every word `as` may say: a closed list. */
export const TRANSFORMS: ReadonlyMap<string, Transform> = new Map(
  Object.entries({
    json: onText(parsedJson),
    text: lines,
    lower: onText((text) => text.toLowerCase()),
    upper: onText((text) => text.toUpperCase()),
    trim: onText((text) => text.trim()),
    isoTime: (value: unknown) => readTime(value, 'Z'),
    chinaTime: (value: unknown) => readTime(value, '+08:00'),
    phone: onText(phone),
    bool: onText(bool),
    hash,
    htmlText: onText(htmlToText),
    fileName: onText(fileName),
  } satisfies Record<string, Transform>),
);
