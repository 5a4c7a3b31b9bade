/**
 * Called by: the `normalise` stage, after receive or replay.
 * Given: committed envelopes nobody has read yet.
 * Leaves behind: drafts that wait for filing, woken pumps, or quarantine with the bytes kept.
 */
import { draftsOf, type Drafted } from './drafting.js';
import type { Connected, FindConnection } from './connected.js';
import type { Apart } from './apart.js';
import type { Draft } from '../model/draft.js';
import { openSlowLane, type SlowLane } from './slow-lane.js';
import type { Clock } from '../model/time.js';
import { MINUTE, SECOND } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import type { Envelope } from '../sdk/inbound.js';
import type { Blobs } from '../store/blobs.js';
import { insertDraft, type WaitingDraft } from '../store/drafts.js';
import {
  claimEnvelopes,
  dueEnvelopes,
  leaseEnvelopes,
  markEnvelopesDone,
  postponeEnvelope,
  quarantineEnvelope,
  remarkEnvelope,
  type EnvelopeRow,
} from '../store/envelopes.js';
import type { AtHand } from '../store/just-written.js';
import { StoreProblem, type Store } from '../store/store.js';
import type { Work } from '../store/work.js';

/** Their bodies are in memory together. */
const BATCH = { rows: 128, bytes: 16 * 1024 * 1024 } as const;
const LEASE_MS = MINUTE;
/** While slow ones are read, new ones are looked for this often. */
const LOOK_AGAIN_MS = 100;
const MOST_TRIES = 5;

export interface NormaliseDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly apart: Apart;
  readonly crashpoint: (name: string) => void;
  /** Runs `poll` of that connection with the hint. */
  readonly wake: (connection: string, hint: string) => void;
  readonly atHand?: AtHand | undefined;
}

type Read = Drafted | { readonly kind: 'defect'; readonly why: string };

/** Works off what is due; resolves when nothing is. */
export async function normalise(deps: NormaliseDependencies): Promise<void> {
  const slow = openSlowLane({
    portion: BATCH,
    read: (row) => readOne(deps, row),
    keep: (rows, reads) => keepAll(deps, rows, reads),
  });
  for (;;) {
    const rows = (await claim(deps)).filter(slow.isNew);
    if (rows.length > 0) await workOff(deps, slow, rows);
    else if (slow.busy()) await slow.ended(LOOK_AGAIN_MS);
    else return;
  }
}

async function workOff(
  deps: NormaliseDependencies,
  slow: SlowLane,
  rows: readonly EnvelopeRow[],
): Promise<void> {
  deps.crashpoint('normalise.claimed');
  const apart = rows.filter((row) => isApart(deps.find(row.connection_id)));
  const inline = rows.filter((row) => !apart.includes(row));
  if (inline.length > 0) await keepAll(deps, inline, await readBatch(deps, inline));
  if (apart.length === 0) return;
  await hold(deps, apart);
  await slow.take(apart);
}

