import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTALLATION } from '../../config/paths.js';
import { CHECKS } from '../../sdk/conformance/catalogue.js';
import type { CheckResult } from '../../sdk/conformance/check.js';
import { levelOf } from '../../sdk/conformance/level.js';
import { runChecks } from '../../sdk/conformance/run-checks.js';
import type { Subject } from '../../sdk/conformance/subject.js';
import type { Connector } from '../../sdk/treaty.js';
import { openProgress } from '../progress.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { table } from '../table.js';
import { unknownName } from '../unknown-name.js';

/** `--all` stands in the place of a name. */
export interface CheckOptions extends JsonOption {
  readonly all?: boolean;
}

/** A connector with all that the kit said of it. */
interface Examined {
  readonly name: string;
  readonly results: readonly CheckResult[];
}

/** Puts connectors to the conformance kit, with the subjects that a checkout keeps for them. */
export async function checkConnectors(
  shell: Shell,
  name: string | undefined,
  { all, json }: CheckOptions,
): Promise<ExitCode> {
  const chosen = chosenOf(await (await shell.main()).loadConnectors(), name, all === true);
  const examined = await examine(shell, chosen);
  if (json === true) shell.out(JSON.stringify(told(examined, all === true), null, 2));
  else for (const line of linesOf(examined)) shell.out(line);
  return examined.some(({ results }) => countOf(results, 'failed') > 0) ? 1 : 0;
}

function chosenOf(
  connectors: ReadonlyMap<string, Connector>,
  name: string | undefined,
  all: boolean,
): readonly Connector[] {
  if (all && name !== undefined) throw usage(`say ${name} or --all, not both`);
  if (all) return [...connectors.values()];
  const names = [...connectors.keys()].join(', ');
  if (name === undefined) throw usage(`say which connector, or --all: there are ${names}`);
  const connector = connectors.get(name);
  if (connector === undefined) throw usage(unknownName('connector', name, connectors.keys()));
  return [connector];
}

async function examine(shell: Shell, chosen: readonly Connector[]): Promise<readonly Examined[]> {
  // A connector that cannot be examined is told before any of them is.
  const pairs: (readonly [Connector, Subject])[] = [];
  for (const one of chosen) pairs.push([one, await subjectOf(one.definition.name)]);
  const total = chosen.length * CHECKS.length;
  const progress = await openProgress(shell, { label: 'checking connectors', total });
  const examined: Examined[] = [];
  let done = 0;
  try {
    for (const [connector, subject] of pairs) {
      const results = await runChecks(connector, subject, () => {
        progress.at((done += 1));
      });
      examined.push({ name: connector.definition.name, results });
    }
  } finally {
    progress.end();
  }
  return examined;
}

/** Subjects read fixtures and mappings of the checkout they stand in. */
async function subjectOf(name: string): Promise<Subject> {
  const source = `test/conformance/${name}/subject.ts`;
  const file = join(INSTALLATION, 'dist', source.replace(/\.ts$/, '.js'));
  if (!existsSync(file)) {
    throw usage(
      `${name} has no ${source} to be examined with: docs/conformance.md says what it holds`,
    );
  }
  process.chdir(INSTALLATION);
  const { subject } = (await import(pathToFileURL(file).href)) as { readonly subject: Subject };
  return subject;
}

const countOf = (results: readonly CheckResult[], state: CheckResult['state']): number =>
  results.filter((result) => result.state === state).length;

/** What a program reads: one summary a connector, or every check of the one that was named. */
function told(examined: readonly Examined[], all: boolean): unknown {
  if (!all) return examined[0]?.results ?? [];
  return examined.map(({ name, results }) => ({
    name,
    level: levelOf(results),
    checks: results.length - countOf(results, 'notApplicable'),
    failed: countOf(results, 'failed'),
    waived: countOf(results, 'waived'),
  }));
}

function linesOf(examined: readonly Examined[]): readonly string[] {
  const rows = examined.map(({ name, results }) => [
    name,
    levelOf(results),
    ...(['passed', 'failed', 'waived', 'notApplicable'] as const).map((state) =>
      String(countOf(results, state)),
    ),
  ]);
  const titles = ['connector', 'level', 'passed', 'failed', 'waived', 'not applicable'];
  return [...examined.flatMap(objectionsOf), ...table(titles, rows)];
}

function objectionsOf({ name, results }: Examined): readonly string[] {
  const objections = results.filter(({ state }) => state === 'failed' || state === 'waived');
  return objections.flatMap(({ id, state, title, faults, reason }) => [
    `${state === 'failed' ? 'FAILED' : 'waived'}  ${name}  ${id}: ${title.en} · ${title.zh}`,
    ...faults.map((fault) => `        ${fault}`),
    ...(reason === null ? [] : [`        ${reason.en}`]),
  ]);
}
