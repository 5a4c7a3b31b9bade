/**
 * Called by: the `normalise` stage, after receive or replay.
 * Given: committed envelopes nobody has read yet.
 * Leaves behind: drafts that wait for filing, woken pumps, or quarantine with the bytes kept.
 */
import { draftsOf, type Drafted } from './drafting.js';
import { accountUnder, isReadApart, type Connected, type FindConnection } from './connected.js';
import type { Apart } from './apart.js';
import type { Draft } from '../model/draft.js';
import { openSlowLane, type SlowLane } from './slow-lane.js';
import type { Clock } from '../model/time.js';
import { MINUTE, SECOND } from '../model/time.js';
import type { Notice } from '../ops/notices.js';
import type { Queue } from '../queue/queue.js';
import type { Envelope } from '../sdk/inbound.js';
import type { Blobs } from '../store/blobs.js';
import { insertDraft, type WaitingDraft } from '../store/drafts.js';
import {
  claimEnvelopes,
  dueEnvelopes,
  markEnvelopesDone,
  postponeEnvelope,
  quarantineEnvelope,
  remarkEnvelope,
  renewEnvelopes,
  type EnvelopeRow,
} from '../store/envelopes.js';
import type { AtHand } from '../store/at-hand.js';
import { StoreProblem, type Store } from '../store/store.js';
import type { Work } from '../store/work.js';

/** Their bodies are in memory together. */
const BATCH = { rows: 128, bytes: 16 * 1024 * 1024 } as const;
const LEASE_MS = MINUTE;
const RENEW_EVERY_MS = LEASE_MS / 3;
/** While slow ones are read, new ones are looked for this often. */
const LOOK_AGAIN_MS = 100;
const MOST_TRIES = 5;

export interface NormaliseDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly apart: Pick<Apart, 'draftsOf'>;
  readonly crashpoint: (name: string) => void;
  readonly notice: Notice;
  /** Runs `poll` of that connection with the hint. */
  readonly wake: (connection: string, hint: string) => void;
  readonly atHand?: AtHand | undefined;
}

type Read = Drafted | { readonly kind: 'defect'; readonly why: string };

/** Works off what is due; resolves when nothing is, or too little for another batch: then it has rung. */
export async function normalise(deps: NormaliseDependencies): Promise<void> {
  const slow = openSlowLane({
    portion: BATCH,
    read: (row) => readOne(deps, row),
    keep: (rows, reads) => keepAll(deps, rows, reads),
  });
  const stayHeld = renewal(deps, slow);
  try {
    for (;;) {
      await stayHeld();
      const rows = await claim(deps, slow);
      if (rows.length > 0) await workOff(deps, slow, rows);
      if (slow.held().length > 0) {
        if (rows.length === 0) await slow.ended(LOOK_AGAIN_MS);
      } else if (rows.length === 0) {
        return;
      } else if (rows.length < BATCH.rows) {
        // What comes meanwhile gathers for the next ring: many rows a commit, not a commit for a few.
        return deps.queue.ring('normalise');
      }
    }
  } finally {
    slow.stop();
  }
}

async function workOff(
  deps: NormaliseDependencies,
  slow: SlowLane,
  rows: readonly EnvelopeRow[],
): Promise<void> {
  deps.crashpoint('normalise.claimed');
  const quick = rows.filter(({ apart }) => apart === 0);
  if (quick.length > 0) await keepAll(deps, quick, await readBatch(deps, quick));
  slow.take(rows.filter(({ apart }) => apart !== 0));
}

