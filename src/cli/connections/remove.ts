import { CommandProblem, type ExitCode, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';

export async function removeConnection(shell: Shell, id: string): Promise<ExitCode> {
  const removed = await withOperations(shell, ({ operations }) =>
    operations.removeConnection({ id }),
  );
  if (!removed) {
    throw new CommandProblem(`there is no connection ${id}: connections list shows them all`, 2);
  }
  shell.out(`removed ${id}: its tickets stay, its secrets are erased`);
  return 0;
}
