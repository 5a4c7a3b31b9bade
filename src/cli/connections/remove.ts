import type { ExitCode, JsonOption, Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { existing } from './existing.js';

export async function removeConnection(
  shell: Shell,
  id: string,
  { json }: JsonOption,
): Promise<ExitCode> {
  await withOperations(shell, async ({ operations }) => {
    await existing(operations, id);
    await operations.removeConnection({ id });
  });
  shell.out(
    json === true
      ? JSON.stringify({ removed: id })
      : `removed ${id}: its tickets stay, its secrets are erased`,
  );
  return 0;
}
