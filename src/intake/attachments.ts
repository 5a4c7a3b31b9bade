/**
 * Called by: the `attachments` stage, after filing.
 * Given: attachments that are named but not here.
 * Leaves behind: bytes in the blob store, typed by their content, and by evidence a ticket with a new picture
 * due to be matched again; or `expired` or `failed` with the reason.
 */
import { filetypemime } from 'magic-bytes.js';
import type { Apart, FileRead } from './apart.js';
import type { FindConnection } from './connected.js';
import { isByEvidence, type MatchingBy } from './matching.js';
import { envelopeOf } from './normalise.js';
import { MINUTE, SECOND, type Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import type { Fetched, FetchedFile, Live } from '../sdk/treaty.js';
import type { Blobs } from '../store/blobs.js';
import { envelopeById } from '../store/envelopes.js';
import {
  claimAttachments,
  closeAttachment,
  messageById,
  postponeAttachment,
  storeAttachment,
  type AttachmentRow,
} from '../store/messages.js';
import type { Store } from '../store/store.js';
import { tellAgain } from '../store/tellings.js';
import type { Work } from '../store/work.js';

const BATCH = 16;
const MOST_TRIES = 8;
const FIRST_DELAY = 2 * SECOND;
const LONGEST_DELAY = 30 * MINUTE;
const CLOSED_DELAY = MINUTE;
/** Beyond the time of a fetch: what waits for its turn is still this process's. */
const LEASE_MS = 3 * MINUTE;

export interface AttachmentDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly find: FindConnection;
  readonly live: (connection: string) => Live | undefined;
  readonly apart: Pick<Apart, 'attachmentOf'>;
  readonly matching: MatchingBy;
  /** The largest that is kept. */
  readonly bytes: number;
  /** How long one fetch may take, milliseconds. */
  readonly timeout: number;
}

/** `closed`: its connection is not open; that says nothing about the file. `unreadable`: looking again finds the same. */
type Tried = Fetched | { readonly kind: 'closed' } | { readonly kind: 'unreadable'; why: string };

export async function fetchAttachments(deps: AttachmentDependencies): Promise<void> {
  const inside = oneAtATime();
  for (;;) {
    const now = deps.clock.now();
    const until = now + deps.timeout + LEASE_MS;
    const rows = await deps.store.write(() => claimAttachments(now, until, BATCH));
    await Promise.all(rows.map((row) => fetchOne(deps, row, inside)));
    if (rows.length < BATCH) return;
  }
}

type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

/** Envelopes are large: they are in memory one after the other. */
function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}

async function fetchOne(
  deps: AttachmentDependencies,
  row: AttachmentRow,
  inside: InTurn,
): Promise<void> {
  const fetched = await bytesOf(deps, row, inside);
  if (fetched.kind === 'file') return keep(deps, row, fetched.file);
  if (fetched.kind === 'closed') {
    return postpone(deps, row, row.attempts, 'the connection is not open');
  }
  const attempts = row.attempts + 1;
  if (fetched.kind !== 'transient' || attempts >= MOST_TRIES) {
    const state = fetched.kind === 'expired' ? 'expired' : 'failed';
    return deps.store.write(() => closeAttachment(row.id, state, fetched.why));
  }
  await postpone(deps, row, attempts, fetched.why);
}

async function postpone(
  { store, clock, queue }: AttachmentDependencies,
  { id, attempts: before }: AttachmentRow,
  attempts: number,
  why: string,
): Promise<void> {
  const pause = attempts === before ? CLOSED_DELAY : FIRST_DELAY * 2 ** before;
  const dueAt = clock.now() + Math.min(pause, LONGEST_DELAY);
  await store.write(() => postponeAttachment(id, attempts, dueAt, why));
  queue.wakeAt('attachments', dueAt);
}

/** From inside its envelope where it travels there, else from the platform. */
async function bytesOf(
  deps: AttachmentDependencies,
  row: AttachmentRow,
  inTurn: InTurn,
): Promise<Tried> {
  const connected = row.connection_id === null ? undefined : deps.find(row.connection_id);
  if (connected === undefined || row.ref === null) {
    return { kind: 'expired', why: 'the connection it came by was removed' };
  }
  try {
    const inside = await inTurn(() => fromEnvelope(deps, row));
    if (inside !== null) return 'kind' in inside ? inside : { kind: 'file', file: inside };
    const live = deps.live(connected.id);
    if (live === undefined) return { kind: 'closed' };
    if (live.fetchAttachment === undefined) {
      return { kind: 'expired', why: 'it is not in its message, and the platform keeps no files' };
    }
    return await within(deps.timeout, live.fetchAttachment(row.ref));
  } catch (error) {
    return { kind: 'transient', why: String(error).slice(0, 500) };
  }
}

async function within(milliseconds: number, fetching: Promise<Fetched>): Promise<Fetched> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Fetched>((resolve) => {
    const why = `it did not come within ${milliseconds} ms`;
    timer = setTimeout(resolve, milliseconds, { kind: 'transient', why });
  });
  try {
    return await Promise.race([fetching, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function fromEnvelope(
  { store, blobs, find, apart }: AttachmentDependencies,
  row: AttachmentRow,
): Promise<FileRead> {
  const connector = row.connection_id === null ? undefined : find(row.connection_id)?.connector;
  if (connector?.attachment === undefined || row.envelope_id === null || row.ref === null) {
    return null;
  }
  const { envelope_id: id, ref } = row;
  const stored = await store.read(() => envelopeById(id));
  if (stored === undefined) return null;
  const envelope = await envelopeOf(blobs, stored);
  const { name, decoding } = connector.definition;
  // What is read apart for its drafts is no better for its files.
  return decoding === 'apart'
    ? apart.attachmentOf(name, envelope, ref)
    : connector.attachment(envelope, ref);
}

async function keep(
  { store, blobs, bytes, queue, matching }: AttachmentDependencies,
  row: AttachmentRow,
  file: FetchedFile,
): Promise<void> {
  if (file.bytes.length > bytes) {
    const why = `the file has ${file.bytes.length} bytes, at most ${bytes} are kept`;
    return store.write(() => closeAttachment(row.id, 'failed', why));
  }
  const sha256 = await blobs.put(file.bytes);
  const type = contentType(file.bytes);
  const kept = { sha256, size: file.bytes.length, type, name: file.name };
  const tells = isByEvidence(matching) && isPicture(type);
  await store.write(function* () {
    yield* storeAttachment(row.id, kept);
    if (tells && row.message_id !== null) yield* tellPicture(row.message_id);
  });
  if (tells) queue.ring('file');
}

/** A picture says something: the ticket it came to is matched again, since the same one may stand on another. */
function* tellPicture(message: number): Work<void> {
  const row = yield* messageById(message);
  if (row !== undefined) yield* tellAgain(row.ticket_id);
}

const isPicture = (type: string): boolean => /^(?:image|video)\//.test(type);

/** By content, never by name: what is not recognised is shown as text or as bytes. */
export function contentType(bytes: Buffer): string {
  const [known] = filetypemime(bytes.subarray(0, 4_100));
  if (known !== undefined) return known;
  return isText(bytes.subarray(0, 4_096)) ? 'text/plain' : 'application/octet-stream';
}

function isText(head: Buffer): boolean {
  return !head.includes(0) && !head.toString('utf8').slice(0, -1).includes('\uFFFD');
}
