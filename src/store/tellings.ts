import { all, idList, packed, run, textList, type Work } from './work.js';

/** What a ticket told on its own conversation, as matching sees it. */
export interface NewTelling {
  readonly ticket: number;
  readonly group: number;
  /** JSON, read by matching alone. */
  readonly facts: string;
  /** JSON list of who said it. */
  readonly identities: string;
  /** Of both: other words have another one. */
  readonly digest: number;
}

/** What a ticket told so far; whether it waits to be read again is another matter. */
export function* saveTelling(telling: NewTelling): Work<void> {
  const { ticket, group, facts, identities, digest } = telling;
  yield* run(
    `INSERT INTO tellings (ticket_id, group_id, facts, identities, digest) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (ticket_id) DO UPDATE SET facts = excluded.facts, identities = excluded.identities,
       digest = excluded.digest`,
    ticket,
    group,
    facts,
    identities,
    digest,
  );
}

/** It has been read again. */
export function* markRetold(ticket: number): Work<void> {
  yield* run('UPDATE tellings SET due = 0 WHERE ticket_id = ?', ticket);
}

/** It tells nothing any more. */
export function* deleteTelling(ticket: number): Work<void> {
  yield* run('DELETE FROM tellings WHERE ticket_id = ?', ticket);
}

/**
 * Its messages changed behind the back of matching: it is read and matched again by the file stage.
 * Where tickets are joined by the simple rule nobody reads them: what an agent cut or noted meanwhile
 * waits, one row a ticket, and is worked off in batches once matching by evidence is chosen.
 */
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

/** Characters of `held`: some thirty tickets. What does not fit is the oldest, cut in two at worst. */
export const HELD = 480;

/** Keys that this ticket did not have before; under them it can be found from now on. Each once. */
export function* insertKeys(
  { group, ticket, person }: { group: number; ticket: number; person: number },
  keys: readonly string[],
): Work<void> {
  if (keys.length === 0) return;
  yield* run(
    `INSERT INTO blocking_keys (group_id, key, tickets, held) SELECT ?, k.value, 1, ? FROM {texts} AS k WHERE true
     ON CONFLICT (group_id, key) DO UPDATE SET tickets = blocking_keys.tickets + 1,
       held = substr(excluded.held || blocking_keys.held, 1, ${HELD})`,
    group,
    `<${ticket}.${person}>`,
    textList(keys),
  );
}

/** It is found by these no more. */
export function* deleteKeys(group: number, ticket: number, keys: readonly string[]): Work<void> {
  for (const { key, tickets, held } of yield* heldKeys(group, keys)) {
    const kept = heldWithout(held, ticket);
    yield* run(
      'UPDATE blocking_keys SET tickets = ?, held = ? WHERE group_id = ? AND key = ?',
      kept === held ? tickets : tickets - 1,
      kept,
      group,
      key,
    );
  }
}

/** A key that somebody holds. */
export interface HeldKey {
  readonly key: string;
  /** How many tickets hold it in all. */
  readonly tickets: number;
  /** The latest of them, the newest first; see {@link holdersIn}. */
  readonly held: string;
}

/** Those of these keys that anybody holds; in one statement. */
export function* heldKeys(group: number, keys: readonly string[]): Work<readonly HeldKey[]> {
  if (keys.length === 0) return [];
  return yield* packed<HeldKey>(
    `SELECT b.key, b.tickets, b.held FROM {texts} AS k CROSS JOIN blocking_keys b
     WHERE b.group_id = ? AND b.key = k.value`,
    textList(keys),
    group,
  );
}

/** A ticket that holds a key, and the person who told it, as known at that time. */
export interface KeyHolder {
  readonly ticket: number;
  readonly person: number;
}

