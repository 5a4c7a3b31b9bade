/**
 * Called by: normalise.
 * Given: envelopes, and what was read in each.
 * Leaves behind: in one transaction, drafts that are filed or wait for it; envelopes that are done, postponed or in quarantine.
 */
import type { FilingAtOnce, OpenAtOnce } from './at-once.js';
import type { Drafted } from './drafting.js';
import type { Draft } from '../model/draft.js';
import { SECOND, type Clock } from '../model/time.js';
import type { Notice } from '../ops/notices.js';
import { DraftState, insertDraft, type NewDraftState, type WaitingDraft } from '../store/drafts.js';
import {
  markEnvelopesDone,
  postponeEnvelope,
  quarantineEnvelope,
  remarkEnvelope,
  type EnvelopeRow,
} from '../store/envelopes.js';
import { StoreProblem, type Store } from '../store/store.js';
import type { Work } from '../store/work.js';

const MOST_TRIES = 5;

export interface KeepReadDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly notice: Notice;
  /** Absent: drafts wait for the file stage. */
  readonly atOnce?: OpenAtOnce | undefined;
}

export type Read = Drafted | { readonly kind: 'defect'; readonly why: string };

/** What a transaction changed: drafts that are new, and envelopes that went to quarantine. */
export interface Kept {
  readonly drafts: readonly WaitingDraft[];
  /** They have found their places already. */
  readonly filed: boolean;
  readonly setAside: readonly EnvelopeRow[];
}

/** One transaction for all, and for their filing where that may be; when one of them fails, in smaller steps. */
export async function keepRead(
  deps: KeepReadDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<Kept> {
  const { store, clock } = deps;
  const atOnce = (await deps.atOnce?.()) ?? null;
  const together = (filing: FilingAtOnce | null): Promise<Kept | null> =>
    store
      .write(() => keepBatch(rows, reads, clock.now(), filing))
      .catch((error: unknown) => goOnInSmallerSteps(deps, rows, error));
  return (
    (atOnce === null ? null : await together(atOnce)) ??
    (await together(null)) ??
    (await keepEach(deps, rows, reads))
  );
}

/** One of several was refused. A full disk, or a database that is away, is no fault of theirs. */
function goOnInSmallerSteps(
  { notice }: KeepReadDependencies,
  rows: readonly EnvelopeRow[],
  error: unknown,
): null {
  if (error instanceof StoreProblem) throw error;
  const connection = rows[0]?.connection_id ?? '';
  notice('a batch could not be kept in one go: it is kept in smaller steps', connection, {
    why: defectText(error),
  });
  return null;
}

/** Each has a transaction of its own. */
async function keepEach(
  { store, clock }: KeepReadDependencies,
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
): Promise<Kept> {
  const kept: Kept[] = [];
  for (const [i, row] of rows.entries()) {
    const one = store.write(() => keepBatch([row], reads.slice(i, i + 1), clock.now(), null));
    kept.push(
      await one.catch((error: unknown) => {
        if (error instanceof StoreProblem) throw error;
        const defect: Read = { kind: 'defect', why: defectText(error) };
        return store.write(() => keepBatch([row], [defect], clock.now(), null));
      }),
    );
  }
  return {
    drafts: kept.flatMap(({ drafts }) => drafts),
    filed: false,
    setAside: kept.flatMap(({ setAside }) => setAside),
  };
}

function* keepBatch(
  rows: readonly EnvelopeRow[],
  reads: readonly Read[],
  now: number,
  atOnce: FilingAtOnce | null,
): Work<Kept> {
  const count = reads.reduce(
    (sum, one) => sum + (one.kind === 'drafts' ? one.drafts.length : 0),
    0,
  );
  const filing = atOnce !== null && (yield* atOnce.may(count)) ? atOnce : null;
  const state = filing === null ? DraftState.pending : DraftState.filed;
  const done: number[] = [];
  const drafts: WaitingDraft[] = [];
  const setAside: EnvelopeRow[] = [];
  for (const [i, row] of rows.entries()) {
    const result = reads[i];
    if (result === undefined) continue;
    if (result.kind === 'drafts') yield* keepDrafts(row, result, state, drafts);
    const why = unreadable(row, result);
    if (why !== null) {
      if (yield* quarantineEnvelope(row, why)) setAside.push(row);
    } else if (result.kind === 'defect') {
      const attempts = row.attempts + 1;
      yield* postponeEnvelope(row, attempts, now + attempts * SECOND, result.why);
    } else done.push(row.id);
  }
  if (done.length > 0) yield* markEnvelopesDone(done);
  if (filing !== null) yield* filing.file(drafts);
  return { drafts, filed: filing !== null, setAside };
}

/** Why it goes to quarantine, or null. A defect of ours gets a few tries first, then it is its stack. */
function unreadable({ attempts }: EnvelopeRow, read: Read): string | null {
  if (read.kind === 'drafts') return read.quarantine;
  if (read.kind === 'unreadable') return read.why;
  return read.kind === 'defect' && attempts + 1 >= MOST_TRIES ? read.why : null;
}

/** Those that are new join `kept`. */
function* keepDrafts(
  row: EnvelopeRow,
  { drafts, remarks }: Extract<Read, { kind: 'drafts' }>,
  state: NewDraftState,
  kept: WaitingDraft[],
): Work<void> {
  for (const { draft, mapping } of drafts) {
    const made = `${mapping.name}@${mapping.version}#${mapping.hash}`;
    const id = yield* insertDraft(draft, row.id, made, state);
    if (id > 0) kept.push(fresh(id, row, draft));
  }
  if (remarks.length > 0) yield* remarkEnvelope(row.id, remarks);
}

function fresh(id: number, row: EnvelopeRow, draft: Draft): WaitingDraft {
  const namesAttachments = draft.attachments.length > 0;
  return { id, envelope_id: row.id, attempts: 0, draft: () => draft, namesAttachments };
}

export function defectText(error: unknown): string {
  const { stack, message } = error as Error;
  return `defect while reading: ${(stack ?? message).slice(0, 2_000)}`;
}
