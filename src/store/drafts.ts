import type { Draft } from '../model/draft.js';
import { bodyOf, draftOfBody } from './draft-body.js';
import type { JustWritten } from './just-written.js';
import { all, get, idList, insert, run, type Work } from './work.js';

/** `parked`: a receipt or echo whose delivery has not settled yet · `dead`: filing it failed for good. */
export const DraftState = { pending: 0, filed: 1, parked: 2, dead: 3 } as const;

export interface DraftRow {
  readonly id: number;
  readonly envelope_id: number | null;
  readonly connection_id: string;
  readonly draft_id: string;
  readonly kind: string;
  readonly about: string | null;
  readonly state: number;
  readonly body: string;
  readonly attempts: number;
  readonly due_at: number;
  readonly reason: string | null;
}

/** A new draft waits, or finds its place in the transaction that makes it. */
export type NewDraftState = typeof DraftState.pending | typeof DraftState.filed;

/**
 * Returns the id; 0 when the connection has a draft of this id already. `filed`: it finds its place in
 * this very transaction, and never waits.
 */
export function* insertDraft(
  draft: Draft,
  envelope: number | null,
  mapping: string | null,
  state: NewDraftState = DraftState.pending,
): Work<number> {
  return yield* insert(
    `INSERT INTO drafts (envelope_id, connection_id, draft_id, kind, about, state, body, mapping)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connection_id, draft_id) DO NOTHING`,
    envelope,
    draft.connection,
    draft.id,
    draft.kind,
    draft.about,
    state,
    bodyOf(draft),
    mapping,
  );
}

const COLUMNS =
  'id, envelope_id, connection_id, draft_id, kind, about, state, body, attempts, due_at, reason';

/** A draft on its way to its place. */
export interface WaitingDraft {
  readonly id: number;
  readonly envelope_id: number | null;
  readonly attempts: number;
  readonly draft: () => Draft;
  readonly namesAttachments: boolean;
}

export function* dueDrafts(
  now: number,
  limit: number,
  atHand: JustWritten<WaitingDraft> | undefined,
): Work<readonly WaitingDraft[]> {
  const due = yield* all<{ id: number }>(
    'SELECT id FROM drafts WHERE state = 0 AND due_at <= ? ORDER BY id LIMIT ?',
    now,
    limit,
  );
  if (atHand !== undefined) return yield* atHand.rowsOf(due, draftsByIds);
  return yield* draftsByIds(due.map(({ id }) => id));
}

/** Whether any draft is due: what is made now comes after it. */
export function* draftsWait(now: number): Work<boolean> {
  const sql = 'SELECT id FROM drafts WHERE state = 0 AND due_at <= ? ORDER BY id LIMIT 1';
  return (yield* get(sql, now)) !== undefined;
}

export function* draftsByIds(ids: readonly number[]): Work<readonly WaitingDraft[]> {
  const rows = yield* all<DraftRow>(
    `SELECT ${COLUMNS} FROM drafts WHERE id IN {ids} ORDER BY id`,
    idList(ids),
  );
  return rows.map(waiting);
}

/** Read when it is filed: one that cannot be read must not keep the others waiting. */
const waiting = ({ id, envelope_id, attempts, body }: DraftRow): WaitingDraft => ({
  id,
  envelope_id,
  attempts,
  draft: () => draftOfBody(body),
  // Only attachments have a `ref`; looking for it is cheaper than reading the draft once more.
  namesAttachments: body.includes('"ref":'),
});

export function* markDraftsFiled(ids: readonly number[]): Work<void> {
  yield* run('UPDATE drafts SET state = 1, reason = NULL WHERE id IN {ids}', idList(ids));
}

/** It waits for what it is about; looked at again at `dueAt` (milliseconds UTC) if nothing wakes it. */
export function* parkDraft(id: number, dueAt: number): Work<void> {
  yield* run('UPDATE drafts SET state = 2, due_at = ? WHERE id = ?', dueAt, id);
}

export function* dueParkedDrafts(now: number, limit: number): Work<readonly WaitingDraft[]> {
  const rows = yield* all<DraftRow>(
    `SELECT ${COLUMNS} FROM drafts WHERE state = 2 AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    now,
    limit,
  );
  return rows.map(waiting);
}

/** Something with this platform id or key of ours came to be: what waited for it is due. */
export function* unparkDrafts(
  connection: string,
  ids: readonly (string | null)[],
  now: number,
): Work<void> {
  for (const id of ids) {
    if (id === null) continue;
    yield* run(
      'UPDATE drafts SET due_at = ? WHERE connection_id = ? AND about = ? AND state = 2',
      now,
      connection,
      id,
    );
    yield* run(
      'UPDATE drafts SET due_at = ? WHERE connection_id = ? AND draft_id = ? AND state = 2',
      now,
      connection,
      id,
    );
  }
}

export function* postponeDraft(
  id: number,
  attempts: number,
  dueAt: number,
  reason: string,
): Work<void> {
  yield* run(
    'UPDATE drafts SET attempts = ?, due_at = ?, reason = ? WHERE id = ?',
    attempts,
    dueAt,
    reason,
    id,
  );
}

export function* buryDraft(id: number, reason: string): Work<void> {
  yield* run('UPDATE drafts SET state = 3, reason = ? WHERE id = ?', reason, id);
}

/** Its words are gone; that it came, and what it was about, stays. */
export function* redactDraft(id: number): Work<void> {
  const row = yield* draftById(id);
  if (row === undefined) return;
  const wordless = { ...draftOfBody(row.body), subject: null, text: '', html: null };
  yield* run('UPDATE drafts SET body = ? WHERE id = ?', bodyOf(wordless), id);
}

export function* reviveDrafts(): Work<number> {
  return yield* run('UPDATE drafts SET state = 0, attempts = 0, due_at = 0 WHERE state = 3');
}

export function* draftById(id: number): Work<DraftRow | undefined> {
  return yield* get<DraftRow>(`SELECT ${COLUMNS} FROM drafts WHERE id = ?`, id);
}

/** The row of a platform message, as edits, recalls and replies name it. */
export function* draftByPlatformId(
  connection: string,
  draftId: string,
): Work<DraftRow | undefined> {
  return yield* get<DraftRow>(
    `SELECT ${COLUMNS} FROM drafts WHERE connection_id = ? AND draft_id = ?`,
    connection,
    draftId,
  );
}
