/**
 * Called by: the `file` stage; one ordered writer a database (lease + fence), in order of commit.
 * Given: drafts that wait.
 * Leaves behind: each of them filed, parked, or set aside with its reason; none of them lost.
 */
import { fileDraft, type FileDependencies } from './file.js';
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

export interface InOrderDependencies extends FileDependencies {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: {
    error(sentence: string, fields?: Readonly<Record<string, string | number>>): void;
  };
  readonly crashpoint: (name: string) => void;
  readonly atHand?: AtHand | undefined;
  /** Fence of the ordered writer's lease; null: somebody else writes. */
  readonly lease: () => Promise<number | null>;
}

/** Works off what is due; resolves when nothing is. */
export async function fileInOrder(deps: InOrderDependencies): Promise<void> {
  for (;;) {
    const fence = await deps.lease();
    if (fence === null) return;
    const rows = await deps.store.read(() => waitingDrafts(deps));
    if (rows.length === 0) return;
    deps.crashpoint('file.claimed');
    if (!(await fileBatch(deps, rows, fence))) return;
    deps.crashpoint('file.committed');
    deps.queue.ring('announce', rows.length);
    if (rows.some(({ namesAttachments }) => namesAttachments)) deps.queue.ring('attachments');
    if (rows.length < BATCH) return;
  }
}

function* waitingDrafts({ clock, atHand }: InOrderDependencies): Work<readonly WaitingDraft[]> {
  const now = clock.now();
  const fresh = yield* dueDrafts(now, BATCH, atHand?.drafts);
  if (fresh.length >= BATCH) return fresh;
  return [...fresh, ...(yield* dueParkedDrafts(now, BATCH - fresh.length))];
}

/**
 * One transaction for all; when one of them fails, each gets its own. False: the lease is gone.
 * A disk that is full or a database that is away is no draft's fault: all wait as they are.
 */
async function fileBatch(
  deps: InOrderDependencies,
  rows: readonly WaitingDraft[],
  fence: number,
): Promise<boolean> {
  try {
    return await deps.store.write(() => fileRows(deps, rows, fence));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    for (const row of rows) if (!(await fileAlone(deps, row, fence))) return false;
    return true;
  }
}

async function fileAlone(
  deps: InOrderDependencies,
  row: WaitingDraft,
  fence: number,
): Promise<boolean> {
  try {
    return await deps.store.write(() => fileRows(deps, [row], fence));
  } catch (error) {
    // A full disk is no fault of the draft: it waits, and loses none of its tries.
    if (error instanceof StoreProblem) throw error;
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
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
}

function* fileRows(
  deps: InOrderDependencies,
  rows: readonly WaitingDraft[],
  fence: number,
): Work<boolean> {
  if (!(yield* stillHolds('filing', fence))) return false;
  const filed: number[] = [];
  for (const row of rows) if (yield* fileDraft(deps, row)) filed.push(row.id);
  yield* markDraftsFiled(filed);
  return true;
}
