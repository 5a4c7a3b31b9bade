/**
 * Called by: normalise, where this process alone writes and tickets are joined by the simple rule.
 * Given: drafts it makes in its own transaction.
 * Leaves behind: each of them filed or parked, as `in-order.ts` would leave it; one commit for both stages.
 *
 * By evidence a message costs too much to file it with others in one go: those wait for the file stage.
 */
import { fileDraft } from './file.js';
import type { InOrderDependencies } from './in-order.js';
import { isByEvidence } from './matching.js';
import { readTelling } from './telling.js';
import { draftsWait, type WaitingDraft } from '../store/drafts.js';
import { stillHolds } from '../store/leases.js';
import type { Work } from '../store/work.js';

/** As many as the file stage takes in one transaction: nobody else is served meanwhile. */
const MOST_AT_ONCE = 128;

/** Both run inside the transaction that makes the drafts. */
export interface FilingAtOnce {
  /** Asked before they are made. False: they are too many, others wait before them, or another process files. */
  may(drafts: number): Work<boolean>;
  /** Throws where one cannot be filed: nothing of the transaction is kept then. */
  file(drafts: readonly WaitingDraft[]): Work<void>;
}

/** Null: the file stage files. */
export type OpenAtOnce = () => Promise<FilingAtOnce | null>;

export function createAtOnce(deps: InOrderDependencies): OpenAtOnce | undefined {
  const { store, clock, matching, region, lease, crashpoint } = deps;
  if (store.dialect !== 'sqlite' || isByEvidence(matching)) return undefined;
  return async () => {
    const fence = await lease();
    if (fence === null) return null;
    return {
      *may(drafts) {
        if (drafts > MOST_AT_ONCE) return false;
        return (yield* stillHolds('filing', fence)) && !(yield* draftsWait(clock.now()));
      },
      *file(drafts) {
        crashpoint('file.claimed');
        const now = clock.now();
        for (const row of drafts) {
          yield* fileDraft({ ...readTelling(row, deps), matching, region, now });
        }
      },
    };
  };
}
