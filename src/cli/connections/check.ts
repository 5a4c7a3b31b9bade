import { CommandProblem, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { existing } from './existing.js';
import { findingLines } from './findings.js';

export async function checkConnection(
  shell: Shell,
  id: string,
  { json }: JsonOption,
): Promise<ExitCode> {
  const checked = await withOperations(shell, async ({ operations }) => {
    await existing(operations, id);
    return operations.checkConnection({ id });
  });
  if (checked === null) throw new CommandProblem(`${id} was removed meanwhile`);
  if (json === true) shell.out(JSON.stringify(checked, null, 2));
  else checked.findings.flatMap(findingLines).forEach(shell.out);
  return checked.ok ? 0 : 1;
}
