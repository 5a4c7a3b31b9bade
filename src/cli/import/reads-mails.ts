import type { Connector } from '../../sdk/treaty.js';
import type { ConnectionLine } from '../data/operations.js';
import { usage } from '../shell.js';

/** Refused before anything is read: a connector of another kind would put every mail into quarantine. */
export function mustReadMails(
  { id, connector }: ConnectionLine,
  lines: readonly ConnectionLine[],
  connectors: ReadonlyMap<string, Connector>,
): void {
  const readsMails = (name: string): boolean =>
    connectors.get(name)?.definition.imports?.includes('mbox') === true;
  if (readsMails(connector)) return;
  const others = lines.filter((line) => readsMails(line.connector)).map((line) => line.id);
  const names = [...connectors.keys()].filter(readsMails).join(' or ');
  throw usage(
    others.length > 0
      ? `${id} (${connector}) reads no mails: name a connection that does, ${others.join(', ')}`
      : `${id} (${connector}) reads no mails, and no other connection does: connections add --connector ${names} --name mail --set address=…`,
  );
}
