/**
 * Called by: send, reconcile, and an agent who resolves an uncertain delivery.
 * Given: a part and what became of its send.
 * Leaves behind: the part's and the delivery's state, an event on the ticket, marks on the handle, a paused connection.
 */
import type { Lanes } from './lanes.js';
import { recordEvent } from '../desk/graph.js';
import {
  deliveryState,
  nextAfter,
  RECONCILE_EVERY,
  Work as Worked,
  type Next,
  type PartState,
} from '../model/delivery.js';
import type { Failure, Outcome } from '../model/outcome.js';
import type { Chance, Clock } from '../model/time.js';
import { HOUR } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { setConnectionStatus } from '../store/connections.js';
import { conversationById } from '../store/conversations.js';
import {
  deliveryById,
  partsOf,
  setDelivery,
  setPart,
  type DeliveryRow,
  type PartRow,
} from '../store/deliveries.js';
import { unparkDrafts } from '../store/drafts.js';
import { messageById } from '../store/messages.js';
import { markRefusal } from '../store/persons.js';
import type { Store } from '../store/store.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface SettleDependencies {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly lanes: Lanes;
  readonly log: {
    error(sentence: string, fields?: Readonly<Record<string, string | number>>): void;
  };
}

export interface Settling {
  readonly delivery: DeliveryRow;
  readonly part: PartRow;
  readonly outcome: Outcome;
  readonly idempotent: boolean;
}

/** Records what became of one part; true when the next part may be sent. */
export async function settlePart(deps: SettleDependencies, settling: Settling): Promise<boolean> {
  const { delivery, part, outcome, idempotent } = settling;
  const now = deps.clock.now();
  const next = nextAfter(outcome, {
    attempts: part.attempts,
    now,
    chance: deps.chance,
    idempotent,
  });
  await deps.store.write(() => settle(delivery.id, part, next, now));
  if (next.kind === 'again' && !next.counts) deps.lanes.pause(delivery.connection_id, next.at);
  if (next.kind === 'again') deps.queue.wakeAt('send', next.at);
  if (next.kind === 'uncertain') deps.queue.wakeAt('reconcile', now + RECONCILE_EVERY);
  deps.queue.ring('announce', 1);
  if (next.kind === 'sent') deps.queue.ring('file', 0);
  return next.kind === 'sent';
}

function* settle(delivery: number, part: PartRow, next: Next, now: number): Work<void> {
  // Read again: a receipt may have come in while the platform's answer was on its way.
  const row = yield* deliveryById(delivery);
  const present = (yield* partsOf(delivery)).find(({ id }) => id === part.id);
  if (row === undefined || present === undefined) return;
  yield* setPart(
    part.id,
    partState(present.state as PartState, next),
    next.kind === 'sent' ? next.externalId : null,
    reasonOf(next),
  );
  const parts = (yield* partsOf(delivery)).map(({ state }) => state as PartState);
  const state = deliveryState(parts);
  const settled = parts.every((one) => one !== 'queued' && one !== 'sending');
  yield* setDelivery(delivery, {
    state: next.kind === 'again' || next.kind === 'paused' ? 'queued' : state,
    work: workAfter(next, settled),
    dueAt: dueAfter(next, now),
    attempts: next.kind === 'again' && !next.counts ? row.attempts : row.attempts + 1,
    failure: next.kind === 'sent' ? null : JSON.stringify(failureOf(next)),
  });
  if (next.kind === 'sent') yield* unparkDrafts(row.connection_id);
  if (next.kind === 'paused') yield* setConnectionStatus(row.connection_id, next.status, next.why);
  if (next.kind === 'failed') yield* markHandle(row, next.failure);
  if (settled || next.kind !== 'sent') {
    yield* tell(row, stateToTell(next, state), reasonOf(next), now);
  }
}

function partState(present: PartState, next: Next): PartState {
  switch (next.kind) {
    case 'sent':
      return present === 'delivered' || present === 'read' ? present : 'sent';
    case 'again':
    case 'paused':
      return 'queued';
    case 'failed':
      return 'failed';
    case 'uncertain':
      return present === 'delivered' || present === 'read' ? present : 'uncertain';
  }
}

function workAfter(next: Next, settled: boolean): number {
  if (next.kind === 'uncertain') return Worked.reconcile;
  if (next.kind === 'failed') return Worked.none;
  return next.kind === 'sent' && settled ? Worked.none : Worked.send;
}

/** A paused connection's queue is rung again when the connection is mended; until then a look an hour. */
function dueAfter(next: Next, now: number): number {
  if (next.kind === 'again') return next.at;
  if (next.kind === 'paused') return now + HOUR;
  return next.kind === 'uncertain' ? now + RECONCILE_EVERY : now;
}

const stateToTell = (next: Next, state: string): string =>
  next.kind === 'again' || next.kind === 'paused' ? 'queued' : state;

function reasonOf(next: Next): string | null {
  if (next.kind === 'sent') return null;
  return next.kind === 'failed' ? next.failure.why : next.why;
}

function failureOf(
  next: Exclude<Next, { kind: 'sent' }>,
): Failure | { readonly kind: string; readonly why: string } {
  return next.kind === 'failed'
    ? next.failure
    : { kind: next.kind === 'again' ? 'transient' : next.kind, why: next.why };
}

/** The first two refusals say something about the address itself. */
function* markHandle(row: DeliveryRow, failure: Failure): Work<void> {
  if (
    failure.kind !== 'refused' ||
    (failure.cause !== 'recipientGone' && failure.cause !== 'optedOut')
  ) {
    return;
  }
  const conversation = yield* conversationById(row.conversation_id);
  if (conversation !== undefined) {
    yield* markRefusal(conversation.group_id, conversation.handle, failure.cause);
  }
}

/** The ticket's timeline says what became of its reply. */
export function* tell(
  row: DeliveryRow,
  state: string,
  why: string | null,
  now: number,
): Work<void> {
  const message = yield* messageById(row.message_id);
  const ticket = message === undefined ? undefined : yield* ticketById(message.ticket_id);
  if (ticket === undefined) return;
  const data = { delivery: row.id, message: row.message_id, state, why };
  yield* recordEvent(ticket, { type: 'delivery', data }, now, 'hubbub');
}

export type Resolution = 'delivered' | 'failed' | 'resend';

/** An agent's word on a delivery that nobody can look up; null: it is not uncertain. */
export function* resolveDelivery(
  id: number,
  resolution: Resolution,
  who: string,
  now: number,
): Work<DeliveryRow | null> {
  const row = yield* deliveryById(id);
  if (row === undefined || (row.state !== 'uncertain' && row.state !== 'failed')) return null;
  for (const part of yield* partsOf(id)) {
    if (part.state !== 'uncertain' && part.state !== 'failed') continue;
    yield* setPart(
      part.id,
      resolution === 'resend' ? 'queued' : resolution,
      null,
      `resolved by ${who}`,
    );
  }
  const parts = (yield* partsOf(id)).map(({ state }) => state as PartState);
  const state = deliveryState(parts);
  // Parts behind the one that was resolved may still have to leave.
  const waits = resolution !== 'failed' && parts.includes('queued');
  yield* setDelivery(id, {
    state,
    work: waits ? Worked.send : Worked.none,
    dueAt: now,
    attempts: 0,
    failure: resolution === 'failed' ? row.failure : null,
  });
  yield* tell(row, state, `resolved by ${who}`, now);
  return (yield* deliveryById(id)) ?? null;
}
