import { followConversations } from './followers.js';
import type { DoorMessage, Doors } from '../sdk/treaty.js';
import type { Store } from '../store/store.js';
import { all, type Work } from '../store/work.js';
import type { Tail } from './tail.js';

interface DoorRow {
  readonly id: number;
  readonly direction: 'in' | 'out';
  readonly text: string;
  readonly at: number;
  readonly author_name: string | null;
  readonly draft: string | null;
  readonly part: string | null;
}

interface DoorLog {
  warn(sentence: string, fields: Readonly<Record<string, string>>): void;
}

/** What a `serve` connector may see of the core: its own conversations, never a note, never another's. */
export function createDoors(store: Store, tail: Tail, log: DoorLog): (connection: string) => Doors {
  const followers = followConversations(store, tail);
  return (connection) => ({
    history: (conversation, after, limit) =>
      store.read(() => history(connection, conversation, { after, limit })),
    subscribe: (key, changed) =>
      followers.follow(connection, key, changed, (error) => {
        log.warn('a door could not follow its conversation', { connection, why: String(error) });
        // Whoever listens reads the history, and so finds what was missed or that nothing can be read.
        changed();
      }),
  });
}

function* history(
  connection: string,
  key: string,
  { after, limit }: { after: number; limit: number },
): Work<readonly DoorMessage[]> {
  const rows = yield* all<DoorRow>(
    `SELECT m.id, m.direction, m.text, m.at, m.author_name, d.draft_id AS draft, p.key AS part FROM messages m
       JOIN conversations c ON c.id = m.conversation_id LEFT JOIN drafts d ON d.id = m.draft_id
       LEFT JOIN deliveries v ON v.message_id = m.id
       LEFT JOIN delivery_parts p ON p.delivery_id = v.id AND p.position = 0
     WHERE c.connection_id = ? AND c.key = ? AND m.direction IN ('in', 'out') AND m.id > ? ORDER BY m.id LIMIT ?`,
    connection,
    key,
    after,
    limit,
  );
  return rows.map(({ id, direction, text, at, author_name, draft, part }) => ({
    seq: id,
    id: part ?? draft ?? String(id),
    from: direction === 'in' ? 'customer' : 'desk',
    text,
    at,
    name: author_name,
    clientId: draft,
  }));
}
