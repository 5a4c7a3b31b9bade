import { all, type Work } from './work.js';

/** Every filed message by its platform id, with the root of its ticket, in the order of filing. */
export function* filedMessages(): Work<
  readonly { readonly id: string; readonly ticket: number }[]
> {
  return yield* all<{ id: string; ticket: number }>(
    `SELECT d.draft_id AS id, COALESCE(t.root_id, t.id) AS ticket
     FROM messages m JOIN drafts d ON d.id = m.draft_id JOIN tickets t ON t.id = m.ticket_id
     WHERE m.direction = 'in' ORDER BY m.id`,
  );
}

/** A question an agent would find: two tickets, each named by its first message. */
export interface QuestionRow {
  readonly a: string;
  readonly b: string;
  readonly score: string | null;
}

/** Questions about tickets that are not one by now, in the order they were asked. */
export function* openQuestions(): Work<readonly QuestionRow[]> {
  return yield* all<QuestionRow>(
    `WITH first AS (
       SELECT m.ticket_id, d.draft_id FROM messages m JOIN drafts d ON d.id = m.draft_id
       WHERE m.id IN (SELECT MIN(id) FROM messages WHERE direction = 'in' GROUP BY ticket_id))
     SELECT a.draft_id AS a, b.draft_id AS b, l.score
     FROM links l JOIN tickets o ON o.id = l.older JOIN tickets y ON y.id = l.younger
       JOIN first a ON a.ticket_id = l.older JOIN first b ON b.ticket_id = l.younger
     WHERE l.decision = 'possible' AND l.undone_at IS NULL
       AND COALESCE(o.root_id, o.id) <> COALESCE(y.root_id, y.id) ORDER BY l.id`,
  );
}

/** By ticket, merged or not: the platform id of the message that opened it. */
export function* firstMessages(): Work<ReadonlyMap<number, string>> {
  const rows = yield* all<{ ticket: number; id: string }>(
    `SELECT m.ticket_id AS ticket, d.draft_id AS id FROM messages m JOIN drafts d ON d.id = m.draft_id
     WHERE m.id IN (SELECT MIN(id) FROM messages WHERE direction = 'in' GROUP BY ticket_id)`,
  );
  return new Map(rows.map(({ ticket, id }) => [ticket, id]));
}
