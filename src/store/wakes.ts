import { all, run, type Work } from './work.js';

/** A hint for the pump of a connection, which another process may hold. Of several the latest counts. */
export interface WakeRow {
  readonly connection_id: string;
  readonly hint: string;
}

export function* leaveWake(connection: string, hint: string): Work<void> {
  yield* run(
    'INSERT INTO wakes (connection_id, hint) VALUES (?, ?) ON CONFLICT (connection_id) DO UPDATE SET hint = excluded.hint',
    connection,
    hint,
  );
}

export function* waitingWakes(): Work<readonly WakeRow[]> {
  return yield* all<WakeRow>('SELECT connection_id, hint FROM wakes');
}

/** False when somebody else has taken it, or a later hint came. */
export function* takeWake({ connection_id, hint }: WakeRow): Work<boolean> {
  const taken = yield* run(
    'DELETE FROM wakes WHERE connection_id = ? AND hint = ?',
    connection_id,
    hint,
  );
  return taken > 0;
}
