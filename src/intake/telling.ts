/**
 * Called by: file, before it writes.
 * Given: drafts that wait.
 * Leaves behind: nothing; each draft read, with the time it counts from and what it says as matching sees it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Heard } from './complaint.js';
import type { FindConnection } from './connected.js';
import { isByEvidence, type Matching, type MatchingBy } from './matching.js';
import { factsOf, type Said } from '../matching/facts.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import type { Region } from '../model/phone.js';
import { DAY, effectiveTime, type EffectiveTime } from '../model/time.js';
import type { WaitingDraft } from '../store/drafts.js';

/** The event loop is given back after this long, milliseconds: with the commit behind it, 8 at most. */
export const SLICE_MS = 5;

/** One draft, read. */
export interface Telling {
  readonly row: WaitingDraft;
  readonly draft: Draft;
  /** Null where the connection is not open here, or gone: its row says so. */
  readonly group: number | null;
  readonly threadless: boolean;
  readonly time: EffectiveTime;
  /** Null where there is nothing to match: a receipt, an echo, an automatic mail. */
  readonly heard: Heard | null;
}

export interface Reading {
  readonly find: FindConnection;
  readonly matching: MatchingBy;
  /** Whose phone numbers are meant where no country is named. */
  readonly region: Region;
  readonly log: {
    error(sentence: string, fields?: Readonly<Record<string, string | number>>): void;
  };
}

/** A draft that waits; `telling` null: it could not be read, which must not keep the others waiting. */
export interface Waiting {
  readonly row: WaitingDraft;
  readonly telling: Telling | null;
}

/** Reads drafts in slices, so that a batch of long letters holds nobody up. */
export async function readTellings(
  rows: readonly WaitingDraft[],
  reading: Reading,
): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = [];
  let began = performance.now();
  for (const row of rows) {
    waiting.push({ row, telling: readOrNull(row, reading) });
    if (performance.now() - began < SLICE_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return waiting;
}

function readOrNull(row: WaitingDraft, reading: Reading): Telling | null {
  try {
    return readTelling(row, reading);
  } catch {
    return null;
  }
}

/** Throws where the draft is unreadable. */
export function readTelling(row: WaitingDraft, reading: Reading): Telling {
  const draft = row.draft();
  const connected = reading.find(draft.connection);
  const { redelivery: window = DAY, threadless = false } =
    connected?.connector.definition.policies ?? {};
  const sentAt = draft.sentAt === null ? null : Date.parse(draft.sentAt);
  const received = Date.parse(draft.receivedAt);
  const time = draft.historic
    ? { at: sentAt ?? received, corrected: false }
    : effectiveTime(sentAt, received, window);
  const { matching } = reading;
  const heard =
    isByEvidence(matching) && OPENING_KINDS.has(draft.kind)
      ? hear(saidIn(draft, time.at), { ...reading, matching })
      : null;
  return { row, draft, group: connected?.group ?? null, threadless, time, heard };
}

/** A draft as matching sees it. Its senders' addresses are as they came; identify brings them into one form. */
export function saidIn(draft: Draft, at: number): Said {
  const { text, subject, fields, sender, channel, connection, visibility, locale } = draft;
  return {
    ...{ text, subject, fields, at, channel, connection, visibility, locale },
    ...{ name: sender.name, identities: sender.identities },
    photos: draft.attachments.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256])),
  };
}

/** A defect in matching costs a message its matching, never its place: null, and it is logged. */
export function hear(
  said: Said,
  { matching, log }: Pick<Reading, 'log'> & { readonly matching: Matching },
): Heard | null {
  try {
    return { facts: factsOf(said, matching.rules), identities: said.identities };
  } catch (error) {
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
    log.error('a message cannot be read for matching and is filed without', { why });
    return null;
  }
}
