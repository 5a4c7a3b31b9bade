import { sep } from 'node:path';
import { testMappings, type CaseResult } from '../../mapping/cases.js';
import { sentenceOf, type MappingProblem } from '../../mapping/problem.js';
import { loadForCommand } from '../configuration.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';

export async function testMappingFiles(
  shell: Shell,
  name: string | undefined,
  { json }: JsonOption,
): Promise<ExitCode> {
  const { mappingFolders } = await shell.main();
  const tested = await testMappings(mappingFolders(loadForCommand()));
  const cases = tested.cases.filter(({ file }) => name === undefined || isBelow(file, name));
  const problems = tested.problems.filter(({ file }) => name === undefined || isBelow(file, name));
  if (name !== undefined && cases.length === 0 && problems.length === 0) {
    throw usage(unknownName('mapping', name, namesOf([...tested.cases, ...tested.problems])));
  }
  if (json === true) shell.out(JSON.stringify({ problems, cases }, null, 2));
  else report(shell, problems, cases);
  return problems.length === 0 && cases.every(({ ok }) => ok) ? 0 : 1;
}

/** `shop`, `shop/message` and `shop/message.yaml` all name `…/mappings/shop/message.yaml`. */
function isBelow(file: string, name: string): boolean {
  const path = `/${file.split(sep).join('/')}`;
  return path.includes(`/${name}/`) || path.includes(`/${name.replace(/\.yaml$/, '')}.`);
}

/** Folders and files below `mappings/`, as they can be named. */
function namesOf(found: readonly { readonly file: string }[]): ReadonlySet<string> {
  const paths = found.map(({ file }) => file.split(sep).join('/').split('/mappings/').at(-1) ?? '');
  return new Set(
    paths.flatMap((path) => [path.split('/')[0] ?? '', path.replace(/(?:\.test)?\.yaml$/, '')]),
  );
}

function report(
  shell: Shell,
  problems: readonly MappingProblem[],
  cases: readonly CaseResult[],
): void {
  for (const problem of problems) shell.out(sentenceOf(problem));
  for (const { file, line, name, differences } of cases.filter(({ ok }) => !ok)) {
    shell.out(`${file}:${line}: ${name}`);
    for (const difference of differences) shell.out(`    ${difference}`);
  }
  const failed = cases.filter(({ ok }) => !ok).length;
  shell.out(`${cases.length - failed} passed, ${failed + problems.length} failed`);
}
