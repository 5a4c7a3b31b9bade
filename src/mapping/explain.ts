import { applyMapping, chooseMapping, valueAt } from './apply.js';
import type { ListRule, NamedRule } from './compile-fields.js';
import type { Mapped, Mapping, MappingInput, MappingSet } from './mapping.js';
import { isEmpty, readRule, sourceText } from './rule.js';
import type { Rule } from './rule.js';
import { isTruth } from '../model/selector.js';
import { PLAIN_TARGETS } from './targets.js';
import { newRun } from '../model/work.js';
import type { Run } from '../model/work.js';

/** One field of the draft: which line of the mapping made what of it. */
export interface ExplainedField {
  /** `sender.handle`, `attachments[0].ref`. */
  readonly target: string;
  readonly file: string;
  readonly line: number;
  /** The rule as written: its selectors in the order they are tried. */
  readonly rule: string;
  /** The selector that gave the value, `const`, `default`, or null when the rule found nothing. */
  readonly by: string | null;
  /** Transforms applied, in order. */
  readonly as: readonly string[];
  /** What the rule found. */
  readonly found: unknown;
  /** What stands in the draft; differs from `found` where it was cut or did not fit. */
  readonly kept: unknown;
}

export interface Explanation {
  /** Every mapping that was asked, in order, and whether it accepted. */
  readonly tried: readonly {
    readonly name: string;
    readonly file: string;
    readonly accepts: string;
    readonly held: boolean;
  }[];
  readonly fields: readonly ExplainedField[];
  /** The result as `applyMapping` gives it. */
  readonly result: Mapped;
}

/** Field by field, what produced what. */
export function explainMapping(set: MappingSet, input: MappingInput): Explanation {
  const base = { connection: 'explained', channel: set.name.split('/', 1)[0] ?? set.name };
  const result = applyMapping(set, input, base);
  const run = newRun(input);
  const chosen = chooseMapping(set, input, run);
  const until = chosen === null ? set.mappings.length : set.mappings.indexOf(chosen) + 1;
  const tried = set.mappings.slice(0, until).map(({ ref, file, accepts }) => ({
    name: ref.name,
    file,
    accepts: accepts?.text ?? 'everything',
    held: accepts === null || isTruth(accepts.read(input, run)),
  }));
  const fields = chosen === null ? [] : explainFields(chosen, input, result, run);
  return { tried, fields, result };
}

function explainFields(
  mapping: Mapping,
  input: MappingInput,
  result: Mapped,
  run: Run,
): readonly ExplainedField[] {
  const at = mapping.root === null ? input : mapping.root.read(input, run);
  const explain = (target: string, rule: Rule, where: unknown): ExplainedField => {
    const trace = { by: '' };
    const found = readRule(rule, where, run, trace);
    return {
      target,
      file: mapping.file,
      line: rule.line,
      rule: sourceText(rule.source),
      by: isEmpty(found) ? null : trace.by,
      as: rule.as.map(({ name }) => name),
      found,
      kept: result.ok ? (valueAt(result.draft, target) ?? null) : null,
    };
  };
  const { kind, plain, fields, replyContext, identities, attachments } = mapping.draft;
  const named = (group: string, rules: readonly NamedRule[]) =>
    rules.map(({ name, rule }) => explain(`${group}.${name}`, rule, at));
  const lists = (target: string, entries: readonly ListRule<string>[]) =>
    entries.flatMap((entry, i) => explainEntry(`${target}[${i}]`, entry, at, { run, explain }));
  return [
    explain('kind', kind, at),
    ...PLAIN_TARGETS.flatMap((target) => {
      const rule = plain[target];
      return rule === undefined ? [] : [explain(target, rule, at)];
    }),
    ...lists('sender.identities', identities),
    ...named('fields', fields),
    ...named('replyContext', replyContext),
    ...lists('attachments', attachments),
  ];
}

interface Explainer {
  readonly run: Run;
  readonly explain: (target: string, rule: Rule, at: unknown) => ExplainedField;
}

/** Items of a list are shown as found; what of them stands in the draft is in the result. */
function explainEntry(
  target: string,
  { each, rules }: ListRule<string>,
  at: unknown,
  { run, explain }: Explainer,
): readonly ExplainedField[] {
  const items = each === null ? [at] : asList(each.read(at, run));
  return items.flatMap((item, i) =>
    Object.entries(rules).flatMap(([name, rule]) => {
      if (rule === undefined) return [];
      const place = each === null ? `${target}.${name}` : `${target}[${i}].${name}`;
      const field = explain(place, rule, item);
      return [{ ...field, kept: field.found }];
    }),
  );
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return (value as unknown[]).slice(0, 20);
  return value === null || value === undefined ? [] : [value];
}
