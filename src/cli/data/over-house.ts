import { hashApiToken, newApiToken } from '../../api/token.js';
import { explainPair } from '../../intake/explain.js';
import { openMatching } from '../../intake/matching.js';
import { resolveDelivery } from '../../replies/settle.js';
import { retriableFailures } from '../../store/deliveries.js';
import { reviveDrafts } from '../../store/drafts.js';
import { countQuarantined, quarantinedAfter, replayEnvelope } from '../../store/envelopes.js';
import { insertApiToken } from '../../store/tokens.js';
import type { Work } from '../../store/work.js';
import type { Grounds } from './grounds.js';
import { keepDrafts } from './keep-drafts.js';
import { keepMails } from './keep-mails.js';
import type { ConnectionLine, Operations, Redriven } from './operations.js';

/** The operations on the data itself: in the running hub, or in a command that opened the house. */
export function operationsOver(grounds: Grounds): Operations {
  const { house, connections, ring } = grounds;
  const { store, clock } = house;
  return {
    listConnections: () => listConnections(grounds),
    addConnection: (connection) => connections.add(connection),
    changeConnection: ({ id, ...change }) => connections.change(id, change),
    checkConnection: ({ id }) => connections.check(id),
    removeConnection: ({ id }) => connections.remove(id),
    async createToken({ name, scopes }) {
      const token = newApiToken();
      await store.write(() => insertApiToken(name, hashApiToken(token), scopes, clock.now()));
      return token;
    },
    keepDrafts: (batch) => keepDrafts(grounds, batch),
    keepMails: (batch) => keepMails(grounds, batch),
    quarantined: ({ after, limit }) => store.read(() => quarantinedPage(after, limit)),
    async replay({ ids }) {
      const replayed = await store.write(() => replayAll(ids));
      ring('normalise');
      return replayed;
    },
    async redrive({ deliveries }) {
      const done = await store.write(() => redriveAll(deliveries, clock.now()));
      ring('file');
      ring('send');
      return done;
    },
    explainPair: ({ one, other }) =>
      store.read(() => explainPair([one, other], openMatching(house.rules))),
  };
}

async function listConnections({
  registry,
  connections,
}: Grounds): Promise<readonly ConnectionLine[]> {
  await registry.refresh();
  const lines = registry.list().map(async ({ id, connector, name, status, account }) => {
    const { transports } = connector.definition;
    return {
      id,
      connector: connector.definition.name,
      name,
      status,
      statusReason: (await connections.row(id))?.status_reason ?? null,
      hookUrl: transports.includes('webhook') ? account.hookUrl : null,
      doorUrl: transports.includes('serve') ? doorUrl(account.hookUrl, id) : null,
    };
  });
  return Promise.all(lines);
}

/** On the same address as the hooks. */
function doorUrl(hookUrl: string, id: string): string {
  return new URL(`/c/${encodeURIComponent(id)}/`, hookUrl).href;
}

function* quarantinedPage(
  after: number,
  limit: number,
): Work<{ readonly ids: readonly number[]; readonly total: number }> {
  return { ids: yield* quarantinedAfter(after, limit), total: yield* countQuarantined() };
}

function* replayAll(ids: readonly number[]): Work<readonly number[]> {
  const replayed: number[] = [];
  for (const id of ids) if (yield* replayEnvelope(id)) replayed.push(id);
  return replayed;
}

function* redriveAll(deliveries: readonly number[] | null, now: number): Work<Redriven> {
  const chosen = deliveries ?? (yield* retriableFailures());
  let sent = 0;
  for (const id of chosen) {
    if ((yield* resolveDelivery(id, 'resend', 'redrive', now)) !== null) sent += 1;
  }
  return { drafts: deliveries === null ? yield* reviveDrafts() : 0, deliveries: sent };
}
