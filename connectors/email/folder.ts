import type { ImapFlow, MailboxObject } from 'imapflow';
import { DAY } from '../../src/sdk/index.js';
import type { Arrival, Context, Emit } from '../../src/sdk/index.js';
import { formatCursor, readCursor } from './cursor.js';
import type { Cursor } from './cursor.js';
import { definition } from './definition.js';
import { fetchFacts, fetchMails } from './fetch.js';
import type { FetchedMail, MailFact } from './fetch.js';

/** Mails and bytes of one commit; one larger mail travels alone. */
export const BATCH = { mails: 50, bytes: 8 * 1024 * 1024 } as const;
/** How many mails are asked for their size at a time. */
const SLICE = 200;

export interface Folder {
  readonly path: string;
  readonly role: 'inbox' | 'sent';
  /** How far back the first read goes; 0 = from now on. */
  readonly historyDays: number;
}

export interface Reading {
  readonly client: ImapFlow;
  readonly context: Context;
  readonly emit: Emit;
  /** The latest committed cursors by folder; moved on with every commit. */
  readonly cursors: Map<string, string>;
}

/**
 * Reads what is new in one folder and commits it, batch by batch, with its cursor. \Seen plays no
 * part: people read mail too. The folder stays selected, read-only, so nothing is marked.
 */
export async function readFolder(reading: Reading, folder: Folder): Promise<void> {
  const box = await reading.client.mailboxOpen(folder.path, { readOnly: true });
  const now = reading.context.clock.now();
  const cursor = readCursor(reading.cursors.get(folder.path));
  if (cursor === null) return readFrom(reading, folder, box, firstDay(folder, now));
  if (cursor.uidValidity !== String(box.uidValidity)) {
    reading.context.log.warn('the mail server renumbered a folder; its recent mail is read again', {
      folder: folder.path,
    });
    const since = Math.min(cursor.time, now) - definition.policies.redelivery;
    return readFrom(reading, folder, box, since);
  }
  // Servers may leave UIDNEXT out; then only a search knows.
  if (box.uidNext > 0 && box.uidNext <= cursor.uid + 1) return;
  const uids = await search(reading.client, { uid: `${cursor.uid + 1}:*` });
  // `n:*` names the newest mail even when its UID is below n.
  const fresh = uids.filter((uid) => uid > cursor.uid);
  await readUids(reading, { folder, box, from: cursor, end: cursor.uid }, fresh);
}

function firstDay(folder: Folder, now: number): number | null {
  return folder.historyDays === 0 ? null : now - folder.historyDays * DAY;
}

/** Reads mail that arrived since a time (null: none), and leaves the cursor behind everything there is. */
async function readFrom(
  reading: Reading,
  folder: Folder,
  box: MailboxObject,
  since: number | null,
): Promise<void> {
  const last = await lastUid(reading.client, box);
  const time = since ?? reading.context.clock.now();
  const from = { uidValidity: String(box.uidValidity), uid: 0, time };
  // SINCE compares dates without times, in the server's own zone.
  const uids = since === null ? [] : await search(reading.client, { since: new Date(since - DAY) });
  await readUids(reading, { folder, box, from, end: last }, uids);
}

async function lastUid(client: ImapFlow, box: MailboxObject): Promise<number> {
  if (box.uidNext > 0) return box.uidNext - 1;
  return (await search(client, { uid: '*' })).at(-1) ?? 0;
}

async function search(
  client: ImapFlow,
  query: { readonly uid: string } | { readonly since: Date },
): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  return found === undefined || found === false ? [] : found.sort((a, b) => a - b);
}

interface Span {
  readonly folder: Folder;
  readonly box: MailboxObject;
  readonly from: Cursor;
  /** Where the cursor stands at least when all is read. */
  readonly end: number;
}

async function readUids(reading: Reading, span: Span, uids: readonly number[]): Promise<void> {
  let { time } = span.from;
  for (let start = 0; start < uids.length; start += SLICE) {
    const facts = await fetchFacts(reading.client, uids.slice(start, start + SLICE));
    for (const group of groups(facts)) {
      const mails = await fetchMails(reading.client, group);
      time = Math.max(time, ...group.map(({ arrivedAt }) => arrivedAt ?? 0));
      await commit(reading, span, { mails, uid: group.at(-1)?.uid ?? 0, time });
    }
  }
  const uid = Math.max(span.end, uids.at(-1) ?? 0);
  await commit(reading, span, { mails: [], uid, time });
}

/** Batches in order, each within {@link BATCH}. */
function groups(facts: readonly MailFact[]): MailFact[][] {
  const all: MailFact[][] = [];
  let bytes = 0;
  for (const fact of facts) {
    const group = all.at(-1);
    const full =
      group === undefined || group.length >= BATCH.mails || bytes + fact.size > BATCH.bytes;
    if (full) {
      all.push([fact]);
      bytes = fact.size;
    } else {
      group.push(fact);
      bytes += fact.size;
    }
  }
  return all;
}

interface Batch {
  readonly mails: readonly FetchedMail[];
  readonly uid: number;
  readonly time: number;
}

async function commit(reading: Reading, span: Span, batch: Batch): Promise<void> {
  const { folder, box } = span;
  const now = reading.context.clock.now();
  const uidValidity = String(box.uidValidity);
  const cursor = formatCursor({ uidValidity, uid: batch.uid, time: Math.min(batch.time, now) });
  if (batch.mails.length === 0 && reading.cursors.get(folder.path) === cursor) return;
  const arrivals = batch.mails.map((mail) => arrivalOf(folder, uidValidity, mail, now));
  try {
    await reading.emit(arrivals, { [folder.path]: cursor });
  } catch (error) {
    // Not the mailbox's trouble: what was not stored is read again from the last cursor.
    throw new Error('the mail that was read could not be stored', { cause: error });
  }
  reading.cursors.set(folder.path, cursor);
}

function arrivalOf(folder: Folder, uidValidity: string, mail: FetchedMail, now: number): Arrival {
  const { uid, size, arrivedAt } = mail.fact;
  return {
    key: `${folder.path}/${uidValidity}/${uid}`,
    body: mail.bytes,
    type: 'message/rfc822',
    notes: {
      role: folder.role,
      folder: folder.path,
      uidvalidity: uidValidity,
      uid: String(uid),
      ...(mail.state === 'oversize' ? { oversize: String(size) } : {}),
      ...(mail.state === 'unreadable'
        ? { unreadable: 'the mail server does not hand it out' }
        : {}),
    },
    query: '',
    ...(arrivedAt === null ? {} : { receivedAt: Math.min(arrivedAt, now) }),
  };
}
