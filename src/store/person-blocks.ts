import { all, get, insert, run, type Work } from './work.js';

/** What an agent said of a person: that they are blocked, or no more. */
export interface PersonBlockRow {
  readonly id: number;
  /** The member of whom it was said. */
  readonly person_id: number;
  /** 1: blocked; 0: no more. */
  readonly blocked: number;
  readonly reason: string | null;
  readonly author: string;
  /** Milliseconds UTC. */
  readonly at: number;
}

const COLUMNS = 'id, person_id, blocked, reason, author, at';
const TREE = 'person_id IN (SELECT id FROM persons WHERE id = ? OR root_id = ?)';

export function* insertPersonBlock(row: Omit<PersonBlockRow, 'id'>): Work<number> {
  return yield* insert(
    'INSERT INTO person_blocks (person_id, blocked, reason, author, at) VALUES (?, ?, ?, ?, ?)',
    row.person_id,
    row.blocked,
    row.reason,
    row.author,
    row.at,
  );
}

/** The last word on this one member, whoever they are joined with. */
export function* lastBlockOf(person: number): Work<PersonBlockRow | undefined> {
  return yield* get<PersonBlockRow>(
    `SELECT ${COLUMNS} FROM person_blocks WHERE person_id = ? ORDER BY id DESC LIMIT 1`,
    person,
  );
}

/** What was said of a root and of everybody joined into it, the latest first. */
export function* blocksOf(root: number, limit: number): Work<readonly PersonBlockRow[]> {
  return yield* all<PersonBlockRow>(
    `SELECT ${COLUMNS} FROM person_blocks WHERE ${TREE} ORDER BY id DESC LIMIT ?`,
    root,
    root,
    limit,
  );
}

/** Writes anew whether a root is blocked, and everybody joined into it: the last word on any of them holds. */
export function* deriveBlocked(root: number): Work<void> {
  yield* run(
    `UPDATE persons SET blocked = COALESCE(
       (SELECT b.blocked FROM person_blocks b WHERE b.${TREE} ORDER BY b.id DESC LIMIT 1), 0)
     WHERE id = ? OR root_id = ?`,
    root,
    root,
    root,
    root,
  );
}
