import type { Selector } from '../model/selector.js';
import type { Transform } from './transforms.js';
import { plainText } from './transforms.js';
import { spend } from '../model/work.js';
import type { Run } from '../model/work.js';

/** Where a rule's value comes from. */
export type Source =
  | { readonly kind: 'from'; readonly selector: Selector }
  /** The first of these that is not empty. */
  | { readonly kind: 'first'; readonly rules: readonly Rule[] }
  | { readonly kind: 'const'; readonly value: unknown }
  /** The parts joined with `#`; null when every part is empty. */
  | { readonly kind: 'key'; readonly parts: readonly Selector[] };

/** How one field gets its value: source → as → lookup → default. */
export interface Rule {
  readonly line: number;
  readonly source: Source;
  readonly as: readonly { readonly name: string; readonly apply: Transform }[];
  readonly lookup: ReadonlyMap<string, unknown> | null;
  readonly fallback: unknown;
  readonly required: boolean;
}

/** Said of every application of a rule while a mapping is explained. */
export interface Trace {
  /** The selector (or `const`, `key`, `default`) the value came from. */
  by: string;
}

/** Nothing there: JMESPath's null, an empty text or an empty list. */
export function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The value of a rule at `at`, or null. `trace`, where given, learns where it came from. */
export function readRule(rule: Rule, at: unknown, run: Run, trace?: Trace): unknown {
  let value = readSource(rule.source, at, run, trace);
  for (const { apply } of rule.as) if (!isEmpty(value)) value = apply(value, run);
  if (rule.lookup !== null) value = lookedUp(rule.lookup, value);
  if (!isEmpty(value)) return value;
  if (trace !== undefined && !isEmpty(rule.fallback)) trace.by = 'default';
  return isEmpty(rule.fallback) ? null : rule.fallback;
}

function readSource(source: Source, at: unknown, run: Run, trace?: Trace): unknown {
  switch (source.kind) {
    case 'from':
      if (trace !== undefined) trace.by = source.selector.text;
      return source.selector.read(at, run);
    case 'const':
      if (trace !== undefined) trace.by = 'const';
      return source.value;
    case 'key':
      if (trace !== undefined) trace.by = `key ${source.parts.map(({ text }) => text).join(' # ')}`;
      return joinedKey(source.parts, at, run);
    case 'first':
      for (const rule of source.rules) {
        const value = readRule(rule, at, run, trace);
        if (!isEmpty(value)) return value;
      }
      return null;
  }
}

function lookedUp(table: ReadonlyMap<string, unknown>, value: unknown): unknown {
  const word = plainText(value);
  return word === null ? null : (table.get(word) ?? null);
}

/** An absent part leaves its place empty, or two different facts could get one key. */
function joinedKey(parts: readonly Selector[], at: unknown, run: Run): string | null {
  const texts = parts.map((part) => plainText(part.read(at, run)) ?? '');
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return texts.some((text) => text !== '') && spend(run, length >>> 4) ? texts.join('#') : null;
}

/** What a reader of an explanation or an error sees of a rule's source. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'from':
      return source.selector.text;
    case 'const':
      return 'const';
    case 'key':
      return source.parts.map(({ text }) => text).join(' # ');
    case 'first':
      return source.rules.map((rule) => sourceText(rule.source)).join(', then ');
  }
}
