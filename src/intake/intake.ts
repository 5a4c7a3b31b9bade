/**
 * The way in, in its order: **receive → normalise → identify → match → file → announce**.
 *
 * receive    `receive.ts`, called by `api/hooks.ts` and `connections/pump.ts`: the bytes are committed, then acknowledged.
 * normalise  `normalise.ts`: envelopes become drafts.
 * identify, match, file  `in-order.ts` takes drafts in the order of their commits; `file.ts` gives each its place and
 *            calls `identify.ts` (whose conversation is it?) and `match.ts` (is it a complaint we have already?).
 *            `at-once.ts` spares them a transaction of their own where that is safe and cheap.
 * announce   `announce.ts`: events get their numbers, readers are poked.
 *
 * Then `attachments.ts` fetches the files that messages name, where the connection is open.
 * Called by: the composition root, once for each process.
 */
import { announce } from './announce.js';
import { createAtOnce } from './at-once.js';
import { fetchAttachments, type AttachmentDependencies } from './attachments.js';
import { fileInOrder, type InOrderDependencies } from './in-order.js';
import { normalise, type NormaliseDependencies } from './normalise.js';
import type { Stages } from '../queue/queue.js';
import { holdLease } from '../store/leases.js';

export type IntakeDependencies = Omit<NormaliseDependencies, 'atOnce'> &
  Omit<InOrderDependencies, 'lease'> & {
    /** This process, among those that could hold the lease of the ordered writer. */
    readonly holder: string;
    /** Readers of this process may look for new numbers. */
    readonly announced: () => void;
  };

/** A worker's part: envelopes become messages on tickets. */
export function intakeStages(deps: IntakeDependencies): Stages {
  const { store, clock, holder } = deps;
  const inOrder = { ...deps, lease: holdLease(store, 'filing', holder, clock) };
  const reading = { ...deps, atOnce: createAtOnce(inOrder) };
  const announcing = holdLease(store, 'announcing', holder, clock);
  return {
    normalise: () => normalise(reading),
    file: () => fileInOrder(inOrder),
    announce: () => announce({ ...deps, lease: announcing }),
  };
}

/** The part of the process that holds the open connections: only they can fetch what a message names. */
export function attachmentStages(deps: AttachmentDependencies): Stages {
  return { attachments: () => fetchAttachments(deps) };
}
