import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isSeq } from 'yaml';
import { applyMapping } from './apply.js';
import { findSources, loadMappings, testOf } from './load.js';
import type { MappingSource } from './load.js';
import type { Mapped, Mapping, MappingInput, MappingSet } from './mapping.js';
import type { MappingProblem } from './problem.js';
import { lineOf } from '../model/yaml.js';
import { entriesOf, parseFile, report } from './mapping-file.js';
import type { MappingFile } from './mapping-file.js';

/** One case of a `*.test.yaml`. */
export interface CaseResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly ok: boolean;
  /** One sentence a difference: field, what was expected, what came. */
  readonly differences: readonly string[];
}

export interface TestedMappings {
  readonly ok: boolean;
  readonly problems: readonly MappingProblem[];
  readonly cases: readonly CaseResult[];
}

interface Case {
  readonly name: string;
  readonly line: number;
  readonly input: MappingInput;
  readonly expect: unknown;
  /** Part of the reason why no draft comes out, where that is what is expected. */
  readonly fails: string | null;
}

const CASE_WORDS = ['name', 'input', 'expect', 'fails'];
const RECEIVED_AT = '2026-01-01T00:00:00.000Z';

/**
 * Runs every `*.test.yaml` below the folders. A case goes through the whole set, so it also shows
 * that the mapping beside it is the one that accepts its input.
 */
export async function testMappings(folders: readonly string[]): Promise<TestedMappings> {
  const loaded = await loadMappings(folders);
  const found = await findSources(folders);
  if (!loaded.ok || !found.ok) {
    const problems = loaded.ok ? (found.ok ? [] : found.problems) : loaded.problems;
    return { ok: false, problems, cases: [] };
  }
  const problems: MappingProblem[] = [];
  const cases: CaseResult[] = [];
  for (const set of loaded.library.values()) {
    for (const mapping of set.mappings) {
      const test = testBeside(mapping, found.sources);
      if (test === undefined) continue;
      const read = readCases(test.path, await readFile(test.path, 'utf8'));
      problems.push(...read.problems);
      cases.push(...read.cases.map((one) => runCase(set, mapping, one, test.path)));
    }
  }
  const ok = problems.length === 0 && cases.every((one) => one.ok);
  return { ok, problems, cases };
}

function testBeside(
  mapping: Mapping,
  sources: ReadonlyMap<string, MappingSource>,
): MappingSource | undefined {
  const source = [...sources.values()].find(({ path }) => path === join(mapping.file));
  return source === undefined ? undefined : sources.get(testOf(source.name));
}

function readCases(
  path: string,
  text: string,
): { readonly cases: readonly Case[]; readonly problems: readonly MappingProblem[] } {
  const { file, document } = parseFile(path, text);
  if (file.problems.length > 0) return { cases: [], problems: file.problems };
  const [entry] = entriesOf(file, document.contents, { field: '', known: ['cases'] });
  const items = isSeq(entry?.node) ? entry.node.items : [];
  if (items.length === 0) {
    report(file, document.contents, { field: 'cases', text: 'at least one case was expected' });
  }
  const cases = items.flatMap((item, i) => readCase(file, item, `cases[${i}]`));
  return { cases, problems: file.problems };
}

function readCase(file: MappingFile, node: unknown, field: string): readonly Case[] {
  const names = entriesOf(file, node, { field, known: CASE_WORDS }).map(({ name }) => name);
  const given = (isMap(node) ? node.toJSON() : {}) as Record<string, unknown>;
  if (!names.includes('input') || names.includes('expect') === names.includes('fails')) {
    report(file, node, { field, text: '`input` and one of `expect` and `fails` are needed' });
    return [];
  }
  const { name, expect, fails } = given;
  const input = inputOf(given['input'] as Partial<MappingInput> | null);
  const line = lineOf(file.lines, node);
  return [
    {
      name: typeof name === 'string' ? name : field,
      line,
      input,
      expect,
      fails: typeof fails === 'string' ? fails : null,
    },
  ];
}

function inputOf(input: Partial<MappingInput> | null): MappingInput {
  const absent = { body: null, headers: {}, query: {}, receivedAt: RECEIVED_AT };
  return { ...absent, ...input };
}

function runCase(set: MappingSet, mapping: Mapping, one: Case, file: string): CaseResult {
  const channel = set.name.split('/', 1)[0] ?? set.name;
  const result = applyMapping(set, one.input, { connection: 'test', channel });
  const differences = differencesOf(result, mapping, one);
  const { name, line } = one;
  return { file, line, name, ok: differences.length === 0, differences };
}

function differencesOf(result: Mapped, mapping: Mapping, one: Case): readonly string[] {
  if (result.mapping !== null && result.mapping.name !== mapping.ref.name) {
    return [`another mapping accepts this input first: ${result.mapping.name}`];
  }
  if (!result.ok) {
    return one.fails !== null && result.why.includes(one.fails) ? [] : [result.why];
  }
  if (one.fails !== null) return [`a failure with \`${one.fails}\` was expected, a draft came`];
  return compare(one.expect, result.draft, '');
}

/** Every expected part must be there; maps may have more, lists not. */
function compare(expected: unknown, came: unknown, at: string): readonly string[] {
  if (Array.isArray(expected)) {
    const items = Array.isArray(came) ? (came as unknown[]) : null;
    if (items?.length !== expected.length) return [unequal(expected, came, at)];
    return expected.flatMap((item, i) => compare(item, items[i], `${at}[${i}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof came !== 'object' || came === null) return [unequal(expected, came, at)];
    return Object.entries(expected).flatMap(([name, value]) =>
      compare(value, (came as Record<string, unknown>)[name], at === '' ? name : `${at}.${name}`),
    );
  }
  return Object.is(expected, came) ? [] : [unequal(expected, came, at)];
}

function unequal(expected: unknown, came: unknown, at: string): string {
  const shown = (value: unknown) => JSON.stringify(value ?? null).slice(0, 200);
  return `${at}: expected ${shown(expected)}, came ${shown(came)}`;
}
