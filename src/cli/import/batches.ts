import type { Kept, Operations, RawMail } from '../data/operations.js';
import { MAX_LINE_BYTES } from './split-jsonl.js';
import { MAX_MAIL_BYTES } from './split-mbox.js';
import type { Piece } from './piece.js';
import { readJson } from '../../model/json.js';
import { usage } from '../shell.js';

const BATCH_PIECES = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

export interface Settled {
  readonly piece: Piece;
  readonly kept: Kept;
}

export interface Batch {
  readonly items: readonly Settled[];
  /** Bytes of the file that are done. */
  readonly end: number;
}

export async function* draftBatches(
  pieces: AsyncIterable<Piece>,
  operations: Operations,
  connection: string | null,
): AsyncGenerator<Batch> {
  let isFirst = true;
  for await (const group of groupsOf(pieces)) {
    const read = group.filter(({ bytes }) => !isBlank(bytes)).map(readPiece);
    const drafts = read.flatMap((one) => ('value' in one ? [one.value] : []));
    if (isFirst && connection === null) await mustBeSomebodys(drafts, operations);
    isFirst = false;
    const kept = drafts.length === 0 ? [] : await operations.keepDrafts({ connection, drafts });
    yield { items: withAnswers(read, kept), end: group.at(-1)?.end ?? 0 };
  }
}

/** Where it begins with drafts of nobody it is meant for one connection: said once, not of each line. */
async function mustBeSomebodys(drafts: readonly unknown[], operations: Operations): Promise<void> {
  const isNobodys = (draft: unknown): boolean =>
    typeof draft === 'object' && draft !== null && !('connection' in draft);
  if (drafts.length === 0 || !drafts.every(isNobodys)) return;
  const ids = (await operations.listConnections()).map(({ id }) => id);
  const some = ids.slice(0, MOST_IDS).join(', ') + (ids.length > MOST_IDS ? ', …' : '');
  const known =
    ids.length === 0 ? 'there is none yet: connections add --help' : `there are: ${some}`;
  throw usage(
    `nothing imported: its drafts name no connection, so say whose they are with --connection (${known})`,
  );
}

/** Of connections there are, so many are named; `connections list` has them all. */
const MOST_IDS = 10;

export async function* mailBatches(
  pieces: AsyncIterable<Piece>,
  operations: Operations,
  connection: string,
): AsyncGenerator<Batch> {
  for await (const group of groupsOf(pieces)) {
    const read = group.map(readMail);
    const mails = read.flatMap((one) => ('value' in one ? [one.value] : []));
    const kept = mails.length === 0 ? [] : await operations.keepMails({ connection, mails });
    yield { items: withAnswers(read, kept), end: group.at(-1)?.end ?? 0 };
  }
}

type Read<T> =
  { readonly piece: Piece; readonly value: T } | { readonly piece: Piece; readonly why: string };

function readPiece(piece: Piece): Read<unknown> {
  if (piece.bytes === null) return { piece, why: `longer than ${MAX_LINE_BYTES} bytes` };
  const parsed = readJson(piece.bytes);
  return parsed.ok ? { piece, value: parsed.value } : { piece, why: parsed.why };
}

function readMail(piece: Piece): Read<RawMail> {
  const { bytes, receivedAt } = piece;
  if (bytes === null) return { piece, why: `a mail larger than ${MAX_MAIL_BYTES} bytes` };
  if (bytes.length === 0) return { piece, why: 'an empty mail' };
  return { piece, value: { base64: bytes.toString('base64'), receivedAt } };
}

/** The answers come in the order of what could be read. */
function withAnswers(read: readonly Read<unknown>[], kept: readonly Kept[]): readonly Settled[] {
  const answers = kept.values();
  return read.map((one): Settled => {
    const { piece } = one;
    if ('why' in one) return { piece, kept: { kind: 'refused', why: one.why } };
    const answer = answers.next();
    if (answer.done === true) throw new Error('fewer answers than drafts came back');
    return { piece, kept: answer.value };
  });
}

async function* groupsOf(pieces: AsyncIterable<Piece>): AsyncGenerator<readonly Piece[]> {
  let group: Piece[] = [];
  let size = 0;
  for await (const piece of pieces) {
    group.push(piece);
    size += piece.bytes?.length ?? 0;
    if (group.length < BATCH_PIECES && size < BATCH_BYTES) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}

function isBlank(bytes: Buffer | null): boolean {
  return bytes !== null && bytes.every((byte) => byte === 10 || byte === 13 || byte === 32);
}
