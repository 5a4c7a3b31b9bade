import { all, get, idList, run, textList, type Work } from './work.js';

/** What a ticket told on its own conversation, as matching sees it. */
export interface NewTelling {
  readonly ticket: number;
  readonly group: number;
  /** JSON, read by matching alone. */
  readonly facts: string;
  /** JSON list of who said it. */
  readonly identities: string;
}

/** What a ticket told so far; whether it waits to be read again is another matter. */
export function* saveTelling({ ticket, group, facts, identities }: NewTelling): Work<void> {
  yield* run(
    `INSERT INTO tellings (ticket_id, group_id, facts, identities) VALUES (?, ?, ?, ?)
     ON CONFLICT (ticket_id) DO UPDATE SET facts = excluded.facts, identities = excluded.identities`,
    ticket,
    group,
    facts,
    identities,
  );
}

/** It has been read again. */
export function* markRetold(ticket: number): Work<void> {
  yield* run('UPDATE tellings SET due = 0 WHERE ticket_id = ?', ticket);
}

/** Its messages changed behind the back of matching: it is read and matched again by the file stage. */
export function* tellAgain(ticket: number): Work<void> {
  yield* run(
    `INSERT INTO tellings (ticket_id, group_id, facts, identities, due)
     SELECT id, group_id, '', '[]', 1 FROM tickets WHERE id = ?
     ON CONFLICT (ticket_id) DO UPDATE SET due = 1`,
    ticket,
  );
}

export function* dueTellings(limit: number): Work<readonly number[]> {
  const rows = yield* all<{ ticket_id: number }>(
    'SELECT ticket_id FROM tellings WHERE due = 1 ORDER BY ticket_id LIMIT ?',
    limit,
  );
  return rows.map(({ ticket_id }) => ticket_id);
}

/** Texts of keys under which this ticket can be found from now on. */
export function* insertKeys(
  { group, ticket, person }: { group: number; ticket: number; person: number },
  keys: readonly string[],
): Work<void> {
  if (keys.length === 0) return;
  yield* run(
    `INSERT INTO blocking_keys (group_id, key, ticket_id, person_id)
     SELECT ?, k.value, ?, ? FROM {texts} AS k WHERE true ON CONFLICT DO NOTHING`,
    group,
    ticket,
    person,
    textList(keys),
  );
}

export function* deleteKeys(group: number, ticket: number, keys: readonly string[]): Work<void> {
  if (keys.length === 0) return;
  yield* run(
    'DELETE FROM blocking_keys WHERE group_id = ? AND ticket_id = ? AND key IN {texts}',
    group,
    ticket,
    textList(keys),
  );
}

/** A ticket that stored a key, and the person who told it, as known at that time. */
export interface KeyHolder {
  readonly ticket: number;
  readonly person: number;
}

/** For each key that anybody stored: the latest tickets that did, at most `most` of them; in one statement. */
export function* holdersOfKeys(
  group: number,
  keys: readonly string[],
  most: number,
): Work<ReadonlyMap<string, readonly KeyHolder[]>> {
  const rows = yield* all<{ key: string; held: string | null }>(
    `SELECT k.value AS key, (
       SELECT string_agg(CAST(one.ticket_id AS TEXT) || ' ' || CAST(one.person_id AS TEXT), ',')
       FROM (SELECT ticket_id, person_id FROM blocking_keys WHERE group_id = ? AND key = k.value
             ORDER BY ticket_id DESC LIMIT ?) AS one) AS held
     FROM {texts} AS k`,
    group,
    most,
    textList(keys),
  );
  const holders = new Map<string, readonly KeyHolder[]>();
  for (const { key, held } of rows)
    if (held !== null) holders.set(key, held.split(',').map(holder));
  return holders;
}

function holder(text: string): KeyHolder {
  const between = text.indexOf(' ');
  return { ticket: Number(text.slice(0, between)), person: Number(text.slice(between + 1)) };
}

/** One member of a complaint, with what it told; `facts` null: nothing that matching could read. */
export interface MemberRow {
  readonly id: number;
  readonly root: number;
  readonly status: string;
  readonly spam: number;
  readonly opened_at: number;
  readonly last_message_at: number;
  readonly conversation_id: number;
  readonly connection_id: string;
  readonly channel: string;
  readonly person: number;
  readonly facts: string | null;
  readonly identities: string | null;
}

/** All members of the complaints these tickets belong to, oldest first; in one statement. */
export function* membersOf(tickets: readonly number[]): Work<readonly MemberRow[]> {
  if (tickets.length === 0) return [];
  return yield* all<MemberRow>(
    `WITH roots AS (SELECT DISTINCT COALESCE(root_id, id) AS id FROM tickets WHERE id IN {ids}),
       members AS (SELECT id FROM roots UNION ALL
         SELECT t.id FROM tickets t JOIN roots r ON t.root_id = r.id WHERE t.root_id IS NOT NULL)
     SELECT t.id, COALESCE(t.root_id, t.id) AS root, t.status, t.spam, t.opened_at, t.last_message_at,
       t.conversation_id, c.connection_id, c.channel, COALESCE(p.root_id, p.id) AS person, f.facts, f.identities
     FROM members m JOIN tickets t ON t.id = m.id JOIN conversations c ON c.id = t.conversation_id
       JOIN persons p ON p.id = c.person_id LEFT JOIN tellings f ON f.ticket_id = t.id AND f.facts <> ''
     ORDER BY t.id`,
    idList(tickets),
  );
}

/** A person and everybody who was joined into them. */
export function* personsUnder(rootPerson: number): Work<readonly number[]> {
  const rows = yield* all<{ id: number }>(
    'SELECT id FROM persons WHERE id = ? OR root_id = ? ORDER BY id',
    rootPerson,
    rootPerson,
  );
  return rows.map(({ id }) => id);
}

export interface JudgedRow {
  readonly older: number;
  readonly younger: number;
  readonly decision: string;
}

/** What was decided between any two of these tickets and still holds. */
export function* judgedAmong(tickets: readonly number[]): Work<readonly JudgedRow[]> {
  const ids = idList(tickets);
  return yield* all<JudgedRow>(
    `SELECT older, younger, decision FROM links
     WHERE younger IN {ids} AND older IN {ids} AND undone_at IS NULL ORDER BY id`,
    ids,
    ids,
  );
}

/** Number of the newest ticket: how many there were at most. A count would grow with them. */
export function* newestTicket(): Work<number> {
  const row = yield* get<{ id: number | null }>('SELECT MAX(id) AS id FROM tickets');
  return row?.id ?? 0;
}
