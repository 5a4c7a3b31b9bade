import type { ConnectionLine, Operations } from '../data/operations.js';
import { usage } from '../shell.js';
import { unknownName } from '../unknown-name.js';

/** The connection with that id; else bad usage that names the nearest one there is. */
export async function existing(operations: Operations, id: string): Promise<ConnectionLine> {
  const lines = await operations.listConnections();
  const line = lines.find((one) => one.id === id);
  if (line !== undefined) return line;
  if (lines.length === 0) {
    throw usage(`there is no connection ${id}, and none at all yet: connections add --help`);
  }
  throw usage(
    unknownName(
      'connection',
      id,
      lines.map((one) => one.id),
    ),
  );
}
