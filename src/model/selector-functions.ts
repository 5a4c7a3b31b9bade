import { boundedJson, spend } from './work.js';
import type { Run } from './work.js';

/**
 * The functions a selector may call: a closed list of JMESPath's own, without those that take
 * expressions (a projection says the same) or pad to a given width. Where JMESPath raises an error
 * for an argument of the wrong type, these answer null: documents come from outside.
 */
export interface SelectorFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly unknown[], run: Run) => unknown;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A function of one text; its cost grows with the text. */
function onText(change: (text: string) => unknown): SelectorFunction {
  const call = ([text]: readonly unknown[], run: Run) =>
    isText(text) && spend(run, text.length >>> 4) ? change(text) : null;
  return { least: 1, most: 1, call };
}

function onTwoTexts(test: (text: string, part: string) => unknown): SelectorFunction {
  const call = ([text, part]: readonly unknown[], run: Run) =>
    isText(text) && isText(part) && spend(run, text.length >>> 4) ? test(text, part) : null;
  return { least: 2, most: 2, call };
}

/** The numbers or the texts of a list, never a mixture. */
function ordered(list: unknown, run: Run): readonly (string | number)[] | null {
  if (!isList(list) || !spend(run, list.length * 2)) return null;
  const kind = typeof list[0];
  const comparable = kind === 'string' || kind === 'number';
  return comparable && list.every((item) => typeof item === kind)
    ? (list as readonly (string | number)[]).toSorted(byOrder)
    : null;
}

function byOrder(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lengthOf(value: unknown, run: Run): number | null {
  if (isText(value)) return spend(run, value.length >>> 2) ? [...value].length : null;
  if (isList(value)) return value.length;
  return isRecord(value) ? Object.keys(value).length : null;
}

function contains([whole, part]: readonly unknown[], run: Run): boolean | null {
  if (isText(whole)) {
    if (!spend(run, whole.length >>> 4)) return null;
    return isText(part) ? whole.includes(part) : null;
  }
  return isList(whole) && spend(run, whole.length) ? whole.includes(part) : null;
}

function join([glue, list]: readonly unknown[], run: Run): string | null {
  if (!isText(glue) || !isList(list) || !list.every(isText)) return null;
  const length = list.reduce((sum, item) => sum + item.length + glue.length, 0);
  return spend(run, list.length + (length >>> 4)) ? list.join(glue) : null;
}

function split([text, by]: readonly unknown[], run: Run): readonly string[] | null {
  if (!isText(text) || !isText(by) || by === '' || !spend(run, text.length >>> 2)) return null;
  return text.split(by);
}

function replace([text, old, fresh]: readonly unknown[], run: Run): string | null {
  if (!isText(text) || !isText(old) || !isText(fresh) || old === '') return null;
  const longest = text.length + (text.length / old.length) * fresh.length;
  return spend(run, longest / 16) ? text.replaceAll(old, () => fresh) : null;
}

function toNumber([value]: readonly unknown[]): number | null {
  if (typeof value === 'number') return value;
  if (!isText(value) || value.trim() === '' || value.length > 40) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function typeName([value]: readonly unknown[]): string {
  if (value === null || value === undefined) return 'null';
  return isList(value) ? 'array' : typeof value;
}

const one = (call: SelectorFunction['call']): SelectorFunction => ({ least: 1, most: 1, call });

export const SELECTOR_FUNCTIONS: ReadonlyMap<string, SelectorFunction> = new Map(
  Object.entries({
    contains: { least: 2, most: 2, call: contains },
    ends_with: onTwoTexts((text, part) => text.endsWith(part)),
    join: { least: 2, most: 2, call: join },
    keys: one(([of], run) => {
      if (!isRecord(of)) return null;
      const names = Object.keys(of);
      return spend(run, names.length) ? names : null;
    }),
    length: one(([value], run) => lengthOf(value, run)),
    lower: onText((text) => text.toLowerCase()),
    max: one(([list], run) => ordered(list, run)?.at(-1) ?? null),
    min: one(([list], run) => ordered(list, run)?.[0] ?? null),
    not_null: {
      least: 1,
      most: 20,
      call: (args) => args.find((item) => item !== null && item !== undefined) ?? null,
    },
    replace: { least: 3, most: 3, call: replace },
    reverse: one(([list], run) =>
      isList(list) && spend(run, list.length) ? list.toReversed() : null,
    ),
    sort: one(([list], run) => (isList(list) && list.length === 0 ? [] : ordered(list, run))),
    split: { least: 2, most: 2, call: split },
    starts_with: onTwoTexts((text, part) => text.startsWith(part)),
    to_array: one(([value]) => (isList(value) ? value : [value])),
    to_number: one(toNumber),
    to_string: one(([value], run) => (isText(value) ? value : boundedJson(value, run))),
    trim: onText((text) => text.trim()),
    type: one(typeName),
    upper: onText((text) => text.toUpperCase()),
    values: one(([of], run) => {
      if (!isRecord(of)) return null;
      const items = Object.values(of);
      return spend(run, items.length) ? items : null;
    }),
  } satisfies Record<string, SelectorFunction>),
);
