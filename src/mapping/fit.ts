import { boundedKey } from '../model/key.js';
import { cleanText } from '../model/text.js';
import { readJson } from '../model/json.js';
import { isIsoTime } from './times.js';
import { plainText, sha256Hex } from './transforms.js';
import { boundedJson } from '../model/work.js';
import type { Run } from '../model/work.js';

/**
 * Brings what a rule found into the bounds of the draft's schema, so that the result needs no
 * second validation. Nothing is guessed: what does not fit is left out or cut, and remarked.
 */

/** A clean text, or null for nothing; a list or an object where a text belongs is remarked. */
function textOf(value: unknown, target: string, run: Run): string | null {
  if (value === null) return null;
  const plain = plainText(value);
  if (plain === null) {
    run.remarks.push(`${target}: a text was expected, a list or an object came; left out`);
    return null;
  }
  const { text, replaced } = cleanText(plain);
  if (replaced) run.remarks.push(`${target}: characters that no text can hold were replaced`);
  return text === '' ? null : text;
}

/** Longer text is cut and named in `fields.truncated`. */
export function fitText(value: unknown, max: number, target: string, run: Run): string | null {
  const text = textOf(value, target, run);
  if (text === null || text.length <= max) return text;
  run.cut.push(target);
  run.remarks.push(`${target}: cut to ${max} characters`);
  return cutText(text, max);
}

/** Never in the middle of a character beyond the basic plane. */
export function cutText(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** What names somebody: too long, it ends in its hash, so that two long names never become one. */
export function fitName(value: unknown, max: number, target: string, run: Run): string | null {
  const text = textOf(value, target, run);
  if (text === null || text.length <= max) return text;
  const digest = `#${sha256Hex(text)}`;
  return cutText(text, max - digest.length) + digest;
}

/** An id, in the room an index has. */
export function fitKey(value: unknown, target: string, run: Run): string | null {
  const text = textOf(value, target, run);
  return text === null ? null : boundedKey(text);
}

/** What is useless when cut (an address, a link) is left out instead. */
export function fitWhole(value: unknown, max: number, target: string, run: Run): string | null {
  const text = textOf(value, target, run)?.trim() ?? '';
  if (text.length <= max) return text === '' ? null : text;
  run.remarks.push(`${target}: longer than ${max} characters; left out`);
  return null;
}

export function fitTime(value: unknown, target: string, run: Run): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && isIsoTime(value)) return value;
  run.remarks.push(`${target}: no ISO 8601 time; \`as: isoTime\` reads the usual spellings`);
  return null;
}

export function fitChoice<T extends string>(
  value: unknown,
  choices: readonly T[],
  target: string,
  run: Run,
): T | null {
  if (value === null) return null;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) run.remarks.push(`${target}: none of ${choices.join(', ')}`);
  return found ?? null;
}

/** One text or a list of them. */
export function fitPeople(value: unknown, max: number, target: string, run: Run): string[] {
  if (value === null) return [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > max) run.remarks.push(`${target}: more than ${max}; the rest was left out`);
  return items.slice(0, max).flatMap((item) => fitWhole(item, 320, target, run) ?? []);
}

export function fitSize(value: unknown): number | null {
  const size = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null;
}

export function fitSha256(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : null;
}

export function fitFlag(value: unknown, target: string, run: Run): boolean {
  if (value === null || typeof value === 'boolean') return value === true;
  run.remarks.push(`${target}: neither true nor false; \`as: bool\` reads the usual words`);
  return false;
}

const LONGEST_CONTEXT = 8_000;

/** Any JSON value, copied and bounded: what a reply must carry is kept whole or not at all. */
export function fitJson(value: unknown, target: string, run: Run): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return fitWhole(value, LONGEST_CONTEXT, target, run);
  const text = boundedJson(value, run);
  const read = text === null ? null : readJson(Buffer.from(text));
  if (read?.ok === true && (text?.length ?? 0) <= LONGEST_CONTEXT) return read.value;
  run.remarks.push(`${target}: longer than ${LONGEST_CONTEXT} characters; left out`);
  return null;
}
