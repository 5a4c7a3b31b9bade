import type { ExitCode, JsonOption, Shell } from '../shell.js';
import { table } from '../table.js';
import { withOperations } from '../with-operations.js';

export async function listConnections(shell: Shell, { json }: JsonOption): Promise<ExitCode> {
  const lines = await withOperations(shell, ({ operations }) => operations.listConnections());
  if (json === true) {
    shell.out(JSON.stringify(lines, null, 2));
  } else if (lines.length === 0) {
    shell.out('no connection yet: connections add --help says how to make one');
  } else {
    const rows = lines.map((line) => [
      line.id,
      line.connector,
      line.status,
      line.name,
      line.statusReason ?? line.hookUrl ?? '',
    ]);
    for (const row of table(['id', 'connector', 'status', 'name', ''], rows)) shell.out(row);
  }
  return 0;
}
