import type { z } from 'zod';
import { nearestName } from '../model/nearest.js';
import { lineAt, type YamlText } from '../model/yaml.js';

/** Mistakes an admin made: a sentence each that names the place, the value and the way out. */
export class ConfigProblem extends Error {
  readonly mistakes: readonly string[];
  constructor(...mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A file of settings as it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly yaml: YamlText;
  readonly value: Tree;
}

/** What the settings were made of, so that a wrong one can be shown where it stands. */
export interface Given {
  readonly merged: Tree;
  readonly defaults: Tree;
  readonly overlay: ConfigFile | null;
  /** The environment variable that set a knob, if one did. */
  readonly variableOf: (knob: string) => string | undefined;
}

/** A sentence about each thing that is wrong, in the order of the schema. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], given: Given): readonly string[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) =>
          mistakeAt([...issue.path, key], noSuchKnob(key, issue, given), given),
        )
      : [mistakeAt(issue.path, reasonOf(issue), given)],
  );
}

function mistakeAt(path: readonly PropertyKey[], reason: string, given: Given): string {
  const knob = path.join('.');
  const { merged, overlay, variableOf } = given;
  const place =
    overlay === null ? 'config/default.yaml' : `${overlay.path}:${lineAt(overlay.yaml, path)}`;
  const value = shown(knob, valueAt(merged, path));
  return `${variableOf(knob) ?? place}: ${knob} is ${value}: ${reason}; config/default.yaml says what it may be`;
}

function noSuchKnob(
  key: string,
  { path }: Pick<z.core.$ZodIssue, 'path'>,
  { defaults }: Given,
): string {
  const near = nearestName(key, Object.keys(valueAt(defaults, path) ?? {}));
  return `there is no such knob${near === null ? '' : `, did you mean ${near}?`}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'a section with knobs below it',
  array: 'a list',
  string: 'a text',
};

function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${EXPECTED[issue.expected] ?? `a ${issue.expected}`} was expected`;
    case 'invalid_value':
      return `one of ${issue.values.join(', ')} was expected`;
    case 'too_small':
      return `${String(issue.minimum)} is the least`;
    case 'too_big':
      return `${String(issue.maximum)} is the most`;
    default:
      return issue.message;
  }
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    tree,
  );
}

/** Addresses of databases carry passwords; what is wrong with them is said without. */
const WITH_PASSWORD: ReadonlySet<string> = new Set(['data.databaseUrl', 'data.redisUrl']);

function shown(knob: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  return withoutPassword(JSON.stringify(value), WITH_PASSWORD.has(knob)).slice(0, 80);
}

/** Where nothing says which part is the password, nothing but the scheme is shown. */
function withoutPassword(text: string, secret: boolean): string {
  const end = text.lastIndexOf('@');
  if (end < 0 && !secret) return text;
  const scheme = text.slice(0, Math.max(text.indexOf('//') + 2, 1));
  return end < 0 ? `${scheme}…"` : `${scheme}…${text.slice(end)}`;
}
