import type { z } from 'zod';
import { nearestName } from '../model/nearest.js';
import { lineAt, type YamlText } from '../model/yaml.js';

/** A mistake an admin made: one sentence that names the place, the value and the way out. */
export class ConfigProblem extends Error {}

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

/** One sentence about the first thing that is wrong. */
export function problemOf(issue: z.core.$ZodIssue | undefined, given: Given): ConfigProblem {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown];
  const knob = path.join('.');
  const { merged, overlay, variableOf } = given;
  const place =
    overlay === null ? 'config/default.yaml' : `${overlay.path}:${lineAt(overlay.yaml, path)}`;
  const value = shown(valueAt(merged, path));
  const reason = issue === undefined ? 'is wrong' : reasonOf(issue, given.defaults);
  return new ConfigProblem(
    `${variableOf(knob) ?? place}: ${knob} is ${value}: ${reason}; config/default.yaml says what it may be`,
  );
}

const EXPECTED: Readonly<Record<string, string>> = {
  int: 'a whole number',
  object: 'a section with knobs below it',
  array: 'a list',
  string: 'a text',
};

function reasonOf(issue: z.core.$ZodIssue, defaults: Tree): string {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = Object.keys(valueAt(defaults, issue.path) ?? {});
      const near = nearestName(issue.keys[0] ?? '', known);
      return `there is no such knob${near === null ? '' : `, did you mean ${near}?`}`;
    }
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

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : withoutPassword(JSON.stringify(value)).slice(0, 80);
}

/** Addresses of databases carry passwords; what is wrong with them is said without. */
function withoutPassword(text: string): string {
  const end = text.lastIndexOf('@');
  const start = text.indexOf('//');
  return end < 0 ? text : `${text.slice(0, Math.max(start + 2, 1))}…${text.slice(end)}`;
}
