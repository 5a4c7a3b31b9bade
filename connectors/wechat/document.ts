import { cleanText, readJson } from '../../src/sdk/index.js';
import type { ReadTree, Tree } from './tree.js';
import { readXml } from './xml.js';

export type Fields = Readonly<Record<string, Tree>>;

export type ReadFields =
  | { readonly ok: true; readonly fields: Fields; readonly replaced: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * The fields of one push. The account's console decides between XML and JSON, and the body shows which.
 * Never throws; U+0000 and lone surrogates are replaced, and said so.
 */
export function readFields(bytes: Buffer): ReadFields {
  const { text, replaced } = cleanText(bytes.toString('utf8'));
  const isJson = /^\uFEFF?\s*[{[]/.test(text.slice(0, 1_000));
  const read = isJson ? fromJson(bytes) : { ...readXml(text), replaced };
  if (!read.ok) return read;
  const { value } = read;
  if (typeof value === 'string' || Array.isArray(value)) {
    return { ok: false, why: 'the body holds no fields' };
  }
  return { ok: true, fields: value as Fields, replaced: read.replaced };
}

function fromJson(
  bytes: Buffer,
): (ReadTree & { readonly ok: true; readonly replaced: boolean }) | { ok: false; why: string } {
  const read = readJson(bytes);
  return read.ok ? { ok: true, value: treeOf(read.value), replaced: read.replaced } : read;
}

/** JSON as XML would have said it. */
function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, treeOf(item)]));
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : '';
}

/** A field's text; empty for one that is absent or no text. */
export function textOf(fields: Fields, ...names: readonly string[]): string {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}
