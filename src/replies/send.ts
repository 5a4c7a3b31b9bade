/**
 * Called by: the `send` stage.
 * Given: deliveries whose turn it is in their lane.
 * Leaves behind: parts that are marked as sending before their first byte leaves, then what became of them.
 */
import { admit, windowOf } from './admit.js';
import { heard } from './heard.js';
import { LEASE_MS, settlePart, type SettleDependencies, type Settling } from './settle.js';
import type { Connected, FindConnection } from '../intake/connected.js';
import type { Defect } from '../model/delivery.js';
import { boundedKey } from '../model/key.js';
import { failed, uncertain, type Outcome } from '../model/outcome.js';
import type { Part, ReplyAttachment } from '../model/reply.js';
import { MINUTE, SECOND } from '../model/time.js';
import type { Live } from '../sdk/treaty.js';
import { conversationById } from '../store/conversations.js';
import {
  claimDelivery,
  dueDeliveries,
  giveBackDelivery,
  holdsDelivery,
  markOutOfOrder,
  nextDeliveryDue,
  passesAnother,
  type DeliveryRow,
} from '../store/deliveries.js';
import { markPartSending, partById, partsOf, type PartRow } from '../store/delivery-parts.js';
import type { Work } from '../store/work.js';

const PAGE = 32;
/** Sends that are on their way at once, over all connections and of one. */
const MOST_AT_ONCE = 64;
const MOST_OF_ONE = 16;
/** A reply that has to be tried again holds those behind it this long at most. */
const HOLDS_OTHERS_FOR = 2 * MINUTE;
/** While a slow platform is waited for, replies of others that became due are looked for this often. */
const LOOK_AGAIN_MS = 200;
/** No answer of the connector by then counts as no answer of the platform. With the last word shorter than the claim. */
const SEND_DEADLINE_MS = 100 * SECOND;
/** A connector that is told that nobody waits may still say how far it came. */
const LAST_WORD_MS = 2 * SECOND;
const NOT_OPEN_PAUSE = 5 * SECOND;

export interface SendDependencies extends SettleDependencies {
  readonly find: FindConnection;
  /** The open connection that sends; undefined while it is not open here. */
  readonly live: (connection: string) => Live | undefined;
  /** For tests that kill the process at named points. */
  readonly crashpoint: (name: string) => void;
}

/** What is being sent by this run. */
type Running = Map<number, { readonly connection: string; readonly ended: Promise<void> }>;

/** Works off what is due; resolves when nothing is. One platform that is slow does not hold up the others. */
export async function send(deps: SendDependencies): Promise<void> {
  const running: Running = new Map();
  for (;;) {
    await startDue(deps, running);
    if (running.size === 0) break;
    await oneEnded(running);
  }
  const now = deps.clock.now();
  const next = await deps.store.read(() => nextDeliveryDue(now));
  if (next !== null) deps.queue.wakeAt('send', next);
}

/** Goes through everything that is due, so that a queue that cannot move hides nobody behind it. */
async function startDue(deps: SendDependencies, running: Running): Promise<void> {
  const now = deps.clock.now();
  const passBefore = now - HOLDS_OTHERS_FOR;
  for (let after = 0; running.size < MOST_AT_ONCE;) {
    const query = { now, passBefore, after, limit: PAGE };
    const page = await deps.store.read(() => dueDeliveries(query));
    for (const row of page) if (mayStart(deps, running, row)) start(deps, running, row);
    if (page.length < PAGE) return;
    after = page.at(-1)?.id ?? after;
  }
}

function mayStart(deps: SendDependencies, running: Running, row: DeliveryRow): boolean {
  const { connection_id: connection } = row;
  if (running.has(row.id) || running.size >= MOST_AT_ONCE) return false;
  if (deps.live(connection) === undefined) return false;
  const now = deps.clock.now();
  if (deps.lanes.opensAt(connection, now) > now) return false;
  let ofOne = 0;
  for (const other of running.values()) if (other.connection === connection) ofOne += 1;
  return ofOne < MOST_OF_ONE;
}