async function keepAll(
  deps: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<void> {
  const { drafts, setAside } = await keep(deps, rows, reads);
  deps.crashpoint('normalise.committed');
  for (const one of drafts) deps.atHand?.drafts.keep(one, bytesOf(one));
  if (drafts.length > 0) deps.queue.ring('file', drafts.length);
  wakePumps(deps, rows, reads);
  for (const row of setAside) {
    deps.notice('an envelope is in quarantine', row.connection_id, { envelope: row.id });
  }
  for (const [i, row] of rows.entries()) {
    if (hasLeftOver(reads[i])) deps.notice(LEFT_OVER, row.connection_id, { envelope: row.id });
  }
}

const LEFT_OVER =
  'a delivery opened no ticket: no mapping but the last takes it; its remarks say more';

const hasLeftOver = (read: Read | undefined): boolean =>
  read?.kind === 'drafts' && read.drafts.some(({ leftOver }) => leftOver === true);

/** One process needs no lease on a row, it knows what it reads; several take rows that nobody holds. */
function claim(
  { store, clock, atHand }: NormaliseDependencies,
  slow: SlowLane,
): Promise<readonly EnvelopeRow[]> {
  const now = clock.now();
  const room = { ...BATCH, rows: Math.min(slow.room(), BATCH.rows) };
  const turn = { now, quick: BATCH, apart: room };
  return store.dialect === 'sqlite'
    ? store.read(() => dueEnvelopes(turn, slow.held(), atHand?.envelopes))
    : store.write(() => claimEnvelopes(turn, now + LEASE_MS));
}

/** What is read slowly is still this process's, however long the lane takes. */
function renewal({ store, clock }: NormaliseDependencies, slow: SlowLane): () => Promise<void> {
  let renewed = clock.now();
  return async () => {
    const now = clock.now();
    const held = slow.held();
    if (store.dialect === 'sqlite' || now - renewed < RENEW_EVERY_MS) return;
    renewed = now;
    if (held.length > 0) await store.write(() => renewEnvelopes(held, now + LEASE_MS));
  };
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
    const account = accountUnder(connected, row.secret_version);
    return await read(deps, { ...connected, account }, envelope);
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
  return isReadApart(connected)
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

/** What a transaction changed: drafts that are new, and envelopes that went to quarantine. */
interface Kept {
  readonly drafts: readonly WaitingDraft[];
  readonly setAside: readonly EnvelopeRow[];
}

/** One transaction for all; when the database refuses one of them, each gets its own. */
async function keep(
  { store, clock }: NormaliseDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<Kept> {
  try {
    return await store.write(() => keepBatch(rows, reads, clock.now()));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
  }
  const kept: Kept[] = [];
  for (const [i, row] of rows.entries()) {
    const one = store.write(() => keepBatch([row], reads.slice(i, i + 1), clock.now()));
    kept.push(
      await one.catch((error: unknown) => {
        if (error instanceof StoreProblem) throw error;
        const defect: Read = { kind: 'defect', why: defectText(error) };
        return store.write(() => keepBatch([row], [defect], clock.now()));
      }),
    );
  }
  return {
    drafts: kept.flatMap(({ drafts }) => drafts),
    setAside: kept.flatMap(({ setAside }) => setAside),
  };
}

function* keepBatch(rows: readonly EnvelopeRow[], reads: readonly Read[], now: number): Work<Kept> {
  const done: number[] = [];
  const drafts: WaitingDraft[] = [];
  const setAside: EnvelopeRow[] = [];
  for (const [i, row] of rows.entries()) {
    const result = reads[i];
    if (result === undefined) continue;
    if (result.kind === 'drafts') drafts.push(...(yield* keepDrafts(row, result)));
    const why = unreadable(row, result);
    if (why !== null) {
      if (yield* quarantineEnvelope(row, why)) setAside.push(row);
    } else if (result.kind === 'defect') {
      const attempts = row.attempts + 1;
      yield* postponeEnvelope(row, attempts, now + attempts * SECOND, result.why);
    } else done.push(row.id);
  }
  if (done.length > 0) yield* markEnvelopesDone(done);
  return { drafts, setAside };
}

/** Why it goes to quarantine, or null. A defect of ours gets a few tries first, then it is its stack. */
function unreadable({ attempts }: EnvelopeRow, read: Read): string | null {
  if (read.kind === 'drafts') return read.quarantine;
  if (read.kind === 'unreadable') return read.why;
  return read.kind === 'defect' && attempts + 1 >= MOST_TRIES ? read.why : null;
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
