import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTALLATION } from '../../config/paths.js';
import type { CheckResult } from '../../sdk/conformance/check.js';
import { runChecks } from '../../sdk/conformance/run-checks.js';
import type { Subject } from '../../sdk/conformance/subject.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';

/** Puts a connector to the conformance kit, with the subject that a checkout keeps for it. */
export async function checkConnector(
  shell: Shell,
  name: string,
  { json }: JsonOption,
): Promise<ExitCode> {
  const connectors = await (await shell.main()).loadConnectors();
  const connector = connectors.get(name);
  if (connector === undefined) throw usage(unknownName('connector', name, connectors.keys()));
  const results = await runChecks(connector, await subjectOf(name));
  if (json === true) shell.out(JSON.stringify(results, null, 2));
  else for (const line of linesOf(results)) shell.out(line);
  return results.some(({ state }) => state === 'failed') ? 1 : 0;
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

function linesOf(results: readonly CheckResult[]): readonly string[] {
  const told = results.filter(({ state }) => state === 'failed' || state === 'waived');
  const lines = told.flatMap(({ id, state, title, faults, reason }) => [
    `${state === 'failed' ? 'FAILED' : 'waived'}  ${id}: ${title.en} · ${title.zh}`,
    ...faults.map((fault) => `        ${fault}`),
    ...(reason === null ? [] : [`        ${reason.en}`]),
  ]);
  const count = (state: CheckResult['state']): number =>
    results.filter((result) => result.state === state).length;
  return [
    ...lines,
    `${count('passed')} passed, ${count('failed')} failed, ${count('waived')} waived, ${count('notApplicable')} not applicable`,
  ];
}
