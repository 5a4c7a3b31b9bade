import { z } from 'zod';
import { json, problem, type Answer } from '../answer.js';
import { deliveryView } from '../delivery-view.js';
import type { Parts } from '../hub.js';
import { cutPage, pageOf } from '../pages.js';
import { route, type Route } from '../route.js';
import { DeliveryQuery, Resolve, Retry } from '../schemas/deliveries.js';
import { idInPath } from '../schemas/ids.js';
import { DeliveryView } from '../schemas/messages.js';
import { retryDelivery } from '../../replies/retry.js';
import { resolveDelivery, type Resolution } from '../../replies/settle.js';
import { isRemoved } from '../../store/connections.js';
import { deliveryById, listDeliveries } from '../../store/deliveries.js';
import { partsOfDeliveries } from '../../store/delivery-parts.js';

const params = z.object({ id: idInPath });
const one = { 200: { description: 'The delivery', schema: DeliveryView } };

type Show = (id: number) => Promise<Answer>;

/** The outbox: what left, what waits, and what nobody knows. */
export function deliveryRoutes(parts: Parts): readonly Route[] {
  const { store } = parts.house;
  const show: Show = async (id) => {
    const view = await store.read(function* () {
      const row = yield* deliveryById(id);
      return row === undefined ? undefined : deliveryView(row, yield* partsOfDeliveries([id]));
    });
    return view === undefined ? problem('notFound', `there is no delivery ${id}`) : json(view);
  };
  return [listRoute(parts), retryRoute(parts, show), resolveRoute(parts, show)];
}

/** Something may be due now, and the ticket has something to tell. */
function ring({ queue }: Parts): void {
  queue.ring('send', 1);
  queue.ring('announce', 1);
}

function listRoute({ house }: Parts): Route {
  const { store } = house;
  return route('GET /api/v1/deliveries', {
    tag: 'Deliveries',
    summary: 'Outgoing messages and what became of them, the youngest first',
    query: DeliveryQuery,
    answers: { 200: { description: 'A page', schema: pageOf(DeliveryView) } },
    async handle({ query: { state, limit, cursor } }) {
      const before = cursor?.[0] ?? Number.MAX_SAFE_INTEGER;
      const rows = await store.read(() => listDeliveries(state ?? null, before, limit + 1));
      const page = cutPage(rows, limit, ({ id }) => [id]);
      const parts = await store.read(() => partsOfDeliveries(page.rows.map(({ id }) => id)));
      return json({
        items: page.rows.map((row) => deliveryView(row, parts)),
        nextCursor: page.nextCursor,
      });
    },
  });
}

function retryRoute(parts: Parts, show: Show): Route {
  const { store, clock } = parts.house;
  return route('POST /api/v1/deliveries/{id}/retry', {
    tag: 'Deliveries',
    summary: 'Send again what failed, or now what waits',
    description:
      'An uncertain delivery is never repeated blindly: resolve it, or say `evenIfItMayArriveTwice`.',
    params,
    body: { schema: Retry, optional: true },
    answers: one,
    async handle({ params: { id }, body, caller }) {
      const retry = { who: caller.name, ...body };
      const done = await store.write(() => retryDelivery(id, retry, clock.now()));
      if (done === 'uncertain') {
        return problem(
          'conflict',
          `delivery ${id} is uncertain: look at the platform, then resolve it as delivered or failed, or retry it with evenIfItMayArriveTwice`,
        );
      }
      if (done === 'removed') return await gone(parts, id);
      if (done === 'settled') {
        return problem('conflict', `delivery ${id} has left already: there is nothing to retry`);
      }
      if (done === 'retried') ring(parts);
      return show(id);
    },
  });
}

function resolveRoute(parts: Parts, show: Show): Route {
  const { store, clock } = parts.house;
  return route('POST /api/v1/deliveries/{id}/resolve', {
    tag: 'Deliveries',
    summary: 'Say what became of a delivery that nobody can look up, or give up one that waits',
    description:
      '`failed` takes a waiting delivery out of the queue: what waits behind it goes on. One that is being sent right now cannot be given up.',
    params,
    body: { schema: Resolve },
    answers: one,
    async handle({ params: { id }, body, caller }) {
      const known = await store.read(() => deliveryById(id));
      const row = await store.write(() => resolveDelivery(id, body.as, caller.name, clock.now()));
      if (row === null && known !== undefined) {
        if (body.as === 'resend' && (await store.read(() => isRemoved(known.connection_id)))) {
          return await gone(parts, id);
        }
        return problem('conflict', `delivery ${id} ${unresolved(known.state, body.as)}`);
      }
      ring(parts);
      return show(id);
    },
  });
}

/** It may have been settled for that reason just now. */
async function gone(parts: Parts, id: number): Promise<Answer> {
  const row = await parts.house.store.read(() => deliveryById(id));
  ring(parts);
  const way =
    row?.state === 'uncertain'
      ? 'look at the platform, then resolve it as delivered or failed'
      : 'it is failed; answer on another conversation of the ticket';
  return problem(
    'conflict',
    `delivery ${id} cannot be sent: its connection ${row?.connection_id ?? ''} was removed: ${way}`,
  );
}

/** Why the word on it was not taken, and what to do instead. */
function unresolved(state: string, as: Resolution): string {
  if (state === 'queued' && as !== 'failed') {
    return 'waits to be sent: retry it, or give it up by resolving it as failed';
  }
  return state === 'failed'
    ? 'was never sent, so it cannot have been delivered: retry it to send it'
    : `is ${state}: uncertain and failed ones are resolved, and waiting ones given up`;
}
