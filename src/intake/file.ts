/**
 * Called by: the one ordered writer (`in-order.ts`), inside its transaction.
 * Given: a draft, read.
 * Leaves behind: its message on a ticket, tickets merged, receipts settled; events without numbers yet.
 */
import { amend } from './amend.js';
import { fileMessage, type Filing } from './file-message.js';
import { keep } from './keep.js';
import { OPENING_KINDS, type Draft } from '../model/draft.js';
import { DAY, HOUR, SECOND } from '../model/time.js';
import { fileEcho } from '../replies/echo.js';
import { fileReceipt } from '../replies/receipts.js';
import { connectionById, ensureGroup } from '../store/connections.js';
import { parkDraft } from '../store/drafts.js';
import type { Work } from '../store/work.js';

/** How long a receipt, an echo or an edit waits for the message it is about. */
const PARKED_FOR = DAY;
/** It is looked at again after 5 s, later after half its age, an hour at most. */
const PARKED_LOOK = { first: 5 * SECOND, farthest: HOUR } as const;

/** One whose connection is not open here, or gone, does not say whose it is. */
export type ToFile = Omit<Filing, 'group'> & { readonly group: number | null };

/** True when the draft has found its place; false: it is parked. */
export function* fileDraft(toFile: ToFile): Work<boolean> {
  const group = toFile.group ?? (yield* groupOf(toFile.draft));
  const filing: Filing = { ...toFile, group };
  if (!OPENING_KINDS.has(filing.draft.kind)) {
    return (yield* fileOther(filing)) || (yield* park(filing));
  }
  yield* fileMessage(filing);
  return true;
}

/** What came by a connection that was removed since is its brand's all the same. */
function* groupOf({ connection }: Draft): Work<number> {
  return (yield* connectionById(connection))?.group_id ?? (yield* ensureGroup('default'));
}

/** Everything that opens no ticket; false: it is about something that is not here yet. */
function* fileOther(filing: Filing): Work<boolean> {
  const { draft, row, now, time } = filing;
  if (draft.kind === 'receipt') return yield* fileReceipt(draft, now);
  if (draft.kind === 'echo') return yield* fileEcho(draft, row.id, time.at, now);
  if (draft.kind === 'edit' || draft.kind === 'recall') return yield* amend(filing);
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
