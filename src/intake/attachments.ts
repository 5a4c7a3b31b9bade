/**
 * Called by: the `attachments` stage, after filing.
 * Given: attachments that are named but not here.
 * Leaves behind: bytes in the blob store, typed by their content; or `expired` or `failed` with the reason.
 */
import { filetypemime } from 'magic-bytes.js';
import type { FindConnection } from './connected.js';
import { envelopeOf } from './normalise.js';
import { MINUTE, SECOND, type Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import type { Fetched, FetchedFile, Live } from '../sdk/treaty.js';
import type { Blobs } from '../store/blobs.js';
import { envelopeById } from '../store/envelopes.js';
import {
  closeAttachment,
  dueAttachments,
  postponeAttachment,
  storeAttachment,
  type AttachmentRow,
} from '../store/messages.js';
import type { Store } from '../store/store.js';

const BATCH = 16;
const MOST_TRIES = 8;
const FIRST_DELAY = 2 * SECOND;
const LONGEST_DELAY = 30 * MINUTE;

export interface AttachmentDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly live: (connection: string) => Live | undefined;
  readonly bytes: number;
}

export async function fetchAttachments(deps: AttachmentDependencies): Promise<void> {
  for (;;) {
    const rows = await deps.store.read(() => dueAttachments(deps.clock.now(), BATCH));
    await Promise.all(rows.map((row) => fetchOne(deps, row)));
    if (rows.length < BATCH) return;
  }
}

async function fetchOne(deps: AttachmentDependencies, row: AttachmentRow): Promise<void> {
  const fetched = await bytesOf(deps, row);
  if (fetched.kind === 'file') return keep(deps, row, fetched.file);
  const attempts = row.attempts + 1;
  if (fetched.kind === 'expired' || attempts >= MOST_TRIES) {
    const state = fetched.kind === 'expired' ? 'expired' : 'failed';
    return deps.store.write(() => closeAttachment(row.id, state, fetched.why));
  }
  const dueAt = deps.clock.now() + Math.min(FIRST_DELAY * 2 ** row.attempts, LONGEST_DELAY);
  await deps.store.write(() => postponeAttachment(row.id, attempts, dueAt, fetched.why));
  deps.queue.wakeAt('attachments', dueAt);
}

/** From inside its envelope where it travels there, else from the platform. */
async function bytesOf(deps: AttachmentDependencies, row: AttachmentRow): Promise<Fetched> {
  const connected = row.connection_id === null ? undefined : deps.find(row.connection_id);
  if (connected === undefined || row.ref === null) {
    return { kind: 'expired', why: 'the connection it came by was removed' };
  }
  try {
    const inside = await fromEnvelope(deps, row);
    if (inside !== null) return { kind: 'file', file: inside };
    const live = deps.live(connected.id);
    if (live?.fetchAttachment === undefined) {
      return { kind: 'transient', why: 'the connection is not open' };
    }
    return await live.fetchAttachment(row.ref);
  } catch (error) {
    return { kind: 'transient', why: String(error).slice(0, 500) };
  }
}

async function fromEnvelope(
  { store, blobs, find }: AttachmentDependencies,
  row: AttachmentRow,
): Promise<FetchedFile | null> {
  const connector = row.connection_id === null ? undefined : find(row.connection_id)?.connector;
  if (connector?.attachment === undefined || row.envelope_id === null || row.ref === null) {
    return null;
  }
  const { envelope_id: id, ref } = row;
  const envelope = await store.read(() => envelopeById(id));
  return envelope === undefined
    ? null
    : connector.attachment(await envelopeOf(blobs, envelope), ref);
}

async function keep(
  { store, blobs, bytes }: AttachmentDependencies,
  row: AttachmentRow,
  file: FetchedFile,
): Promise<void> {
  if (file.bytes.length > bytes) {
    const why = `the file has ${file.bytes.length} bytes, at most ${bytes} are kept`;
    return store.write(() => closeAttachment(row.id, 'failed', why));
  }
  const sha256 = await blobs.put(file.bytes);
  const type = contentType(file.bytes);
  await store.write(() =>
    storeAttachment(row.id, { sha256, size: file.bytes.length, type, name: file.name }),
  );
}

/** By content, never by name: what is not recognised is shown as text or as bytes. */
export function contentType(bytes: Buffer): string {
  const [known] = filetypemime(bytes.subarray(0, 4_100));
  if (known !== undefined) return known;
  return isText(bytes.subarray(0, 4_096)) ? 'text/plain' : 'application/octet-stream';
}

function isText(head: Buffer): boolean {
  return !head.includes(0) && !head.toString('utf8').slice(0, -1).includes('\uFFFD');
}
