import { isMap, isScalar, isSeq } from 'yaml';
import { DRAFT_LIMITS } from '../model/draft.js';
import { compileRule, compileSelectorAt } from './compile-rule.js';
import type { MappingFile } from './mapping-file.js';
import { entriesOf, report } from './mapping-file.js';
import type { Rule } from './rule.js';
import type { Selector } from '../model/selector.js';
import { ALWAYS_REQUIRED, HUB_FIELDS, OPEN_GROUPS, PLAIN_TARGETS } from './targets.js';
import type { PlainTarget } from './targets.js';

export interface NamedRule {
  readonly name: string;
  readonly rule: Rule;
}

/** One entry of a list: applied to every item of `each`, or once at the root. */
export interface ListRule<Name extends string> {
  readonly each: Selector | null;
  readonly rules: Readonly<Partial<Record<Name, Rule>>>;
}

export const IDENTITY_FIELDS = ['kind', 'value', 'scope', 'proof'] as const;
export const ATTACHMENT_FIELDS = ['ref', 'name', 'type', 'size', 'sha256'] as const;
export type IdentityRule = ListRule<(typeof IDENTITY_FIELDS)[number]>;
export type AttachmentRule = ListRule<(typeof ATTACHMENT_FIELDS)[number]>;

/** A mapping's rules by the field of the draft they fill. */
export interface CompiledDraft {
  readonly kind: Rule;
  readonly plain: Readonly<Partial<Record<PlainTarget, Rule>>>;
  readonly fields: readonly NamedRule[];
  readonly replyContext: readonly NamedRule[];
  readonly identities: readonly IdentityRule[];
  readonly attachments: readonly AttachmentRule[];
  /** Targets whose rule says `required`, beyond those every draft needs. */
  readonly required: readonly string[];
}

export type FieldRules = Omit<CompiledDraft, 'kind' | 'attachments'>;

interface Collected {
  readonly plain: Partial<Record<PlainTarget, Rule>>;
  readonly fields: NamedRule[];
  readonly replyContext: NamedRule[];
  identities: readonly IdentityRule[];
}

/** Reads `fields:`; every problem is reported to `file`. */
export function compileFields(file: MappingFile, node: unknown): FieldRules {
  const found: Collected = { plain: {}, fields: [], replyContext: [], identities: [] };
  walk(file, node, '', found);
  for (const target of ALWAYS_REQUIRED) {
    if (found.plain[target] === undefined) {
      report(file, node, {
        field: `fields.${target}`,
        text: `\`${target}\` has no rule, and every draft needs one`,
      });
    }
  }
  return { ...found, required: requiredOf(found) };
}

function requiredOf(found: Collected): readonly string[] {
  const plain = PLAIN_TARGETS.filter((target) => found.plain[target]?.required === true);
  const named = (group: string, rules: readonly NamedRule[]) =>
    rules.filter(({ rule }) => rule.required).map(({ name }) => `${group}.${name}`);
  return [
    ...plain.filter((target) => !ALWAYS_REQUIRED.includes(target)),
    ...named('fields', found.fields),
    ...named('replyContext', found.replyContext),
  ];
}

/** Known names at a level of the draft: `sender` has `handle`, `name` and `identities`. */
function namesBelow(prefix: string): readonly string[] {
  const all = [...PLAIN_TARGETS, 'sender.identities', 'fields.', 'replyContext.'];
  const below = all.filter((target) => target.startsWith(prefix));
  return [...new Set(below.map((target) => target.slice(prefix.length).split('.')[0] ?? ''))];
}

function walk(file: MappingFile, node: unknown, prefix: string, found: Collected): void {
  const open = OPEN_GROUPS.has(prefix.slice(0, -1));
  const known = open ? null : namesBelow(prefix);
  const at = `fields.${prefix}`.slice(0, -1) || 'fields';
  for (const entry of entriesOf(file, node, { field: at, known, own: HUB_FIELDS })) {
    const target = `${prefix}${entry.name}`;
    if (open) addNamed(file, entry, prefix.slice(0, -1) as 'fields' | 'replyContext', found);
    else if (target === 'sender.identities') {
      found.identities = compileList(file, entry.node, 'identity', IDENTITY_FIELDS);
    } else if (isPlain(target)) {
      const rule = compileRule(file, entry.node, { field: `fields.${target}`, choice: target });
      if (rule !== null) found.plain[target] = rule;
    } else walk(file, entry.node, `${target}.`, found);
  }
}

function isPlain(target: string): target is PlainTarget {
  return (PLAIN_TARGETS as readonly string[]).includes(target);
}

function addNamed(
  file: MappingFile,
  entry: { readonly name: string; readonly node: unknown },
  group: 'fields' | 'replyContext',
  found: Collected,
): void {
  const field = `fields.${group}.${entry.name}`;
  if (entry.name.length > 100 || entry.name === '__proto__') {
    return report(file, entry.node, { field, text: 'a name has at most 100 characters' });
  }
  const rule = compileRule(file, entry.node, { field });
  if (rule !== null) found[group].push({ name: entry.name, rule });
}

/** Reads `attachments:` or `identities:`: one entry or a list of entries, each with or without `each`. */
export function compileList<Name extends string>(
  file: MappingFile,
  node: unknown,
  what: 'identity' | 'attachment',
  names: readonly Name[],
): readonly ListRule<Name>[] {
  const place = what === 'identity' ? 'fields.sender.identities' : 'attachments';
  const entries: readonly unknown[] = isSeq(node) ? node.items : [node];
  if (entries.length > DRAFT_LIMITS.attachments) {
    report(file, node, { field: place, text: `at most ${DRAFT_LIMITS.attachments} entries` });
    return [];
  }
  return entries.map((entry, i) => {
    const field = isSeq(node) ? `${place}[${i}]` : place;
    return compileEntry(file, entry, { field, what, names });
  });
}

interface EntryPlace<Name extends string> {
  readonly field: string;
  readonly what: 'identity' | 'attachment';
  readonly names: readonly Name[];
}

function compileEntry<Name extends string>(
  file: MappingFile,
  node: unknown,
  { field, what, names }: EntryPlace<Name>,
): ListRule<Name> {
  const rules: Partial<Record<Name, Rule>> = {};
  let each: Selector | null = null;
  const needed = what === 'identity' ? ['kind', 'value', 'proof'] : ['ref'];
  const known = ['each', ...names];
  const missing = new Set(needed);
  for (const entry of entriesOf(file, node, { field, known })) {
    missing.delete(entry.name);
    const place = `${field}.${entry.name}`;
    if (entry.name === 'each') each = compileSelectorAt(file, entry.node, place);
    else {
      const choice = `${what}.${entry.name}`;
      const rule = compileRule(file, entry.node, { field: place, choice });
      if (rule !== null) rules[entry.name as Name] = rule;
    }
  }
  if (missing.size > 0 && (isMap(node) || isScalar(node))) {
    report(file, node, { field, text: `\`${[...missing].join('`, `')}\` is missing here` });
  }
  return { each, rules };
}
