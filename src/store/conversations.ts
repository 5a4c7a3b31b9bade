import type { ReplyContext } from '../model/reply-context.js';
import { all, get, idList, insert, run, type Work } from './work.js';

export interface ConversationRow {
  readonly id: number;
  readonly connection_id: string;
  readonly key: string;
  readonly group_id: number;
  readonly channel: string;
  readonly handle: string;
  readonly name: string | null;
  readonly subject: string | null;
  readonly context: string;
  readonly person_id: number;
  readonly ticket_id: number | null;
  readonly last_in_at: number | null;
}

export type NewConversation = Omit<ConversationRow, 'id' | 'ticket_id' | 'last_in_at'>;

const COLUMNS =
  'id, connection_id, key, group_id, channel, handle, name, subject, context, person_id, ticket_id, last_in_at';

/**
 * Locked: messages of one conversation get their ids in the order of their commits, so that a reader
 * who resumes after an id misses nothing.
 */
export function* conversationByKey(
  connection: string,
  key: string,
): Work<ConversationRow | undefined> {
  return yield* get<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations WHERE connection_id = ? AND key = ? {lock}`,
    connection,
    key,
  );
}

/** As it is until this transaction commits. */
export function* lockConversation(id: number): Work<ConversationRow | undefined> {
  return yield* get<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations WHERE id = ? {lock}`,
    id,
  );
}

export function* conversationById(id: number): Work<ConversationRow | undefined> {
  return yield* get<ConversationRow>(`SELECT ${COLUMNS} FROM conversations WHERE id = ?`, id);
}

export type ConversationPlace = Pick<ConversationRow, 'id' | 'connection_id' | 'key'>;

export function* placesOfConversations(ids: readonly number[]): Work<readonly ConversationPlace[]> {
  return yield* all<ConversationPlace>(
    'SELECT id, connection_id, key FROM conversations WHERE id IN {ids}',
    idList(ids),
  );
}

/** The conversation on which this address spoke last; without a word from it, the youngest. */
export function* conversationOfHandle(
  connection: string,
  handle: string,
): Work<ConversationRow | undefined> {
  return yield* get<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations WHERE connection_id = ? AND handle = ?
     ORDER BY COALESCE(last_in_at, 0) DESC, id DESC LIMIT 1`,
    connection,
    handle,
  );
}

/** The youngest conversation with this address that we began (its key begins so) and nobody has answered. */
export function* unansweredConversation(
  connection: string,
  handle: string,
  ownKey: string,
): Work<ConversationRow | undefined> {
  return yield* get<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations
     WHERE connection_id = ? AND handle = ? AND last_in_at IS NULL AND key LIKE ? ORDER BY id DESC LIMIT 1 {lock}`,
    connection,
    handle,
    `${ownKey}%`,
  );
}

/** Its platform has named it. */
export function* setConversationKey(id: number, key: string): Work<void> {
  yield* run('UPDATE conversations SET key = ? WHERE id = ?', key, id);
}

export function* insertConversation(row: NewConversation): Work<number> {
  return yield* insert(
    `INSERT INTO conversations (connection_id, key, group_id, channel, handle, name, subject, context, person_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.connection_id,
    row.key,
    row.group_id,
    row.channel,
    row.handle,
    row.name,
    row.subject,
    row.context,
    row.person_id,
  );
}

/** What the newest inbound message leaves behind on its conversation. */
export function* touchConversation(
  id: number,
  ticket: number,
  context: string,
  lastInAt: number | null,
): Work<void> {
  yield* run(
    'UPDATE conversations SET ticket_id = ?, context = ?, last_in_at = ? WHERE id = ?',
    ticket,
    context,
    lastInAt,
    id,
  );
}

/** What a reply on it must carry. */
export function contextOf({ context }: Pick<ConversationRow, 'context'>): ReplyContext {
  return JSON.parse(context) as ReplyContext;
}

export function* setContext(id: number, context: ReplyContext): Work<void> {
  yield* run('UPDATE conversations SET context = ? WHERE id = ?', JSON.stringify(context), id);
}

export function* giveConversation(id: number, person: number): Work<void> {
  yield* run('UPDATE conversations SET person_id = ? WHERE id = ?', person, id);
}

/** Conversations of a root ticket and its members, the latest customer word first. */
export function* conversationsOfRoot(root: number): Work<readonly ConversationRow[]> {
  return yield* all<ConversationRow>(
    `SELECT ${COLUMNS} FROM conversations
     WHERE id IN (SELECT conversation_id FROM tickets WHERE id = ? OR root_id = ?)
     ORDER BY COALESCE(last_in_at, 0) DESC, id`,
    root,
    root,
  );
}
