import type { ConnectionLine } from '../data/operations.js';
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
    for (const row of table(TITLES, lines.map(rowOf))) shell.out(row);
  }
  return 0;
}

const TITLES = ['id', 'connector', 'status', 'name', 'waiting', 'last failure', ''];

function rowOf(line: ConnectionLine): readonly string[] {
  const { waiting, uncertain, statusReason, lastFailure } = line;
  const queue = uncertain === 0 ? `${waiting}` : `${waiting} + ${uncertain} uncertain`;
  return [
    ...[line.id, line.connector, line.status, line.name, queue],
    short(statusReason ?? lastFailure ?? ''),
    line.hookUrl ?? line.doorUrl ?? '',
  ];
}

/** `--json` has the whole sentence. */
function short(why: string): string {
  const [line = ''] = why.split('\n', 1);
  return line.length <= SHORT ? line : `${line.slice(0, SHORT - 1)}…`;
}

const SHORT = 60;
