/**
 * Called by: the `file` stage; one ordered writer a database (lease + fence), in order of commit.
 * Given: drafts that wait.
 * Leaves behind: each of them filed, parked, or set aside with its reason; none of them lost.
 */
import { fileDraft } from './file.js';
import { isByEvidence } from './matching.js';
import { retell } from './retell.js';
import { readTelling, readTellings, SLICE_MS, type Reading, type Waiting } from './telling.js';
import { SECOND, type Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import {
  buryDraft,
  dueDrafts,
  dueParkedDrafts,
  markDraftsFiled,
  postponeDraft,
  type WaitingDraft,
} from '../store/drafts.js';
import type { AtHand } from '../store/at-hand.js';
import { stillHolds } from '../store/leases.js';
import { StoreProblem, type Store } from '../store/store.js';
import type { Work } from '../store/work.js';

const BATCH = 128;
const MOST_TRIES = 5;

export interface InOrderDependencies extends Reading {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly crashpoint: (name: string) => void;
  readonly atHand?: AtHand | undefined;
  /** Fence of the ordered writer's lease; null: somebody else writes. */
  readonly lease: () => Promise<number | null>;
}

/** Works off what is due, first new drafts, then tickets whose words changed; resolves when nothing is. */
export async function fileInOrder(deps: InOrderDependencies): Promise<void> {
  for (;;) {
    const fence = await deps.lease();
    if (fence === null) return;
    const rows = await deps.store.read(() => waitingDrafts(deps));
    if (rows.length === 0) return matchAgain(deps, fence);
    deps.crashpoint('file.claimed');
    if (!(await fileBatch(deps, rows, fence))) return;
    deps.crashpoint('file.committed');
    deps.queue.ring('announce', rows.length);
    if (rows.some(({ namesAttachments }) => namesAttachments)) deps.queue.ring('attachments');
    if (rows.length < BATCH) return matchAgain(deps, fence);
  }
}

async function matchAgain(deps: InOrderDependencies, fence: number): Promise<void> {
  const { matching } = deps;
  if (isByEvidence(matching)) await retell({ ...deps, matching }, fence);
}

function* waitingDrafts({ clock, atHand }: InOrderDependencies): Work<readonly WaitingDraft[]> {
  const now = clock.now();
  const fresh = yield* dueDrafts(now, BATCH, atHand?.drafts);
  if (fresh.length >= BATCH) return fresh;
  return [...fresh, ...(yield* dueParkedDrafts(now, BATCH - fresh.length))];
}

/** Read first, then written in transactions that each hold the event loop for one slice. False: the lease is gone. */
async function fileBatch(
  deps: InOrderDependencies,
  rows: readonly WaitingDraft[],
  fence: number,
): Promise<boolean> {
  let waiting = await readTellings(rows, deps);
  while (waiting.length > 0) {
    const done = await fileSlice(deps, waiting, fence);
    if (done === null) return false;
    waiting = waiting.slice(done);
  }
  return true;
}

/**
 * How many were worked off; when one of them fails, each gets a transaction of its own. Null: the
 * lease is gone. A disk that is full or a database that is away is no draft's fault: all wait as
 * they are.
 */
async function fileSlice(
  deps: InOrderDependencies,
  waiting: readonly Waiting[],
  fence: number,
): Promise<number | null> {
  try {
    return await deps.store.write(() => fileTellings(deps, waiting, fence));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    for (const one of waiting) if (!(await fileAlone(deps, one, fence))) return null;
    return waiting.length;
  }
}

/** False: the lease is gone. */
async function fileAlone(
  deps: InOrderDependencies,
  waiting: Waiting,
  fence: number,
): Promise<boolean> {
  const { row, telling } = waiting;
  const failure = await tryAlone(deps, waiting, fence);
  if (typeof failure === 'boolean') return failure;
  if (telling === null || telling.heard === null) return setBack(deps, row, failure.why);
  // A defect in matching costs a message its matching, never its place.
  const unmatched = { row, telling: { ...telling, heard: null } };
  const again = await tryAlone(deps, unmatched, fence);
  if (typeof again !== 'boolean') return setBack(deps, row, again.why);
  const { why } = failure;
  deps.log.error('a message cannot be matched and is filed without', { draft: row.id, why });
  return again;
}

/** Whether the lease is still held, or why the draft could not be filed: nothing of it was kept. */
async function tryAlone(
  deps: InOrderDependencies,
  waiting: Waiting,
  fence: number,
): Promise<boolean | { readonly why: string }> {
  try {
    return (await deps.store.write(() => fileTellings(deps, [waiting], fence))) !== null;
  } catch (error) {
    // A full disk is no fault of the draft: it waits, and loses none of its tries.
    if (error instanceof StoreProblem) throw error;
    return { why: String((error as Error).stack ?? error).slice(0, 2_000) };
  }
}

/** It is tried again later, or set aside. */
async function setBack(deps: InOrderDependencies, row: WaitingDraft, why: string): Promise<true> {
  const attempts = row.attempts + 1;
  const last = attempts >= MOST_TRIES;
  await deps.store.write(() =>
    last
      ? buryDraft(row.id, why)
      : postponeDraft(row.id, attempts, deps.clock.now() + attempts * SECOND, why),
  );
  if (last) deps.log.error('a draft cannot be filed and is set aside', { draft: row.id, why });
  return true;
}

/**
 * On the embedded database comparing stops when its slice is over; on a server others run between its
 * statements. The simple rule costs too little to be sliced: a slice more is a flush to the disk more.
 */
function* fileTellings(
  deps: InOrderDependencies,
  waiting: readonly Waiting[],
  fence: number,
): Work<number | null> {
  if (!(yield* stillHolds('filing', fence))) return null;
  const { store, clock, matching, region } = deps;
  const sliced = store.dialect === 'sqlite' && isByEvidence(matching);
  const end = sliced ? performance.now() + SLICE_MS : Infinity;
  const filed: number[] = [];
  let done = 0;
  for (const { row, telling } of waiting) {
    // What could not be read fails here, in a transaction of its own.
    const read = telling ?? readTelling(row, deps);
    if (yield* fileDraft({ ...read, matching, region, now: clock.now() })) filed.push(row.id);
    done += 1;
    if (performance.now() > end) break;
  }
  yield* markDraftsFiled(filed);
  return done;
}
