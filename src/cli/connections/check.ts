import { CommandProblem, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { existing } from './existing.js';
import { findingLines } from './findings.js';

/** A failing connection held its replies back. */
const RESUMED =
  'it was failing and works again: the replies it held back are sent · 连接已恢复，积压的回复将继续发送';

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
  if (json !== true && checked.resumed) shell.out(RESUMED);
  return checked.ok ? 0 : 1;
}
