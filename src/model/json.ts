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
  const shape = shapeOf(text);
  if (shape.depth > JSON_LIMITS.depth) {
    return { ok: false, why: `JSON is nested deeper than ${JSON_LIMITS.depth} levels` };
  }
  if (shape.values > JSON_LIMITS.nodes) {
    return { ok: false, why: `JSON has more than ${JSON_LIMITS.nodes} values` };
  }
  try {
    const lossless = quoteLongIntegers(text);
    if (SUSPICIOUS.test(lossless)) return { ok: true, ...readSuspicious(lossless) };
    return { ok: true, value: JSON.parse(lossless) as unknown, replaced: false };
  } catch (error) {
    // The parser quotes what it stumbled over, and that may be a customer's words.
    const words = (error as Error).message.replace(/(?:, )?(?:\.\.\.)?".*$/s, '');
    return { ok: false, why: `not valid JSON: ${words.slice(0, 120)}` };
  }
}

/**
 * The only spellings by which decoded UTF-8 can bring U+0000, a lone surrogate or the name
 * `__proto__` through a JSON parser. Bodies without them, nearly all, are parsed and left as they are.
 */
const SUSPICIOUS = /__proto__|\\u(?:0000|00(?:5f|6f|7[024])|d[89a-f])/i;

function readSuspicious(text: string): { readonly value: unknown; readonly replaced: boolean } {
  const mark = { replaced: false };
  const value = cleaned(JSON.parse(text), mark);
  return { value, replaced: mark.replaced };
}

/** Names are text like any other; the depth is bounded before parsing. */
function cleaned(value: unknown, mark: { replaced: boolean }): unknown {
  if (typeof value === 'string') return cleanedText(value, mark);
  if (Array.isArray(value)) return value.map((item) => cleaned(item, mark));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(
    entries.map(([name, item]) => [cleanedText(name, mark), cleaned(item, mark)]),
  );
}

function cleanedText(text: string, mark: { replaced: boolean }): string {
  const clean = cleanText(text);
  mark.replaced ||= clean.replaced;
  return clean.text;
}

/** One pass over the text, before any parser can recurse: its depth, and at least as many values as it has. */
function shapeOf(text: string): { readonly depth: number; readonly values: number } {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x2c) values += 1;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return { depth: deepest, values };
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
