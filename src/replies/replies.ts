/**
 * The way out, in its order: **compose → admit → send → settle**, and **reconcile** for what stayed uncertain.
 *
 * compose    `compose.ts`, called by `api/routes/replies.ts`: an agent's words become parts for one platform.
 * admit      `admit.ts`, called by compose and again by send: would the platform take them now? Then 202.
 * send       `send.ts`: deliveries whose turn it is in their lane (`lanes.ts`), part by part.
 * settle     `settle.ts`: what became of each part, by the platform's answer, a receipt, or an agent's word.
 * reconcile  `reconcile.ts`: asks the platform about sends that stayed without an answer.
 *
 * What comes back goes the way in: `receipts.ts` and `echo.ts` are called by `intake/file.ts`.
 * Called by: the composition root, in the process that holds the open connections.
 */
import { createLanes } from './lanes.js';
import { reconcile } from './reconcile.js';
import { send, type SendDependencies } from './send.js';
import type { Stages } from '../queue/queue.js';

export type ReplyDependencies = Omit<SendDependencies, 'lanes'>;

/** Sending and reconciling share their lanes: a pause that one was told of holds for both. */
export function replyStages(deps: ReplyDependencies): Stages {
  // A paused or refused connection receives, and sends nothing.
  const live: SendDependencies['live'] = (id) =>
    deps.find(id)?.status === 'active' ? deps.live(id) : undefined;
  const sending = { ...deps, live, lanes: createLanes(deps.find) };
  return { send: () => send(sending), reconcile: () => reconcile(sending) };
}