async function keepAll(
  deps: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<void> {
  const drafts = await keep(deps, rows, reads);
  deps.crashpoint('normalise.committed');
  for (const one of drafts) deps.atHand?.drafts.keep(one, bytesOf(one));
  if (drafts.length > 0) deps.queue.ring('file', drafts.length);
  wakePumps(deps, rows, reads);
}

const isApart = (connected: Connected | undefined): boolean =>
  connected?.connector.definition.decoding === 'apart';

/** One process needs no lease on a row; several take rows that nobody holds. */
function claim({ store, clock, atHand }: NormaliseDependencies): Promise<readonly EnvelopeRow[]> {
  const now = clock.now();
  return store.dialect === 'sqlite'
    ? store.read(() => dueEnvelopes(now, BATCH, atHand?.envelopes))
    : store.write(() => claimEnvelopes(now, now + LEASE_MS, BATCH));
}

/** What is read slowly would be found again by the next look. */
async function hold(
  { store, clock }: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
): Promise<void> {
  if (store.dialect !== 'sqlite') return;
  const ids = rows.map(({ id }) => id);
  await store.write(() => leaseEnvelopes(ids, clock.now() + LEASE_MS));
}

function readBatch(
  deps: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
): Promise<readonly Read[]> {
  return Promise.all(rows.map((row) => readOne(deps, row)));
}

async function readOne(deps: NormaliseDependencies, row: EnvelopeRow): Promise<Read> {
  const connected = deps.find(row.connection_id);
  if (connected === undefined) {
    return {
      kind: 'unreadable',
      why: `the connection ${row.connection_id} does not exist any more`,
    };
  }
  try {
    const envelope = await envelopeOf(deps.blobs, row);
    return await read(deps, connected, envelope);
  } catch (error) {
    return { kind: 'defect', why: defectText(error) };
  }
}

function read(
  { apart }: NormaliseDependencies,
  connected: Connected,
  envelope: Envelope,
): Drafted | Promise<Drafted> {
  const { connector, mappings, account } = connected;
  return isApart(connected)
    ? apart.draftsOf(connector.definition.name, mappings.name, account, envelope)
    : draftsOf(connector, mappings, account, envelope);
}

/** The envelope as connectors see it, its bytes read back from wherever they are kept. */
export async function envelopeOf(blobs: Blobs, row: EnvelopeRow): Promise<Envelope> {
  const body = row.body ?? (row.blob === null ? Buffer.alloc(0) : await blobs.get(row.blob));
  return {
    id: row.id,
    connection: row.connection_id,
    key: row.key,
    body: Buffer.isBuffer(body) ? body : Buffer.from(body),
    type: row.type,
    notes: JSON.parse(row.notes) as Record<string, string>,
    query: row.query,
    receivedAt: row.received_at,
  };
}

/** One transaction for all; when the database refuses one of them, each gets its own. */
async function keep(
  { store, clock }: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<readonly WaitingDraft[]> {
  try {
    return await store.write(() => keepBatch(rows, reads, clock.now()));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
  }
  const drafts: WaitingDraft[] = [];
  for (const [i, row] of rows.entries()) {
    const kept = await store
      .write(() => keepBatch([row], reads.slice(i, i + 1), clock.now()))
      .catch(async (error: unknown) => {
        if (error instanceof StoreProblem) throw error;
        await store.write(() => postponeDefect(row, defectText(error), clock.now()));
        return [];
      });
    drafts.push(...kept);
  }
  return drafts;
}

/** Returns the drafts that are new. */

function* keepBatch(
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
  now: number,
): Work<readonly WaitingDraft[]> {
  const done: number[] = [];
  const drafts: WaitingDraft[] = [];
  for (const [i, row] of rows.entries()) {
    const result = reads[i];
    if (result === undefined) continue;
    if (result.kind === 'drafts') drafts.push(...(yield* keepDrafts(row, result)));
    if (result.kind === 'unreadable') yield* quarantineEnvelope(row.id, result.why);
    else if (result.kind === 'defect') yield* postponeDefect(row, result.why, now);
    else if (result.kind === 'drafts' && result.quarantine !== null) {
      yield* quarantineEnvelope(row.id, result.quarantine);
    } else done.push(row.id);
  }
  if (done.length > 0) yield* markEnvelopesDone(done);
  return drafts;
}

function* keepDrafts(
  row: EnvelopeRow,
  { drafts, remarks }: Extract<Read, { kind: 'drafts' }>,
): Work<readonly WaitingDraft[]> {
  const kept: WaitingDraft[] = [];
  for (const { draft, mapping } of drafts) {
    const id = yield* insertDraft(
      draft,
      row.id,
      `${mapping.name}@${mapping.version}#${mapping.hash}`,
    );
    if (id > 0) kept.push(fresh(id, row, draft));
  }
  if (remarks.length > 0) yield* remarkEnvelope(row.id, remarks);
  return kept;
}

function fresh(id: number, row: EnvelopeRow, draft: Draft): WaitingDraft {
  const namesAttachments = draft.attachments.length > 0;
  return { id, envelope_id: row.id, attempts: 0, draft: () => draft, namesAttachments };
}

/** About what a draft holds in memory: its texts, and a kilobyte for the rest. */
function bytesOf({ draft }: WaitingDraft): number {
  const { text, html } = draft();
  return 2 * (text.length + (html?.length ?? 0)) + 1_024;
}

/** A thrown error is a defect of ours: a few tries, then quarantine with its stack, the rest goes on. */
function* postponeDefect(row: EnvelopeRow, why: string, now: number): Work<void> {
  const attempts = row.attempts + 1;
  if (attempts >= MOST_TRIES) yield* quarantineEnvelope(row.id, why);
  else yield* postponeEnvelope(row.id, attempts, now + attempts * SECOND, why);
}

function wakePumps(
  { wake }: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): void {
  for (const [i, row] of rows.entries()) {
    const result = reads[i];
    if (result?.kind === 'wake') wake(row.connection_id, result.hint);
  }
}

function defectText(error: unknown): string {
  const { stack, message } = error as Error;
  return `defect while reading: ${(stack ?? message).slice(0, 2_000)}`;
}