export function holdersIn(held: string): readonly KeyHolder[] {
  const holders: KeyHolder[] = [];
  for (let at = 0; ;) {
    const dot = held.indexOf('.', at);
    const end = held.indexOf('>', dot);
    if (dot < 0 || end < 0) return holders;
    holders.push({
      ticket: Number(held.slice(at + 1, dot)),
      person: Number(held.slice(dot + 1, end)),
    });
    at = end + 1;
  }
}

/** `held` without one ticket. */
export function heldWithout(held: string, ticket: number): string {
  const at = held.indexOf(`<${ticket}.`);
  return at < 0 ? held : held.slice(0, at) + held.slice(held.indexOf('>', at) + 1 || held.length);
}

/** One member of a complaint. */
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
  /** Of what it told; null: nothing that matching could read. */
  readonly digest: number | null;
  /** What it told; null too where whoever asks remembers it. */
  readonly facts: string | null;
  /** Null: it told nothing. */
  readonly identities: string | null;
}

/**
 * All members of the complaints these tickets belong to, oldest first; in one statement. What the
 * remembered ones told is left out.
 */
export function* membersOf(
  tickets: readonly number[],
  remembered: readonly number[],
): Work<readonly MemberRow[]> {
  if (tickets.length === 0) return [];
  const rows = yield* packed<MemberRow>(
    `WITH roots AS (SELECT DISTINCT COALESCE(root_id, id) AS id FROM tickets WHERE id IN {ids}),
       members AS (SELECT id FROM roots UNION ALL
         SELECT t.id FROM tickets t JOIN roots r ON t.root_id = r.id WHERE t.root_id IS NOT NULL)
     SELECT t.id, COALESCE(t.root_id, t.id) AS root, t.status, t.spam, t.opened_at, t.last_message_at,
       t.conversation_id, c.connection_id, c.channel, COALESCE(p.root_id, p.id) AS person, f.digest,
       CASE WHEN t.id IN {ids} THEN NULL ELSE f.facts END AS facts, f.identities
     FROM members m JOIN tickets t ON t.id = m.id JOIN conversations c ON c.id = t.conversation_id
       JOIN persons p ON p.id = c.person_id LEFT JOIN tellings f ON f.ticket_id = t.id AND f.facts <> ''`,
    idList(tickets),
    idList(remembered),
  );
  return [...rows].sort((a, b) => a.id - b.id);
}

/** What these tickets told, facts alone. */
export function* factsOf(tickets: readonly number[]): Work<ReadonlyMap<number, string>> {
  if (tickets.length === 0) return new Map();
  const rows = yield* all<{ ticket_id: number; facts: string }>(
    'SELECT ticket_id, facts FROM tellings WHERE ticket_id IN {ids}',
    idList(tickets),
  );
  return new Map(rows.map(({ ticket_id, facts }) => [ticket_id, facts]));
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

export interface DecidedRow {
  readonly older: number;
  readonly younger: number;
  readonly decision: string;
}

/** What was decided between any two of these tickets and still holds. */
export function* judgedAmong(tickets: readonly number[]): Work<readonly DecidedRow[]> {
  const ids = idList(tickets);
  return yield* all<DecidedRow>(
    `SELECT older, younger, decision FROM links
     WHERE younger IN {ids} AND older IN {ids} AND undone_at IS NULL ORDER BY id`,
    ids,
    ids,
  );
}

/** Pairs of these roots of persons about which, or about whose members, somebody said that they differ. */
export function* personsToldApart(roots: readonly number[]): Work<readonly DecidedRow[]> {
  const ids = idList(roots);
  return yield* all<DecidedRow>(
    `WITH members AS (SELECT id, COALESCE(root_id, id) AS root FROM persons WHERE id IN {ids} OR root_id IN {ids})
     SELECT o.root AS older, y.root AS younger, l.decision FROM person_links l
       JOIN members o ON o.id = l.older JOIN members y ON y.id = l.younger
     WHERE l.decision = 'different' AND o.root <> y.root`,
    ids,
    ids,
  );
}
