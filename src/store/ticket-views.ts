import type { ConversationRow } from './conversations.js';
import type { HandleRow } from './persons.js';
import type { TicketRow } from './tickets.js';
import { all, get, idList, type Work } from './work.js';

/** What a list asks for; absent: any. Times in milliseconds UTC. */
export interface TicketFilter {
  readonly statuses: readonly string[];
  readonly channel: string | null;
  /** Empty text: nobody. */
  readonly assignee: string | null;
  readonly priority: string | null;
  readonly since: number | null;
  readonly spam: boolean;
}

export interface ListPlace {
  readonly lastMessageAt: number;
  readonly id: number;
}

export type ListedRow = TicketRow & { readonly last_message_at: number };

/** A stretch of the list: behind `after` (null: from its top), down to and with `until` (null: to its end). */
export interface Stretch {
  readonly after: ListPlace | null;
  readonly until: ListPlace | null;
}

/** Roots of a stretch, the latest word first. */
export function* listRoots(
  filter: TicketFilter,
  { after, until }: Stretch,
  limit: number,
): Work<readonly ListedRow[]> {
  const clauses = conditionsOf(filter);
  if (after !== null) {
    clauses.push(['(t.last_message_at, t.id) < (?, ?)', after.lastMessageAt, after.id]);
  }
  if (until !== null) {
    clauses.push(['(t.last_message_at, t.id) >= (?, ?)', until.lastMessageAt, until.id]);
  }
  return yield* all<ListedRow>(
    `SELECT t.id, t.group_id, t.conversation_id, t.merged_into, t.root_id, t.state, t.status, t.spam, t.last_message_at
     FROM tickets t WHERE t.merged_into IS NULL${clauses.map(([sql]) => ` AND ${sql}`).join('')}
     ORDER BY t.last_message_at DESC, t.id DESC LIMIT ?`,
    ...clauses.flatMap(([, ...values]) => values),
    limit,
  );
}

/** Where the list stands that many roots further down; null: it ends before. */
export function* placeBehind(after: ListPlace | null, roots: number): Work<ListPlace | null> {
  const row = yield* get<{ last_message_at: number; id: number }>(
    `SELECT last_message_at, id FROM tickets WHERE merged_into IS NULL
       ${after === null ? '' : 'AND (last_message_at, id) < (?, ?)'}
     ORDER BY last_message_at DESC, id DESC LIMIT 1 OFFSET ?`,
    ...(after === null ? [] : [after.lastMessageAt, after.id]),
    roots,
  );
  return row === undefined ? null : { lastMessageAt: row.last_message_at, id: row.id };
}

type Condition = readonly [sql: string, ...values: (string | number)[]];

function conditionsOf(filter: TicketFilter): Condition[] {
  const clauses: Condition[] = [['t.spam = ?', Number(filter.spam)]];
  const { statuses, channel, assignee, priority, since } = filter;
  if (statuses.length > 0) {
    clauses.push([`t.status IN (${statuses.map(() => '?').join(', ')})`, ...statuses]);
  }
  if (assignee === '') clauses.push(['t.assignee IS NULL']);
  else if (assignee !== null) clauses.push(['t.assignee = ?', assignee]);
  if (priority !== null) clauses.push(['t.priority = ?', priority]);
  if (since !== null) clauses.push(['t.last_message_at >= ?', since]);
  if (channel !== null) {
    clauses.push([
      `EXISTS (SELECT 1 FROM tickets m JOIN conversations c ON c.id = m.conversation_id
         WHERE (m.id = t.id OR m.root_id = t.id) AND c.channel = ?)`,
      channel,
    ]);
  }
  return clauses;
}

