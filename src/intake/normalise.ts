/**
 * Called by: the `normalise` stage, after receive or replay.
 * Given: committed envelopes nobody has read yet.
 * Leaves behind: drafts that are filed or wait for it, woken pumps, or quarantine with the bytes kept.
 */
import { draftsOf, type Drafted } from './drafting.js';
import { accountUnder, isReadApart, type Connected, type FindConnection } from './connected.js';
import type { Apart } from './apart.js';
import { defectText, keepRead, type KeepReadDependencies, type Read } from './keep-read.js';
import { openSlowLane, type SlowLane } from './slow-lane.js';
import { MINUTE } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import type { Envelope } from '../sdk/inbound.js';
import type { Blobs } from '../store/blobs.js';
import type { WaitingDraft } from '../store/drafts.js';
import {
  claimEnvelopes,
  dueEnvelopes,
  renewEnvelopes,
  type EnvelopeRow,
} from '../store/envelopes.js';
import type { AtHand } from '../store/at-hand.js';

/** Their bodies are in memory together. */
const BATCH = { rows: 128, bytes: 16 * 1024 * 1024 } as const;
const LEASE_MS = MINUTE;
const RENEW_EVERY_MS = LEASE_MS / 3;
/** While slow ones are read, new ones are looked for this often. */
const LOOK_AGAIN_MS = 100;

export interface NormaliseDependencies extends KeepReadDependencies {
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly find: FindConnection;
  readonly apart: Pick<Apart, 'draftsOf'>;
  readonly crashpoint: (name: string) => void;
  /** Runs `poll` of that connection with the hint. */
  readonly wake: (connection: string, hint: string) => void;
  readonly atHand?: AtHand | undefined;
}

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
  const { drafts, filed, setAside } = await keepRead(deps, rows, reads);
  deps.crashpoint('normalise.committed');
  if (drafts.length > 0) (filed ? wereFiled : waitForFiling)(deps, drafts);
  wakePumps(deps, rows, reads);
  for (const row of setAside) {
    deps.notice('an envelope is in quarantine', row.connection_id, { envelope: row.id });
  }
  for (const [i, row] of rows.entries()) {
    if (hasLeftOver(reads[i])) deps.notice(LEFT_OVER, row.connection_id, { envelope: row.id });
  }
}

function waitForFiling(
  { atHand, queue }: NormaliseDependencies,
  drafts: readonly WaitingDraft[],
): void {
  for (const one of drafts) atHand?.drafts.keep(one, bytesOf(one));
  queue.ring('file', drafts.length);
}

function wereFiled(
  { crashpoint, queue }: NormaliseDependencies,
  drafts: readonly WaitingDraft[],
): void {
  crashpoint('file.committed');
  queue.ring('announce', drafts.length);
  if (drafts.some(({ namesAttachments }) => namesAttachments)) queue.ring('attachments');
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