function start(deps: SendDependencies, running: Running, row: DeliveryRow): void {
  deps.lanes.took(row.connection_id, deps.clock.now());
  const ended = sendDelivery(deps, row)
    .catch((error: unknown) => {
      deps.log.error('a delivery could not be worked on and is tried again', {
        delivery: row.id,
        why: String((error as Error).stack ?? error).slice(0, 1_000),
      });
    })
    .finally(() => running.delete(row.id));
  running.set(row.id, { connection: row.connection_id, ended });
}

async function oneEnded(running: Running): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const later = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LOOK_AGAIN_MS);
  });
  await Promise.race([...[...running.values()].map(({ ended }) => ended), later]);
  clearTimeout(timer);
  // Sends that were settled by the same commit end together; they are followed by one look, not by one each.
  await new Promise(setImmediate);
}

/** A delivery that this process sends, and the fence of its claim. */
interface Claim {
  readonly delivery: DeliveryRow;
  readonly fence: number;
}

async function sendDelivery(deps: SendDependencies, delivery: DeliveryRow): Promise<void> {
  const now = deps.clock.now();
  const claimed = await deps.store.write(() => takeDelivery(delivery, now));
  if (claimed === null) return;
  const claim = { delivery, fence: claimed.fence };
  for (const [i, part] of claimed.parts.entries()) {
    if (!(await mayGoOn(deps, claim, i === 0))) return;
    // All of it or nothing: half an answer is worth less than a reply that says it could not leave.
    const together = i === 0 ? claimed.parts.length : 1;
    if (!(await sendPart(deps, claim, { part, together }))) return;
  }
}

interface Taken {
  readonly fence: number;
  readonly parts: readonly PartRow[];
}

function* takeDelivery(delivery: DeliveryRow, now: number): Work<Taken | null> {
  const fence = yield* claimDelivery(delivery.id, now, now + LEASE_MS);
  if (fence === null) return null;
  if (yield* passesAnother(delivery.conversation_id, delivery.id)) {
    yield* markOutOfOrder(delivery.id);
  }
  const parts = (yield* partsOf(delivery.id)).filter(
    ({ state }) => state === 'queued' || state === 'sending',
  );
  return { fence, parts };
}

/** Each part counts against the rate; the first was counted when the delivery was chosen. */
async function mayGoOn(
  deps: SendDependencies,
  { delivery: { id, connection_id: connection }, fence }: Claim,
  first: boolean,
): Promise<boolean> {
  const now = deps.clock.now();
  const open = deps.find(connection) !== undefined && deps.live(connection) !== undefined;
  const opensAt = open ? (first ? now : deps.lanes.opensAt(connection, now)) : now + NOT_OPEN_PAUSE;
  if (opensAt > now) {
    await deps.store.write(() => giveBackDelivery(id, fence, opensAt));
    return false;
  }
  if (!first) deps.lanes.took(connection, now);
  return true;
}

/** A part, and how many the platform has to take for it to leave. */
interface Leaving {
  readonly part: PartRow;
  readonly together: number;
}

/** True when the next part may follow. */
async function sendPart(
  deps: SendDependencies,
  claim: Claim,
  { part, together }: Leaving,
): Promise<boolean> {
  const { delivery } = claim;
  const connected = deps.find(delivery.connection_id);
  const live = deps.live(delivery.connection_id);
  if (connected === undefined || live === undefined) return false;
  const idempotent = connected.connector.definition.policies.idempotentSend;
  if (part.state === 'sending' && !idempotent) {
    const outcome = uncertain('the hub stopped while this was being sent');
    return settleClaimed(deps, claim, { delivery, part, outcome, idempotent });
  }
  const refusal = await stillAdmitted(deps, connected, { delivery, part, together });
  if (refusal !== null) {
    return settleClaimed(deps, claim, { delivery, part, outcome: refusal, idempotent });
  }
  const now = deps.clock.now();
  const marked = await deps.store.write(() =>
    markPartSending(part, claim.fence, now, now + LEASE_MS),
  );
  if (marked !== 'marked') return marked === 'settled';
  deps.crashpoint('reply.sending');
  const late = deps.clock.now() - now >= SEND_DEADLINE_MS;
  const outcome = late ? HELD_UP : await tried(deps, live, part);
  deps.crashpoint('reply.sent');
  const settling = { delivery, part, outcome, idempotent, attempted: true };
  const goesOn = await settleClaimed(deps, claim, settling);
  deps.crashpoint('reply.settled');
  return goesOn;
}

