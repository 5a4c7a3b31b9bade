import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { isRefusedCommand } from './imap.js';
import { MAX_MAIL_BYTES } from './settings.js';

/** Place and size of one mail, before its bytes are fetched. */
export interface MailFact {
  readonly uid: number;
  readonly size: number;
  /** Milliseconds UTC; null where the server gives no sensible one. */
  readonly arrivedAt: number | null;
}

export interface FetchedMail {
  readonly fact: MailFact;
  readonly bytes: Buffer;
  /** `whole`, or why only the header (or nothing) is here. */
  readonly state: 'whole' | 'oversize' | 'unreadable';
}

/** Header bytes kept of a mail that is not taken in whole. */
const HEADER_BYTES = 256 * 1024;

/** Sizes and times of these mails, by ascending UID. Mails expunged meanwhile are absent. */
export async function fetchFacts(client: ImapFlow, uids: readonly number[]): Promise<MailFact[]> {
  const wanted = new Set(uids);
  const found = await client.fetchAll(
    [...uids],
    { uid: true, size: true, internalDate: true },
    { uid: true },
  );
  const facts = new Map<number, MailFact>();
  for (const { uid, size, internalDate } of found) {
    if (wanted.has(uid)) facts.set(uid, { uid, size: size ?? 0, arrivedAt: timeOf(internalDate) });
  }
  return [...facts.values()].sort((a, b) => a.uid - b.uid);
}

function timeOf(date: Date | string | undefined): number | null {
  const time = date instanceof Date ? date.getTime() : Date.parse(date ?? '');
  return Number.isFinite(time) && time > 0 ? time : null;
}

/**
 * The bytes of these mails, in their order. A mail expunged meanwhile is left out; one that is too
 * large comes as its header; one that is still there but not handed out comes as `unreadable`, so
 * that it is seen and not lost.
 */
export async function fetchMails(
  client: ImapFlow,
  facts: readonly MailFact[],
): Promise<FetchedMail[]> {
  const small = facts.filter(({ size }) => size <= MAX_MAIL_BYTES);
  const sources = await fetchSources(
    client,
    small.map(({ uid }) => uid),
  );
  const lacking = small.filter(({ uid }) => !sources.has(uid)).map(({ uid }) => uid);
  const present = lacking.length === 0 ? [] : await stillThere(client, lacking);
  const mails: FetchedMail[] = [];
  for (const fact of facts) {
    const bytes = sources.get(fact.uid);
    if (bytes !== undefined && bytes.length <= MAX_MAIL_BYTES) {
      mails.push({ fact, bytes, state: 'whole' });
    } else if (bytes !== undefined || fact.size > MAX_MAIL_BYTES) {
      mails.push({ fact, bytes: await fetchHeader(client, fact.uid), state: 'oversize' });
    } else if (present.includes(fact.uid)) {
      mails.push(await fetchStubborn(client, fact));
    }
  }
  return mails;
}

/** One byte more than allowed is asked for, so that a mail larger than its stated size is noticed. */
const SOURCE = { uid: true, source: { start: 0, maxLength: MAX_MAIL_BYTES + 1 } } as const;

/** Missing in the answer: expunged, or refused by the server. One refused mail fails the whole command. */
async function fetchSources(
  client: ImapFlow,
  uids: readonly number[],
): Promise<Map<number, Buffer>> {
  if (uids.length === 0) return new Map();
  try {
    return sourcesOf(await client.fetchAll([...uids], SOURCE, { uid: true }));
  } catch (error) {
    if (!isRefusedCommand(error)) throw error;
  }
  const sources = new Map<number, Buffer>();
  for (const uid of uids) {
    const one = await unlessRefused(client.fetchAll([uid], SOURCE, { uid: true }));
    for (const [found, bytes] of sourcesOf(one ?? [])) sources.set(found, bytes);
  }
  return sources;
}

function sourcesOf(messages: readonly FetchMessageObject[]): Map<number, Buffer> {
  const sources = new Map<number, Buffer>();
  for (const { uid, source } of messages) {
    if (source !== undefined && source.length > 0) sources.set(uid, source);
  }
  return sources;
}

async function stillThere(client: ImapFlow, uids: readonly number[]): Promise<readonly number[]> {
  // NOOP first: a server may report an expunge only between commands.
  await client.noop();
  const found = await unlessRefused(client.search({ uid: uids.join(',') }, { uid: true }));
  return found === null || found === false || found === undefined ? [] : found;
}

/** A mail the server lists and left out of a batch: asked for once more, alone. */
async function fetchStubborn(client: ImapFlow, fact: MailFact): Promise<FetchedMail> {
  const sources = await fetchSources(client, [fact.uid]);
  const bytes = sources.get(fact.uid);
  if (bytes !== undefined) return { fact, bytes, state: 'whole' };
  return { fact, bytes: await fetchHeader(client, fact.uid), state: 'unreadable' };
}

/** Asked for as a part, since only parts can be bounded; it comes as `headers` all the same. */
async function fetchHeader(client: ImapFlow, uid: number): Promise<Buffer> {
  const part = { key: 'HEADER', start: 0, maxLength: HEADER_BYTES };
  const query = { uid: true, bodyParts: [part] };
  const found = await unlessRefused(client.fetchOne(String(uid), query, { uid: true }));
  return (found === null || found === false ? undefined : found?.headers) ?? Buffer.alloc(0);
}

async function unlessRefused<T>(command: Promise<T>): Promise<T | null> {
  try {
    return await command;
  } catch (error) {
    if (isRefusedCommand(error)) return null;
    throw error;
  }
}
