import { boundedKey } from './key.js';
import type { Failure, Outcome } from './outcome.js';
import type { DeliveryState } from './reply.js';
import { HOUR, MINUTE, SECOND, type Chance } from './time.js';

/** What a delivery is worked on for; `none` when nothing more happens by itself. */
export const Work = { send: 0, none: 1, reconcile: 2 } as const;

/** Delay before the n-th further try: 2 s, 4 s, … at most 30 min, each ± 20 %. */
const FIRST_DELAY = 2 * SECOND;
const LONGEST_DELAY = 30 * MINUTE;
const JITTER = 0.2;
/** About a day of tries: then an agent decides. */
export const MOST_ATTEMPTS = 50;
export const MOST_DEFECTS = 3;
/** A pause asked for longer than this counts as a closed window. */
export const LONGEST_PAUSE = HOUR;
const SHORTEST_PAUSE = SECOND;
/** An uncertain part is looked up this often, and waits for a person afterwards. */
export const RECONCILE_EVERY = MINUTE;
export const RECONCILE_FOR = 15 * MINUTE;

export function retryDelay(attempts: number, chance: Chance): number {
  const delay = Math.min(FIRST_DELAY * 2 ** Math.max(attempts - 1, 0), LONGEST_DELAY);
  return Math.round(delay * (1 - JITTER + 2 * JITTER * chance()));
}

export type PartState =
  'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'uncertain';

/** From best to worst: a delivery shows its worst part. */
const WORST_FIRST: readonly PartState[] = [
  'failed',
  'uncertain',
  'sending',
  'queued',
  'sent',
  'delivered',
  'read',
];

export function deliveryState(parts: readonly PartState[]): DeliveryState {
  return WORST_FIRST.find((state) => parts.includes(state)) ?? 'queued';
}

const RECEIPT_RANK: Record<PartState, number> = {
  queued: 0,
  sending: 1,
  uncertain: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};

/** Receipts come in any order: a part never goes back, and a failure cannot undo what was delivered. */
export function afterReceipt(
  part: PartState,
  status: 'sent' | 'delivered' | 'read' | 'failed',
): PartState {
  return RECEIPT_RANK[status] > RECEIPT_RANK[part] ? status : part;
}

/** What is left to do for a delivery with these parts, unless it ended by a final failure. */
export function workLeft(parts: readonly PartState[]): number {
  if (parts.includes('uncertain')) return Work.reconcile;
  return parts.includes('queued') || parts.includes('sending') ? Work.send : Work.none;
}

/**
 * The state of a part after its send, when `present` is what it is by now: a receipt that was
 * quicker than the platform's answer keeps its word, and what was seen delivered is never sent again.
 */
export function afterSend(present: PartState, next: Next): PartState {
  if (present === 'delivered' || present === 'read') return present;
  if (present === 'failed' || next.kind === 'failed') return 'failed';
  if (present === 'sent' || next.kind === 'sent') return 'sent';
  return next.kind === 'uncertain' ? 'uncertain' : 'queued';
}

/** What happens next after one send of a part. */
export type Next =
  | { readonly kind: 'sent'; readonly externalId: string | null }
  | { readonly kind: 'again'; readonly at: number; readonly why: string; readonly counts: boolean }
  | { readonly kind: 'paused'; readonly status: 'failing'; readonly why: string }
  | { readonly kind: 'failed'; readonly failure: Failure | Defect }
  | { readonly kind: 'uncertain'; readonly why: string };

/** The connector threw: a bug of ours or of an integrator, with its stack. */
export interface Defect {
  readonly kind: 'defect';
  readonly why: string;
}

export interface Tried {
  /** Tries that count, this one among them. */
  readonly attempts: number;
  /** How often this part met a defect, this time included. */
  readonly defects: number;
  readonly now: number;
  readonly chance: Chance;
  /** The platform dedupes on our key: repeating an unanswered send is safe. */
  readonly idempotent: boolean;
}

export function nextAfter(outcome: Outcome | Defect, tried: Tried): Next {
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'sent', externalId: outcome.externalId && boundedKey(outcome.externalId) };
    case 'uncertain':
      return afterUncertain(outcome.why, tried);
    case 'defect':
      return afterDefect(outcome, tried);
    case 'failed':
      return afterFailure(outcome.failure, tried);
  }
}

/**
 * Nobody knows how far a connector came before it threw. Where repeating is safe it is tried three
 * times; elsewhere the part is uncertain like any send without an answer (docs/adr/0013).
 */
function afterDefect(defect: Defect, tried: Tried): Next {
  if (!tried.idempotent) return { kind: 'uncertain', why: defect.why };
  return tried.defects >= MOST_DEFECTS
    ? { kind: 'failed', failure: defect }
    : again(defect.why, { kind: 'transient', why: defect.why }, tried);
}

function afterUncertain(why: string, tried: Tried): Next {
  return tried.idempotent
    ? again(why, { kind: 'transient', why }, tried)
    : { kind: 'uncertain', why };
}

function afterFailure(failure: Failure, tried: Tried): Next {
  switch (failure.kind) {
    case 'transient':
      return again(failure.why, failure, tried);
    case 'rateLimited':
      return failure.retryAt - tried.now > LONGEST_PAUSE
        ? {
            kind: 'failed',
            failure: { kind: 'windowClosed', until: failure.retryAt, why: failure.why },
          }
        : {
            kind: 'again',
            // A platform that says "now" would be asked without end.
            at: Math.max(failure.retryAt, tried.now + SHORTEST_PAUSE),
            why: failure.why,
            counts: false,
          };
    case 'unauthorised':
    case 'misconfigured':
      return { kind: 'paused', status: 'failing', why: failure.why };
    case 'windowClosed':
    case 'refused':
      return { kind: 'failed', failure };
  }
}

function again(why: string, failure: Failure, { attempts, now, chance }: Tried): Next {
  return attempts >= MOST_ATTEMPTS
    ? { kind: 'failed', failure }
    : { kind: 'again', at: now + retryDelay(attempts, chance), why, counts: true };
}
