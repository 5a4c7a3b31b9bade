import type { Finding } from '../../sdk/treaty.js';
import { CommandProblem, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';

export async function checkConnection(
  shell: Shell,
  id: string,
  { json }: JsonOption,
): Promise<ExitCode> {
  const checked = await withOperations(shell, ({ operations }) =>
    operations.checkConnection({ id }),
  );
  if (checked === null) {
    throw new CommandProblem(`there is no connection ${id}: connections list shows them all`, 2);
  }
  if (json === true) shell.out(JSON.stringify(checked, null, 2));
  else for (const finding of checked.findings) shell.out(lineOf(finding));
  return checked.ok ? 0 : 1;
}

function lineOf({ ok, text, next }: Finding): string {
  return `${ok ? 'ok  ' : 'FAIL'}  ${text.en} · ${text.zh}${next === undefined ? '' : `\n      ${next.en} · ${next.zh}`}`;
}
