/**
 * Called by: send, reconcile, and an agent who resolves an uncertain delivery.
 * Given: a part and what became of its send.
 * Leaves behind: the part's and the delivery's state, an event on the ticket, marks on the handle, a paused connection.
 */
import type { Lanes } from './lanes.js';
import { recordEvent } from '../desk/graph.js';
import {
  afterSend,
  deliveryState,
  nextAfter,
  RECONCILE_EVERY,
  Work as Worked,
  workLeft,
  type Defect,
  type Next,
  type PartState,
} from '../model/delivery.js';
import type { Failure, Outcome } from '../model/outcome.js';
import { MINUTE, SECOND, type Chance, type Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import { isRemoved, setConnectionStatus } from '../store/connections.js';
import { conversationById } from '../store/conversations.js';
import { deliveryById, lockDelivery, setDelivery, type DeliveryRow } from '../store/deliveries.js';
import {
  countPartAttempt,
  defectsOf,
  failQueuedParts,
  insertAttempt,
  partsOf,
  requeuePart,
  setPart,
  type PartRow,
} from '../store/delivery-parts.js';
import { unparkDrafts } from '../store/drafts.js';
import { messageById } from '../store/messages.js';
import { markRefusal } from '../store/refusals.js';
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
  readonly outcome: Outcome | Defect;
  readonly idempotent: boolean;
  /** The part was sent for this outcome: it stands among the delivery's attempts. */
  readonly attempted?: boolean;
  /** Asked in the settling write itself: when false, the outcome came too late and is dropped. */
  readonly stillHolds?: () => Work<boolean>;
}

/** Longer than any connector may take for one part; a claim without news for this long is free again. */
export const LEASE_MS = 2 * MINUTE;
/** Of the parts behind one that failed: half an answer is not followed by its end. */
const NOT_SENT = 'not sent: the part before it failed';
/** After a refused credential no other reply tries it until the connection is seen to be paused. */
const REFUSED_PAUSE = 5 * SECOND;

/** Records what became of one part; true when the next part may be sent. */
export async function settlePart(deps: SettleDependencies, settling: Settling): Promise<boolean> {
  const { delivery, stillHolds } = settling;
  const now = deps.clock.now();
  const settled = await deps.store.write(function* () {
    if (stillHolds !== undefined && !(yield* stillHolds())) return null;
    return yield* settle(settling, deps.chance, now);
  });
  if (settled === null) return false;
  const { next, goesOn } = settled;
  if (next.kind === 'again' && !next.counts) deps.lanes.pause(delivery.connection_id, next.at);
  if (next.kind === 'again') deps.queue.wakeAt('send', next.at);
  if (next.kind === 'paused') deps.lanes.pause(delivery.connection_id, now + REFUSED_PAUSE);
  if (next.kind === 'uncertain') deps.queue.wakeAt('reconcile', now + RECONCILE_EVERY);
  deps.queue.ring('announce', 1);
  if (next.kind === 'sent') deps.queue.ring('file', 0);
  return goesOn;
}

interface Settled {
  readonly next: Next;
  /** The next part follows at once, under the same claim. */
  readonly goesOn: boolean;
}

function* settle(settling: Settling, chance: Chance, now: number): Work<Settled> {
  const { delivery, part, outcome, idempotent, attempted } = settling;
  if (attempted === true) yield* insertAttempt(part.id, now, JSON.stringify(outcome));
  const defects = outcome.kind === 'defect' ? yield* defectsOf(part.id) : 0;
  const attempts = part.attempts + 1;
  const next = nextAfter(outcome, { attempts, defects, now, chance, idempotent });
  if (attempted === true && counts(next)) yield* countPartAttempt(part.id);
  // Read again: a receipt may have come in while the platform's answer was on its way.
  const row = yield* deliveryById(delivery.id);
  const present = (yield* partsOf(delivery.id)).find(({ id }) => id === part.id);
  if (row === undefined || present === undefined) return { next, goesOn: false };
  const state = afterSend(present.state as PartState, next);
  const externalId = next.kind === 'sent' ? next.externalId : null;
  yield* setPart(
    part.id,
    state,
    externalId,
    state === present.state ? present.reason : reasonOf(next),
  );
  const goesOn = yield* settleDelivery(row, next, state, { now, attempted: attempted === true });
  if (next.kind === 'sent') yield* unparkDrafts(row.connection_id, [externalId, part.key], now);
  if (next.kind === 'paused') yield* setConnectionStatus(row.connection_id, next.status, next.why);
  if (next.kind === 'failed') yield* markHandle(row, next.failure, now);
  return { next, goesOn };
}

const counts = (next: Next): boolean =>
  next.kind !== 'paused' && (next.kind !== 'again' || next.counts);

/** Brings the delivery up to its parts; true when the next of them follows at once. */
function* settleDelivery(
  row: DeliveryRow,
  next: Next,
  part: PartState,
  { now, attempted }: { readonly now: number; readonly attempted: boolean },
): Work<boolean> {
  const ended = next.kind === 'failed' && part === 'failed';
  if (ended) yield* failQueuedParts(row.id, NOT_SENT);
  const parts = (yield* partsOf(row.id)).map(({ state }) => state as PartState);
  const work = ended ? Worked.none : workLeft(parts);
  // Whoever sent this part sends the next one and keeps the claim.
  const goesOn = work === Worked.send && attempted && next.kind === 'sent';
  // A retry is told as what it is: waiting, although a part behind may be in any state.
  const state = part === 'queued' ? 'queued' : deliveryState(parts);
  yield* setDelivery(row.id, {
    state,
    work,
    dueAt: dueAfter(next, now),
    attempts: counts(next) ? row.attempts + 1 : row.attempts,
    failure: failureAfter(row, next, part),
    leaseUntil: goesOn ? now + LEASE_MS : 0,
  });
  if (!goesOn && state !== row.state) yield* tell(row, state, reasonOf(next), now);
  return goesOn;
}

