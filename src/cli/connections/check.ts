import { CommandProblem, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { existing } from './existing.js';
import { findingLines } from './findings.js';

/** A failing connection held its replies back. What sending does is known only where it was tried. */
const RESUMED =
  'it was failing and works again: the replies it held back are being sent · 连接此前故障，现已恢复：正在发送积压的回复';
const TRIED_AGAIN =
  'it was failing, and sending was not tried here: the replies it held back are tried again · 连接此前故障，本次检查未测试发送：正在重新尝试发送积压的回复';

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
  else checked.findings.flatMap((one) => findingLines(id, one)).forEach(shell.out);
  if (json !== true && checked.resumed) {
    const untried = checked.findings.some(({ sending }) => sending !== undefined);
    shell.out(untried ? TRIED_AGAIN : RESUMED);
  }
  return checked.ok ? 0 : 1;
}
