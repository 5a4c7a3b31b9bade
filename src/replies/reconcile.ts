/**
 * Called by: the `reconcile` stage, a minute after a send stayed without an answer, and every minute after.
 * Given: uncertain deliveries.
 * Leaves behind: what the platform says became of them; after a quarter of an hour they wait for a person.
 */
import type { SendDependencies } from './send.js';
import { settlePart } from './settle.js';
import {
  RECONCILE_EVERY,
  RECONCILE_FOR,
  Work as Worked,
  workLeft,
  type PartState,
} from '../model/delivery.js';
import type { Outcome } from '../model/outcome.js';
import type { ReplyAttachment } from '../model/reply.js';
import {
  postponeReconcile,
  setDelivery,
  uncertainDeliveries,
  type DeliveryRow,
} from '../store/deliveries.js';
import { partsOf, type PartRow } from '../store/delivery-parts.js';

const BATCH = 32;

export async function reconcile(deps: SendDependencies): Promise<void> {
  const now = deps.clock.now();
  const rows = await deps.store.read(() => uncertainDeliveries(now, BATCH));
  for (const row of rows) await reconcileOne(deps, row, now);
  if (rows.length > 0) deps.queue.ring('send', 0);
}

async function reconcileOne(deps: SendDependencies, row: DeliveryRow, now: number): Promise<void> {
  const parts = await deps.store.read(() => partsOf(row.id));
  const part = parts.find(({ state }) => state === 'uncertain');
  if (part === undefined) return goOn(deps, row, parts, now);
  const outcome = await lookUp(deps, row, part);
  if (outcome !== null && outcome.kind !== 'uncertain') {
    await settlePart(deps, { delivery: row, part, outcome, idempotent: false });
    return;
  }
  const waits = now - (part.sent_at ?? row.created_at) < RECONCILE_FOR;
  await deps.store.write(() =>
    postponeReconcile(row.id, waits ? Worked.reconcile : Worked.none, now + RECONCILE_EVERY),
  );
  if (waits) deps.queue.wakeAt('reconcile', now + RECONCILE_EVERY);
}

/** A receipt was quicker: what is left of the delivery may leave. */
async function goOn(
  deps: SendDependencies,
  { id, attempts, state, failure }: DeliveryRow,
  parts: readonly PartRow[],
  now: number,
): Promise<void> {
  const work = workLeft(parts.map((part) => part.state as PartState));
  await deps.store.write(() => setDelivery(id, { state, work, dueAt: now, attempts, failure }));
}

/** Null where the platform has no look-up, cannot say yet, or cannot be reached. */
async function lookUp(
  deps: SendDependencies,
  row: DeliveryRow,
  part: PartRow,
): Promise<Outcome | null> {
  const live = deps.live(row.connection_id);
  if (live?.lookUp === undefined) return null;
  const payload = JSON.parse(part.payload) as unknown;
  const attachments = JSON.parse(part.attachments) as readonly ReplyAttachment[];
  try {
    return await live.lookUp({ payload, preview: part.preview, attachments }, part.key);
  } catch (error) {
    deps.log.error('a look-up threw', { delivery: row.id, why: String(error).slice(0, 500) });
    return null;
  }
}
