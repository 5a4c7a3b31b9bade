/**
 * Called by: the `send` stage.
 * Given: deliveries whose turn it is in their lane.
 * Leaves behind: parts that are marked as sending before their first byte leaves, then what became of them.
 */
import { admit } from './admit.js';
import type { Lanes } from './lanes.js';
import { settlePart, type SettleDependencies } from './settle.js';
import type { FindConnection } from '../intake/connected.js';
import { MOST_DEFECTS } from '../model/delivery.js';
import { failed, type Outcome } from '../model/outcome.js';
import type { Part, ReplyAttachment } from '../model/reply.js';
import { MINUTE } from '../model/time.js';
import type { Live } from '../sdk/treaty.js';
import { conversationById } from '../store/conversations.js';
import {
  claimDelivery,
  dueDeliveries,
  insertAttempt,
  markOutOfOrder,
  markPartSending,
  nextDeliveryDue,
  partsOf,
  passesAnother,
  type DeliveryRow,
  type PartRow,
} from '../store/deliveries.js';
import type { Work } from '../store/work.js';

const BATCH = 32;
/** Longer than any connector may take for one part. */
const LEASE_MS = 2 * MINUTE;
/** A reply that has to be tried again holds those behind it this long at most. */
const HOLDS_OTHERS_FOR = 2 * MINUTE;

export interface SendDependencies extends SettleDependencies {
  readonly find: FindConnection;
  readonly lanes: Lanes;
  /** The open connection that sends; undefined while it is not open here. */
  readonly live: (connection: string) => Live | undefined;
  /** For tests that kill the process at named points. */
  readonly crashpoint: (name: string) => void;
}

/** Works off what is due; resolves when nothing is. */
export async function send(deps: SendDependencies): Promise<void> {
  for (;;) {
    const now = deps.clock.now();
    const due = await deps.store.read(() => dueDeliveries(now, now - HOLDS_OTHERS_FOR, BATCH));
    const ready = due.filter(
      ({ connection_id }) =>
        deps.live(connection_id) !== undefined && deps.lanes.open(connection_id, now),
    );
    if (ready.length === 0) break;
    await Promise.all(ready.map((delivery) => sendDelivery(deps, delivery)));
  }
  const next = await deps.store.read(nextDeliveryDue);
  if (next !== null && next > deps.clock.now()) deps.queue.wakeAt('send', next);
}

async function sendDelivery(deps: SendDependencies, delivery: DeliveryRow): Promise<void> {
  const now = deps.clock.now();
  const claimed = await deps.store.write(() => claim(delivery, now));
  if (claimed === null) return;
  for (const part of claimed) {
    if (!(await sendPart(deps, delivery, part))) return;
  }
}

function* claim(delivery: DeliveryRow, now: number): Work<readonly PartRow[] | null> {
  if (!(yield* claimDelivery(delivery.id, now, now + LEASE_MS))) return null;
  if (yield* passesAnother(delivery.conversation_id, delivery.id))
    yield* markOutOfOrder(delivery.id);
  return (yield* partsOf(delivery.id)).filter(
    ({ state }) => state === 'queued' || state === 'sending',
  );
}

/** True when the next part may follow. */
async function sendPart(
  deps: SendDependencies,
  delivery: DeliveryRow,
  part: PartRow,
): Promise<boolean> {
  const connected = deps.find(delivery.connection_id);
  const live = deps.live(delivery.connection_id);
  if (connected === undefined || live === undefined) return false;
  const idempotent = connected.connector.definition.policies.idempotentSend;
  const interrupted = part.state === 'sending';
  if (interrupted && !idempotent) {
    await settlePart(deps, {
      delivery,
      part,
      outcome: { kind: 'uncertain', why: 'the hub stopped while this was being sent' },
      idempotent,
    });
    return false;
  }
  const refusal = await stillAdmitted(deps, delivery);
  if (refusal !== null) return settlePart(deps, { delivery, part, outcome: refusal, idempotent });
  const now = deps.clock.now();
  await deps.store.write(() => markPartSending(part.id, part.attempts + 1, now));
  deps.crashpoint('reply.sending');
  deps.lanes.took(delivery.connection_id, now);
  const outcome = await tried(deps, live, part);
  deps.crashpoint('reply.sent');
  await deps.store.write(() => insertAttempt(part.id, deps.clock.now(), JSON.stringify(outcome)));
  const settled = await settlePart(deps, {
    delivery,
    part: { ...part, attempts: part.attempts + 1 },
    outcome,
    idempotent,
  });
  deps.crashpoint('reply.settled');
  return settled;
}

async function stillAdmitted(
  deps: SendDependencies,
  delivery: DeliveryRow,
): Promise<Outcome | null> {
  const connected = deps.find(delivery.connection_id);
  const conversation = await deps.store.read(() => conversationById(delivery.conversation_id));
  if (connected === undefined || conversation === undefined) return null;
  const refusal = admit(connected, {
    now: deps.clock.now(),
    lastInAt: conversation.last_in_at,
    parts: 1,
  });
  return refusal === null
    ? null
    : failed({ kind: 'windowClosed', until: null, why: refusal.why.en });
}

/** A thrown error is a defect of the connector: three tries, then it is a final failure with its stack. */
async function tried({ log }: SendDependencies, live: Live, row: PartRow): Promise<Outcome> {
  const part: Part = {
    payload: JSON.parse(row.payload) as unknown,
    preview: row.preview,
    attachments: JSON.parse(row.attachments) as readonly ReplyAttachment[],
  };
  try {
    return await live.send(part, row.key);
  } catch (error) {
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
    log.error('a connector threw while sending', { part: row.id, why });
    return row.attempts + 1 >= MOST_DEFECTS
      ? failed({ kind: 'refused', cause: 'permission', why: `defect: ${why}` })
      : { kind: 'uncertain', why: `defect: ${why}` };
  }
}
