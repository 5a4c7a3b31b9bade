import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { FEATURES, IN_CONVERSATION, type Feature } from './weights.js';

const Weight = z.number().min(-30).max(30);
const Duration = z.number().int().positive();
const Count = z.number().int().positive();
const Words = z.array(z.string().min(1).max(40)).max(40);

const weights = Object.fromEntries(FEATURES.map((feature) => [feature, Weight])) as Record<
  Feature,
  typeof Weight
>;

const conversation = Object.fromEntries(
  IN_CONVERSATION.map((feature) => [feature, Weight]),
) as Record<(typeof IN_CONVERSATION)[number], typeof Weight>;

/** config/matching.yaml: every weight, threshold and window of matching. */
export const MatchingRules = z.strictObject({
  decision: z.strictObject({
    auto: Weight,
    autoUnfirm: Weight,
    ask: Weight,
    margin: Weight,
    against: Weight,
    asks: Count,
  }),
  conversation: z.strictObject(conversation),
  blocking: z.strictObject({
    bucket: Duration,
    ticketsPerKey: Count,
    candidates: Count,
    passing: Count,
    personWindow: Duration,
  }),
  rarity: z.strictObject({
    persons: Count,
    few: Count,
    some: Count,
    crowd: Count,
    shapes: Count,
  }),
  text: z.strictObject({
    high: z.number().min(0).max(1),
    middle: z.number().min(0).max(1),
    low: z.number().min(0).max(1),
    wording: z.number().min(0).max(1),
    features: Count,
  }),
  weights: z.strictObject(weights),
  words: z.strictObject({ nobody: Words, phone: Words, talk: Words }),
  channels: z.record(z.string(), Words),
});
export type MatchingRules = z.infer<typeof MatchingRules>;

/** One file of rules as read from disk. */
export interface RulesFile {
  readonly yaml: string;
  /** Its name, for sentences about mistakes. */
  readonly file: string;
}

export interface RulesProblem {
  readonly file: string;
  readonly line: number;
  /** Where in the tree, `weights.orderSame`. */
  readonly field: string;
  readonly text: string;
}

/** One sentence: file, line and rule, and what is wrong. */
export function ruleSentenceOf({ file, line, field, text }: RulesProblem): string {
  return `${file}:${line}: ${field === '' ? '' : `${field} `}${text}`;
}

export type ReadRules =
  | { readonly ok: true; readonly rules: MatchingRules }
  | { readonly ok: false; readonly problems: readonly RulesProblem[] };

/**
 * Reads the rules; a later file may hold any part of the tree and lies over the earlier ones. Every
 * problem is found at once and names file, line, value and the way out.
 */
export function readRules(files: readonly RulesFile[]): ReadRules {
  const read = files.map(parse);
  const broken = read.flatMap(({ problems }) => problems);
  if (broken.length > 0) return { ok: false, problems: broken };
  const merged = read.reduce<unknown>((below, { value }) => layOver(below, value), {});
  const parsed = MatchingRules.safeParse(merged);
  if (parsed.success) return { ok: true, rules: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, read)) };
}

interface Read {
  readonly file: string;
  readonly value: unknown;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: readonly RulesProblem[];
}

function parse({ yaml, file }: RulesFile): Read {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  const problems = document.errors.map(({ message, linePos }) => ({
    file,
    line: linePos?.[0].line ?? 1,
    field: '',
    text: `is no YAML: ${message.split('\n')[0] ?? ''}; correct the line`,
  }));
  const value: unknown = problems.length > 0 ? {} : (document.toJS() ?? {});
  return { file, value, document, lines, problems };
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function layOver(below: unknown, above: unknown): unknown {
  if (!isTree(below) || !isTree(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    merged[key] = key in below ? layOver(below[key], value) : value;
  }
  return merged;
}

function problemsOf(issue: z.core.$ZodIssue, read: readonly Read[]): RulesProblem[] {
  const paths =
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...issue.path, key])
      : [issue.path];
  return paths.map((path) => {
    const source = read.findLast(({ document }) => document.hasIn(path)) ?? read[0];
    const field = path.join('.');
    const text =
      issue.code === 'unrecognized_keys'
        ? 'is no rule of matching: take it out, or see the names in config/matching.yaml'
        : `${shown(source, path)}: ${issue.message}; see its comment in config/matching.yaml`;
    return { file: source?.file ?? '', line: lineOf(source, path), field, text };
  });
}

function shown(source: Read | undefined, path: readonly PropertyKey[]): string {
  const value: unknown = source?.document.getIn(path);
  return value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
}

/** The line of the deepest part of `path` that the file has. */
function lineOf(source: Read | undefined, path: readonly PropertyKey[]): number {
  if (source === undefined) return 1;
  let node: unknown = source.document.contents;
  let offset = 0;
  for (const step of path) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
    if (pair === undefined) break;
    if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
    node = pair.value;
  }
  return source.lines.linePos(offset).line;
}
