import { cleanText } from './text.js';

/** Bounds of JSON from outside. */
export const JSON_LIMITS = { depth: 64, nodes: 100_000 } as const;

export type JsonRead =
  | { readonly ok: true; readonly value: unknown; readonly replaced: boolean }
  | { readonly ok: false; readonly why: string };

const INTEGER = /^-?\d+$/;

/**
 * Reads hostile JSON: integers beyond 2^53 stay strings digit for digit, `__proto__` is an ordinary
 * key that is left out, text is cleaned, depth and size are bounded. Never throws.
 */
export function readJson(bytes: Buffer): JsonRead {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { ok: false, why: 'the body is empty, JSON was expected' };
  const deep = tooDeep(text);
  if (deep) return { ok: false, why: `JSON is nested deeper than ${JSON_LIMITS.depth} levels` };
  let replaced = false;
  let nodes = 0;
  try {
    const value = JSON.parse(quoteLongIntegers(text), (key: string, item: unknown) => {
      nodes += 1;
      if (nodes > JSON_LIMITS.nodes) {
        throw new RangeError(`JSON has more than ${JSON_LIMITS.nodes} values`);
      }
      if (key === '__proto__') return undefined;
      if (typeof item !== 'string') return item;
      const clean = cleanText(item);
      replaced ||= clean.replaced;
      return clean.text;
    }) as unknown;
    return { ok: true, value, replaced };
  } catch (error) {
    return { ok: false, why: `not valid JSON: ${(error as Error).message.slice(0, 120)}` };
  }
}

/** One pass over the text, before any parser can recurse. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > JSON_LIMITS.depth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charCodeAt(i) !== 0x22) i += text.charCodeAt(i) === 0x5c ? 2 : 1;
  return i;
}

/** Only a run of 16 or more digits can exceed 2^53; without one the text is parsed as it is. */
function quoteLongIntegers(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  let out = '';
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, i);
      const token = text.slice(i, end);
      if (INTEGER.test(token) && !Number.isSafeInteger(Number(token))) {
        out += `${text.slice(from, i)}"${token}"`;
        from = end;
      }
      i = end - 1;
    }
  }
  return out + text.slice(from);
}

function endOfNumber(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && '0123456789.eE+-'.includes(text.charAt(i))) i += 1;
  return i;
}
