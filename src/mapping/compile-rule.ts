import { isMap, isScalar, isSeq } from 'yaml';
import type { MappingFile } from './mapping-file.js';
import { entriesOf, report } from './mapping-file.js';
import { nearestName } from '../model/nearest.js';
import { lineOf } from '../model/yaml.js';
import type { Rule, Source } from './rule.js';
import { compileSelector } from '../model/selector.js';
import type { Selector } from '../model/selector.js';
import { CHOICES } from './targets.js';
import { TRANSFORMS, plainText } from './transforms.js';

const SOURCES = ['from', 'first', 'const', 'key'] as const;
const RULE_WORDS = [...SOURCES, 'as', 'lookup', 'default', 'required'];
/** `first` inside `first` has no use. */
const DEEPEST = 2;
const MOST_PARTS = 20;

export interface RulePlace {
  readonly field: string;
  /** Name of a closed list of words in `CHOICES`, if the field has one. */
  readonly choice?: string;
  readonly depth?: number;
}

/** A rule in its short form (a selector) or its long form (a map of words); null when it was reported. */
export function compileRule(file: MappingFile, node: unknown, place: RulePlace): Rule | null {
  const choices = CHOICES.get(place.choice ?? '');
  if (isScalar(node) && typeof node.value === 'string') {
    const source = shortForm(file, node, { field: place.field, choices });
    return source === null ? null : plainRule(lineOf(file.lines, node), source);
  }
  if (!isMap(node)) {
    const text = 'a selector or a map was expected; a fixed value is written `{ const: … }`';
    report(file, node, { field: place.field, text });
    return null;
  }
  const rule = longForm(file, node, place);
  if (rule !== null && choices !== undefined) checkChoices(file, node, { ...place, rule, choices });
  return rule;
}

function plainRule(line: number, source: Source): Rule {
  return { line, source, as: [], lookup: null, fallback: null, required: false };
}

function shortForm(
  file: MappingFile,
  node: { readonly value: unknown },
  { field, choices }: { readonly field: string; readonly choices: readonly string[] | undefined },
): Source | null {
  const word = String(node.value);
  if (choices?.includes(word) === true) return { kind: 'const', value: word };
  const nearest =
    choices === undefined ? null : nearestName(word, choices, word.length < 6 ? 1 : 2);
  if (nearest !== null) {
    const text = `\`${word}\` is none of ${choices?.join(', ') ?? ''}; did you mean \`${nearest}\`? A selector that looks like it is written \`{ from: ${word} }\``;
    report(file, node, { field, text, nearest });
    return null;
  }
  const selector = compileSelectorAt(file, node, field);
  return selector === null ? null : { kind: 'from', selector };
}

export function compileSelectorAt(
  file: MappingFile,
  node: unknown,
  field: string,
): Selector | null {
  if (!isScalar(node) || typeof node.value !== 'string') {
    report(file, node, { field, text: 'a selector (a JMESPath expression) was expected' });
    return null;
  }
  const read = compileSelector(node.value);
  if (read.ok) return read.selector;
  report(file, node, { field, text: read.why, nearest: read.nearest });
  return null;
}

function longForm(file: MappingFile, node: unknown, place: RulePlace): Rule | null {
  const { field, depth = 0 } = place;
  const words = new Map(
    entriesOf(file, node, { field, known: RULE_WORDS }).map(({ name, node: value }) => [
      name,
      value,
    ]),
  );
  const given = SOURCES.filter((word) => words.has(word));
  const [word] = given;
  if (word === undefined || given.length > 1) {
    report(file, node, { field, text: `exactly one of ${SOURCES.join(', ')} is needed here` });
    return null;
  }
  const source = sourceOf(file, word, words.get(word), { ...place, depth: depth + 1 });
  if (source === null) return null;
  return {
    line: lineOf(file.lines, node),
    source,
    as: transformsOf(file, words.get('as'), `${field}.as`),
    lookup: lookupOf(file, words.get('lookup'), `${field}.lookup`),
    fallback: constantOf(words.get('default')) ?? null,
    required: constantOf(words.get('required')) === true,
  };
}

function sourceOf(
  file: MappingFile,
  word: (typeof SOURCES)[number],
  node: unknown,
  place: RulePlace,
): Source | null {
  const field = `${place.field}.${word}`;
  switch (word) {
    case 'const':
      return { kind: 'const', value: constantOf(node) ?? null };
    case 'from': {
      const selector = compileSelectorAt(file, node, field);
      return selector === null ? null : { kind: 'from', selector };
    }
    case 'key': {
      const parts = itemsOf(file, node, field).map((item) => compileSelectorAt(file, item, field));
      return parts.includes(null) ? null : { kind: 'key', parts: parts.filter((x) => x !== null) };
    }
    case 'first': {
      if ((place.depth ?? 0) > DEEPEST) {
        report(file, node, { field, text: '`first` inside `first` can be written as one list' });
        return null;
      }
      const inner = { ...place, field };
      const rules = itemsOf(file, node, field).map((item) => compileRule(file, item, inner));
      return rules.includes(null)
        ? null
        : { kind: 'first', rules: rules.filter((x) => x !== null) };
    }
  }
}

function itemsOf(file: MappingFile, node: unknown, field: string): readonly unknown[] {
  if (isSeq(node) && node.items.length > 0 && node.items.length <= MOST_PARTS) return node.items;
  report(file, node, { field, text: `a list of 1 to ${MOST_PARTS} selectors was expected` });
  return [];
}

function transformsOf(file: MappingFile, node: unknown, field: string): Rule['as'] {
  if (node === undefined) return [];
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  return items.flatMap((item) => {
    const name = isScalar(item) ? String(item.value) : '';
    const apply = TRANSFORMS.get(name);
    if (apply !== undefined) return [{ name, apply }];
    const names = [...TRANSFORMS.keys()];
    const text = `\`${name}\` is no transform; there are ${names.join(', ')}`;
    report(file, item, { field, text, nearest: nearestName(name, names) });
    return [];
  });
}

function lookupOf(file: MappingFile, node: unknown, field: string): Rule['lookup'] {
  if (node === undefined) return null;
  const entries = entriesOf(file, node, { field, known: null });
  return new Map(entries.map(({ name, node: value }) => [name, constantOf(value) ?? null]));
}

/** The plain value of a YAML node without aliases; undefined when there is none. */
function constantOf(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(constantOf);
  if (!isMap(node)) return undefined;
  const pairs = node.items.map(({ key, value }) => [
    isScalar(key) ? String(key.value) : '',
    constantOf(value),
  ]);
  return Object.fromEntries(pairs) as unknown;
}

interface ChoicePlace extends RulePlace {
  readonly rule: Rule;
  readonly choices: readonly string[];
}

/** Every word a rule itself brings in must be one the field can hold. */
function checkChoices(file: MappingFile, node: unknown, place: ChoicePlace): void {
  const { rule, choices, field } = place;
  const fixed = rule.source.kind === 'const' && rule.lookup === null ? [rule.source.value] : [];
  const brought = [...fixed, ...(rule.lookup?.values() ?? []), rule.fallback];
  for (const value of brought) {
    const word = plainText(value);
    if (value === null || (word !== null && choices.includes(word))) continue;
    const nearest = nearestName(word ?? '', choices);
    const text = `\`${word ?? 'a list'}\` is none of ${choices.join(', ')}`;
    report(file, node, { field, text, nearest });
  }
}