function dueAfter(next: Next, now: number): number {
  switch (next.kind) {
    case 'again':
      return next.at;
    case 'paused':
      return now + REFUSED_PAUSE;
    case 'uncertain':
      return now + RECONCILE_EVERY;
    case 'sent':
    case 'failed':
      return now;
  }
}

function reasonOf(next: Next): string | null {
  if (next.kind === 'sent') return null;
  return next.kind === 'failed' ? next.failure.why : next.why;
}

function failureAfter(row: DeliveryRow, next: Next, part: PartState): string | null {
  if (part === 'failed') return next.kind === 'failed' ? JSON.stringify(next.failure) : row.failure;
  if (next.kind === 'sent' || next.kind === 'failed') return null;
  if (part !== 'queued' && part !== 'uncertain') return null;
  const kind = next.kind === 'again' ? 'transient' : next.kind;
  return JSON.stringify({ kind, why: next.why });
}

/** The first two refusals say something about the address itself. */
function* markHandle(row: DeliveryRow, failure: Failure | Defect, now: number): Work<void> {
  if (failure.kind !== 'refused') return;
  if (failure.cause !== 'recipientGone' && failure.cause !== 'optedOut') return;
  const conversation = yield* conversationById(row.conversation_id);
  if (conversation !== undefined) yield* markRefusal(conversation, failure.cause, now);
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

/** Why what waits for a connection that is gone never leaves. */
export const CONNECTION_REMOVED = 'the connection was removed before this could be sent';

export type Resolution = 'delivered' | 'failed' | 'resend';

/**
 * An agent's word on a delivery: what became of one that nobody can look up, or (`failed`) that one
 * which waits is given up. Null: it is none of these, it is called delivered and never left, or there
 * is no connection any more to send it again by.
 */
export function* resolveDelivery(
  id: number,
  resolution: Resolution,
  who: string,
  now: number,
): Work<DeliveryRow | null> {
  const row = yield* lockDelivery(id);
  if (row === undefined) return null;
  if (resolution === 'failed' && isWaiting(row, now)) return yield* giveUp(row, who, now);
  if (row.state !== 'uncertain' && row.state !== 'failed') return null;
  const isGone = yield* isRemoved(row.connection_id);
  const open = (yield* partsOf(id)).filter(({ state }) => isUnsettled(state));
  if (cannotBe(resolution, open, isGone)) return null;
  yield* resolveParts(open, resolution, `resolved by ${who}`);
  const never = isGone ? CONNECTION_REMOVED : neverAfter[resolution];
  if (never !== null) yield* failQueuedParts(id, never);
  const parts = (yield* partsOf(id)).map(({ state }) => state as PartState);
  const state = deliveryState(parts);
  // Parts behind the one that was resolved may still have to leave.
  const waits = parts.includes('queued');
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

/** Why parts that wait behind it do not leave any more; null: they do. */
const neverAfter: Readonly<Record<Resolution, string | null>> = {
  delivered: null,
  resend: null,
  failed: NOT_SENT,
};

/** What never left has not arrived, and without its connection it will not leave. */
function cannotBe(resolution: Resolution, open: readonly PartRow[], isGone: boolean): boolean {
  if (resolution === 'resend') return isGone;
  return resolution === 'delivered' && open.every(neverLeft);
}

/** In the queue, and with nobody who sends it right now. */
const isWaiting = ({ state, work, lease_until }: DeliveryRow, now: number): boolean =>
  state === 'queued' && work === Worked.send && lease_until <= now;

const isUnsettled = (state: string): boolean => state === 'uncertain' || state === 'failed';

/** No attempt of it began: no word on the parts before it can make it arrive. */
const neverLeft = ({ tried_at, sent_at }: PartRow): boolean =>
  tried_at === null && sent_at === null;

function* resolveParts(open: readonly PartRow[], resolution: Resolution, why: string): Work<void> {
  for (const part of open) {
    const heldBack = neverLeft(part);
    if (resolution === 'resend' || (resolution === 'delivered' && heldBack)) {
      yield* requeuePart(part.id, why);
    } else if (!heldBack) {
      yield* setPart(part.id, resolution, null, why);
    }
  }
}

/** Final, and no `redrive` brings it back by itself: what waits behind it goes on. */
function* giveUp(row: DeliveryRow, who: string, now: number): Work<DeliveryRow | null> {
  const last = row.failure === null ? null : (JSON.parse(row.failure) as { readonly why: string });
  const why = `given up by ${who}${last === null ? '' : `; until then: ${last.why}`}`;
  yield* failQueuedParts(row.id, why);
  const { attempts } = row;
  const failure = JSON.stringify({ kind: 'refused', cause: 'permission', why });
  yield* setDelivery(row.id, { state: 'failed', work: Worked.none, dueAt: now, attempts, failure });
  yield* tell(row, 'failed', why, now);
  return (yield* deliveryById(row.id)) ?? null;
}
