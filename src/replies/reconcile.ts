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
import { boundedKey } from '../model/key.js';
import type { Outcome } from '../model/outcome.js';
import type { ReplyAttachment } from '../model/reply.js';
import { SECOND } from '../model/time.js';
import {
  lockDelivery,
  postponeReconcile,
  setDelivery,
  uncertainDeliveries,
  type DeliveryRow,
} from '../store/deliveries.js';
import { isAnothersExternalId, partsOf, type PartRow } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

const BATCH = 32;
/** One platform that does not answer holds up the look-ups of the others no longer than this. */
const LOOK_UP_DEADLINE_MS = 30 * SECOND;

export async function reconcile(deps: SendDependencies): Promise<void> {
  const now = deps.clock.now();
  const rows = await deps.store.read(() => uncertainDeliveries(now, BATCH));
  for (const row of rows) await reconcileOne(deps, row, now);
  if (rows.length > 0) deps.queue.ring('send', 0);
}

async function reconcileOne(deps: SendDependencies, row: DeliveryRow, now: number): Promise<void> {
  const parts = await deps.store.read(() => partsOf(row.id));
  const part = parts.find(({ state }) => state === 'uncertain');
  if (part === undefined) return deps.store.write(() => goOn(row.id, now));
  const outcome = await lookUp(deps, row, part);
  if (outcome !== null && outcome.kind !== 'uncertain') {
    const stillHolds = (): Work<boolean> => mayAnswer(part, outcome, deps.clock.now());
    await settlePart(deps, { delivery: row, part, outcome, idempotent: false, stillHolds });
  }
  const waits = now - (part.sent_at ?? row.created_at) < RECONCILE_FOR;
  const work = waits ? Worked.reconcile : Worked.none;
  const postponed = await deps.store.write(() => postpone(deps.clock.now(), part, work));
  if (waits && postponed) deps.queue.wakeAt('reconcile', now + RECONCILE_EVERY);
}

/**
 * A look-up answers for the send it was asked about: while it was under way a person or a receipt
 * may have said what became of it, or the part may be on its way again.
 */
function* stillAsked(asked: PartRow, now: number): Work<boolean> {
  const row = yield* lockDelivery(asked.delivery_id);
  if (row === undefined || row.lease_until > now) return false;
  const present = (yield* partsOf(row.id)).find(({ id }) => id === asked.id);
  return (
    present?.state === 'uncertain' &&
    present.attempts === asked.attempts &&
    present.sent_at === asked.sent_at
  );
}

/** The message that another part is known to be cannot be this one as well: the look-up took one for the other. */
function* mayAnswer(asked: PartRow, outcome: Outcome, now: number): Work<boolean> {
  if (!(yield* stillAsked(asked, now))) return false;
  if (outcome.kind !== 'sent' || outcome.externalId === null) return true;
  return !(yield* isAnothersExternalId(asked, boundedKey(outcome.externalId)));
}

/** False when it was settled, by this look-up or by others. */
function* postpone(now: number, asked: PartRow, work: number): Work<boolean> {
  if (!(yield* stillAsked(asked, now))) return false;
  yield* postponeReconcile(asked.delivery_id, work, now + RECONCILE_EVERY);
  return true;
}

/** A receipt was quicker: what is left of the delivery may leave. */
function* goOn(id: number, now: number): Work<void> {
  const row = yield* lockDelivery(id);
  if (row?.work !== Worked.reconcile) return;
  const work = workLeft((yield* partsOf(id)).map((part) => part.state as PartState));
  const { attempts, state, failure } = row;
  yield* setDelivery(id, { state, work, dueAt: now, attempts, failure });
}

/** Null where the platform has no look-up, cannot say yet, cannot be reached, or does not answer in time. */
async function lookUp(
  deps: SendDependencies,
  row: DeliveryRow,
  part: PartRow,
): Promise<Outcome | null> {
  const live = deps.live(row.connection_id);
  if (live?.lookUp === undefined) return null;
  const payload = JSON.parse(part.payload) as unknown;
  const attachments = JSON.parse(part.attachments) as readonly ReplyAttachment[];
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, LOOK_UP_DEADLINE_MS, null);
  });
  try {
    const asked = live.lookUp({ payload, preview: part.preview, attachments }, part.key);
    return await Promise.race([asked, deadline]);
  } catch (error) {
    deps.log.error('a look-up threw', { delivery: row.id, why: String(error).slice(0, 500) });
    return null;
  } finally {
    clearTimeout(timer);
  }
}
