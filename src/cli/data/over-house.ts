import { hashApiToken, newApiToken } from '../../api/token.js';
import { explainPair } from '../../intake/explain.js';
import { openMatching } from '../../intake/matching.js';
import type { DeliveryState } from '../../model/reply.js';
import { shownStatus } from '../../connections/shown-status.js';
import type { Connected } from '../../intake/connected.js';
import { retryDelivery } from '../../replies/retry.js';
import { deliveryById, outboxOf, retriableFailures } from '../../store/deliveries.js';
import { reviveDrafts } from '../../store/drafts.js';
import { countQuarantined, quarantinedAfter, replayEnvelope } from '../../store/envelopes.js';
import { insertApiToken } from '../../store/tokens.js';
import type { Work } from '../../store/work.js';
import type { Grounds } from './grounds.js';
import { keepDrafts } from './keep-drafts.js';
import { keepMails } from './keep-mails.js';
import type { ConnectionLine, Operations, Redriven, RefusedDelivery } from './operations.js';

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
    async redrive(wanted) {
      const done = await store.write(() => redriveAll(wanted, clock.now()));
      ring('file');
      ring('send');
      return done;
    },
    explainPair: ({ one, other }) =>
      store.read(() => explainPair([one, other], openMatching(house.rules))),
  };
}

async function listConnections(grounds: Grounds): Promise<readonly ConnectionLine[]> {
  const { registry } = grounds;
  await registry.refresh();
  return Promise.all(registry.list().map((connected) => lineOf(grounds, connected)));
}

async function lineOf(
  { house, connections }: Grounds,
  { id, connector, name, status, account }: Connected,
): Promise<ConnectionLine> {
  const { transports } = connector.definition;
  const row = await connections.row(id);
  const outbox = await house.store.read(() => outboxOf(id));
  return {
    id,
    connector: connector.definition.name,
    name,
    status: row === undefined ? status : shownStatus(row),
    statusReason: row?.status_reason ?? null,
    waiting: outbox.waiting,
    uncertain: outbox.uncertain,
    lastFailure: whyOf(outbox.failure),
    hookUrl: transports.includes('webhook') ? account.hookUrl : null,
    doorUrl: transports.includes('serve') ? doorUrl(account.hookUrl, id) : null,
  };
}

const whyOf = (failure: string | null): string | null =>
  failure === null ? null : (JSON.parse(failure) as { readonly why: string }).why;

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

type Wanted = Parameters<Operations['redrive']>[0];

function* redriveAll(
  { deliveries, evenIfItMayArriveTwice }: Wanted,
  now: number,
): Work<Redriven> {
  const refused: RefusedDelivery[] = [];
  const chosen = deliveries ?? (yield* retriableFailures());
  for (const id of chosen) {
    const state = yield* whyNotDead(id);
    const retry = { who: 'redrive', evenIfItMayArriveTwice };
    if (state !== null) refused.push({ id, state });
    else {
      const done = yield* retryDelivery(id, retry, now);
      if (done === 'uncertain' || done === 'removed') refused.push({ id, state: done });
    }
  }
  const drafts = deliveries === null ? yield* reviveDrafts() : 0;
  return { drafts, deliveries: chosen.length - refused.length, refused };
}

/** What a delivery is that is not dead; null: it may be sent again. */
function* whyNotDead(id: number): Work<RefusedDelivery['state'] | null> {
  const row = yield* deliveryById(id);
  if (row === undefined) return 'unknown';
  const isDead = row.state === 'failed' || row.state === 'uncertain';
  return isDead ? null : (row.state as DeliveryState);
}