/** By now another process may have claimed the delivery: what has not begun must not begin. */
const HELD_UP = failed({ kind: 'transient', why: 'the hub was held up before it could be sent' });

/**
 * Whoever slept past its lease settles nothing: the delivery is another's. But that the platform took
 * the part is a fact, which the other could not know.
 */
async function settleClaimed(
  deps: SendDependencies,
  { delivery, fence }: Claim,
  settling: Settling,
): Promise<boolean> {
  const claim = { held: true };
  function* stillHolds(): Work<boolean> {
    claim.held = yield* holdsDelivery(delivery.id, fence);
    return claim.held;
  }
  const goesOn = await settlePart(deps, { ...settling, stillHolds });
  const { outcome, part } = settling;
  if (claim.held || outcome.kind !== 'sent') return goesOn;
  const externalId = outcome.externalId === null ? null : boundedKey(outcome.externalId);
  await deps.store.write(() => noteSent(part.id, externalId, deps.clock.now()));
  return false;
}

function* noteSent(id: number, externalId: string | null, now: number): Work<void> {
  const part = yield* partById(id);
  if (part?.state !== 'uncertain' && part?.state !== 'sending') return;
  yield* heard(part, { state: 'sent', externalId, why: null, failure: null }, now);
}

/** An agent's own message in the platform's app may have taken what was left. */
async function stillAdmitted(
  deps: SendDependencies,
  connected: Connected,
  { delivery, part, together }: Leaving & { readonly delivery: DeliveryRow },
): Promise<Outcome | null> {
  const now = deps.clock.now();
  return deps.store.read(function* () {
    const conversation = yield* conversationById(delivery.conversation_id);
    if (conversation === undefined) return null;
    const state = yield* windowOf(connected, conversation, { now, leaving: part.id });
    const refusal = admit(state, { now, parts: together, reserved: 0 });
    const until = state.closesAt;
    return refusal && failed({ kind: 'windowClosed', until, why: refusal.why.en });
  });
}

/** What the connector says, or that it threw; within a bounded time. */
async function tried(
  { log }: SendDependencies,
  live: Live,
  row: PartRow,
): Promise<Outcome | Defect> {
  const part: Part = {
    payload: JSON.parse(row.payload) as unknown,
    preview: row.preview,
    attachments: JSON.parse(row.attachments) as readonly ReplyAttachment[],
  };
  let timer: NodeJS.Timeout | undefined;
  const patience = new AbortController();
  const deadline = new Promise<Outcome>((resolve) => {
    const none = uncertain(`no answer within ${SEND_DEADLINE_MS / SECOND} seconds`);
    timer = setTimeout(() => {
      patience.abort();
      // What has not begun says so at once, and is not uncertain.
      timer = setTimeout(resolve, LAST_WORD_MS, none);
    }, SEND_DEADLINE_MS);
  });
  try {
    return await Promise.race([live.send(part, row.key, patience.signal), deadline]);
  } catch (error) {
    const why = `defect: ${String((error as Error).stack ?? error).slice(0, 2_000)}`;
    log.error('a connector threw while sending', { part: row.id, why });
    return { kind: 'defect', why };
  } finally {
    clearTimeout(timer);
  }
}
