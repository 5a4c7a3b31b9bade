/**
 * Called by: the one ordered writer (`in-order.ts`), inside its transaction.
 * Given: a draft, read.
 * Leaves behind: its message on a ticket, tickets merged, receipts settled; events without numbers yet.
 */
import { amend } from './amend.js';
import { fileMessage, type Filing } from './file-message.js';
import { keep } from './keep.js';
import { OPENING_KINDS } from '../model/draft.js';
import { DAY, HOUR, SECOND } from '../model/time.js';
import { fileEcho } from '../replies/echo.js';
import { fileReceipt } from '../replies/receipts.js';
import { parkDraft } from '../store/drafts.js';
import type { Work } from '../store/work.js';

/** How long a receipt, an echo or an edit waits for the message it is about. */
const PARKED_FOR = DAY;
/** It is looked at again after 5 s, later after half its age, an hour at most. */
const PARKED_LOOK = { first: 5 * SECOND, farthest: HOUR } as const;

/** True when the draft has found its place; false: it is parked. */
export function* fileDraft(filing: Filing): Work<boolean> {
  if (!OPENING_KINDS.has(filing.draft.kind)) {
    return (yield* fileOther(filing)) || (yield* park(filing));
  }
  yield* fileMessage(filing);
  return true;
}

/** Everything that opens no ticket; false: it is about something that is not here yet. */
function* fileOther(filing: Filing): Work<boolean> {
  const { draft, row, now, time, matching } = filing;
  if (draft.kind === 'receipt') return yield* fileReceipt(draft, now);
  if (draft.kind === 'echo') return yield* fileEcho(draft, row.id, time.at, now);
  if (draft.kind === 'edit' || draft.kind === 'recall') return yield* amend(draft, now, matching);
  yield* keep(filing);
  return true;
}

/** What waits longer than a day is about nothing of ours: it is kept as a draft and ends there. */
function* park({ row, draft, now }: Filing): Work<boolean> {
  const age = now - Date.parse(draft.receivedAt);
  if (age >= PARKED_FOR) return true;
  const wait = Math.min(Math.max(age / 2, PARKED_LOOK.first), PARKED_LOOK.farthest);
  yield* parkDraft(row.id, now + Math.round(wait));
  return false;
}
