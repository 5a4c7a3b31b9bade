import { createHash } from 'node:crypto';
import { HISTORIC_NOTE } from '../../intake/drafting.js';
import { knownKeys } from '../../store/envelopes.js';
import type { Kept, RawMail } from './operations.js';
import type { Grounds } from './grounds.js';

interface Batch {
  readonly connection: string;
  readonly mails: readonly RawMail[];
}

/** Old mails go the way every mail goes, as envelopes; a note says that they are history. */
export async function keepMails(
  { house: { store }, registry, receive }: Grounds,
  { connection, mails }: Batch,
): Promise<readonly Kept[]> {
  const why = refusal(registry, connection);
  if (why !== null) return mails.map(() => ({ kind: 'refused', why }));
  const arrivals = mails.map(({ base64, receivedAt }) => {
    const body = Buffer.from(base64, 'base64');
    const key = createHash('sha256').update(body).digest('hex');
    const arrival = { key, body, type: 'message/rfc822', notes: HISTORIC, query: '' };
    return receivedAt === null ? arrival : { ...arrival, receivedAt };
  });
  const keys = arrivals.map(({ key }) => key);
  const known = new Set(await store.read(() => knownKeys(connection, keys)));
  await receive(connection, arrivals);
  return keys.map((key, i) => ({
    kind: known.has(key) || keys.indexOf(key) < i ? 'known' : 'new',
  }));
}

const HISTORIC: Readonly<Record<string, string>> = { [HISTORIC_NOTE]: 'true' };

function refusal({ find }: Grounds['registry'], connection: string): string | null {
  const connected = find(connection);
  if (connected === undefined) return `there is no connection ${connection}`;
  return connected.connector.definition.imports?.includes('mbox') === true
    ? null
    : `the connection ${connection} does not take mails`;
}