/** Those of these roots in whose messages the words stand; the case of ASCII letters does not matter. */
export function* rootsSaying(roots: readonly number[], words: string): Work<ReadonlySet<number>> {
  const pattern = `%${lowerAscii(words).replace(/[\\%_]/g, '\\$&')}%`;
  const ids = idList(roots);
  const rows = yield* all<{ root: number }>(
    `SELECT DISTINCT COALESCE(t.root_id, t.id) AS root FROM messages m JOIN tickets t ON t.id = m.ticket_id
     WHERE t.id IN (SELECT id FROM tickets WHERE id IN {ids} UNION ALL SELECT id FROM tickets WHERE root_id IN {ids})
       AND (LOWER(m.text) LIKE ? ESCAPE '\\' OR LOWER(COALESCE(m.subject, '')) LIKE ? ESCAPE '\\')`,
    ids,
    ids,
    pattern,
    pattern,
  );
  return new Set(rows.map(({ root }) => root));
}

/** As LOWER() of both databases does it. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Several roots with their members, oldest first. */
export function* componentsOf(roots: readonly number[]): Work<readonly TicketRow[]> {
  const ids = idList(roots);
  return yield* all<TicketRow>(
    `SELECT id, group_id, conversation_id, merged_into, root_id, state, status, spam FROM tickets
     WHERE id IN {ids} OR root_id IN {ids} ORDER BY id`,
    ids,
    ids,
  );
}

export function* conversationsByIds(ids: readonly number[]): Work<readonly ConversationRow[]> {
  return yield* all<ConversationRow>(
    `SELECT id, connection_id, key, group_id, channel, handle, name, subject, context, person_id, ticket_id, last_in_at
     FROM conversations WHERE id IN {ids} ORDER BY id`,
    idList(ids),
  );
}

export interface RootPersonRow {
  readonly id: number;
  readonly root: number;
  readonly name: string | null;
  readonly blocked: number;
}

/** Each of these persons with the root they joined; the root's name, or their own where it has none. */
export function* rootPersonsOf(persons: readonly number[]): Work<readonly RootPersonRow[]> {
  return yield* all<RootPersonRow>(
    `SELECT p.id, COALESCE(p.root_id, p.id) AS root, COALESCE(r.name, p.name) AS name, r.blocked
     FROM persons p JOIN persons r ON r.id = COALESCE(p.root_id, p.id) WHERE p.id IN {ids}`,
    idList(persons),
  );
}

export type OwnedHandle = HandleRow & {
  readonly root: number;
  /** What a platform said of it last, on any of its channels. */
  readonly refusal: string | null;
};

/** Handles of several root persons and of everybody joined into them. */
export function* handlesOfPersons(roots: readonly number[]): Work<readonly OwnedHandle[]> {
  const ids = idList(roots);
  return yield* all<OwnedHandle>(
    `SELECT h.id, h.group_id, h.kind, h.scope, h.value, h.proof, h.person_id, h.shared_at, COALESCE(p.root_id, p.id) AS root,
       (SELECT f.refusal FROM refusals f WHERE f.group_id = h.group_id AND f.value = h.value ORDER BY f.at DESC LIMIT 1) AS refusal
     FROM handles h JOIN persons p ON p.id = h.person_id WHERE p.id IN {ids} OR p.root_id IN {ids} ORDER BY h.id`,
    ids,
    ids,
  );
}

export function* groupNames(): Work<ReadonlyMap<number, string>> {
  const rows = yield* all<{ id: number; name: string }>('SELECT id, name FROM groups');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Roots on which this person spoke, the latest word first. */
export function* rootsOfPerson(rootPerson: number, limit: number): Work<readonly number[]> {
  const rows = yield* all<{ id: number }>(
    `SELECT DISTINCT r.id, r.last_message_at FROM conversations c JOIN tickets t ON t.conversation_id = c.id
       JOIN tickets r ON r.id = COALESCE(t.root_id, t.id)
     WHERE c.person_id IN (SELECT id FROM persons WHERE id = ? OR root_id = ?)
     ORDER BY r.last_message_at DESC, r.id DESC LIMIT ?`,
    rootPerson,
    rootPerson,
    limit,
  );
  return rows.map(({ id }) => id);
}
