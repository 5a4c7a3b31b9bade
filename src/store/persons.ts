import type { Identity } from '../model/identity.js';
import { all, get, idList, insert, run, type Work } from './work.js';

export interface HandleRow {
  readonly id: number;
  readonly group_id: number;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  readonly proof: string;
  readonly person_id: number;
  /** When several people were seen with it; null: never. */
  readonly shared_at: number | null;
}

export interface PersonRow {
  readonly id: number;
  readonly group_id: number;
  readonly name: string | null;
  readonly joined_into: number | null;
  /** Null on a root. */
  readonly root_id: number | null;
  /** 1: an agent has blocked them, or somebody they are joined with; see `person-blocks.ts`. */
  readonly blocked: number;
}

const PERSON = 'id, group_id, name, joined_into, root_id, blocked';
const HANDLE = 'id, group_id, kind, scope, value, proof, person_id, shared_at';
/** As the index of addresses has it: weak claims name nobody and stand in no index. */
const ADDRESS = "group_id = ? AND kind = ? AND scope = ? AND value = ? AND proof <> 'weak'";

type Address = Pick<Identity, 'kind' | 'scope' | 'value'>;
const valuesOf = (group: number, { kind, scope, value }: Address) =>
  [group, kind, scope, value] as const;

export function* insertPerson(group: number, name: string | null, now: number): Work<number> {
  return yield* insert(
    'INSERT INTO persons (group_id, name, created_at) VALUES (?, ?, ?)',
    group,
    name,
    now,
  );
}

export function* personById(id: number): Work<PersonRow | undefined> {
  return yield* get<PersonRow>(`SELECT ${PERSON} FROM persons WHERE id = ?`, id);
}

/** Kept from other writers until the commit. */
export function* personForChange(id: number): Work<PersonRow | undefined> {
  return yield* get<PersonRow>(`SELECT ${PERSON} FROM persons WHERE id = ? {lock}`, id);
}

/** Whom this person was joined into; the person itself when nobody joined it. */
export function* rootPerson(id: number): Work<number> {
  return (yield* personById(id))?.root_id ?? id;
}

/** A root and everybody joined into it, oldest first. */
export function* personTree(root: number): Work<readonly PersonRow[]> {
  return yield* all<PersonRow>(
    `SELECT ${PERSON} FROM persons WHERE id = ? OR root_id = ? ORDER BY id`,
    root,
    root,
  );
}

/** The first who was seen with this address at exactly this proof. */
export function* firmHandle(group: number, identity: Identity): Work<HandleRow | undefined> {
  return yield* get<HandleRow>(
    `SELECT ${HANDLE} FROM handles WHERE ${ADDRESS} AND proof = ? ORDER BY id LIMIT 1`,
    ...valuesOf(group, identity),
    identity.proof,
  );
}

/** The first who claimed this address and never proved anything. */
export function* claimedHandle(group: number, identity: Identity): Work<HandleRow | undefined> {
  return yield* get<HandleRow>(
    `SELECT ${HANDLE} FROM handles WHERE ${ADDRESS} AND proof = 'strong'
       AND NOT EXISTS (SELECT 1 FROM handles p WHERE p.person_id = handles.person_id AND p.proof = 'proven')
     ORDER BY id LIMIT 1`,
    ...valuesOf(group, identity),
  );
}

/** Roots of those who were seen with this address at any firm proof, the first first. */
export function* holdersOf(
  group: number,
  address: Address,
  limit: number,
): Work<readonly number[]> {
  const rows = yield* all<{ root: number }>(
    `SELECT COALESCE(p.root_id, p.id) AS root, MIN(h.id) AS first FROM handles h JOIN persons p ON p.id = h.person_id
     WHERE h.group_id = ? AND h.kind = ? AND h.scope = ? AND h.value = ? AND h.proof <> 'weak'
     GROUP BY COALESCE(p.root_id, p.id) ORDER BY first LIMIT ?`,
    ...valuesOf(group, address),
    limit,
  );
  return rows.map(({ root }) => root);
}

/** Since when several people are known to share it; null: nothing says so. */
export function* sharedSince(group: number, address: Address): Work<number | null> {
  const row = yield* get<{ shared_at: number }>(
    `SELECT shared_at FROM handles WHERE ${ADDRESS} AND shared_at IS NOT NULL LIMIT 1`,
    ...valuesOf(group, address),
  );
  return row?.shared_at ?? null;
}

/** From now on it proves nobody. */
export function* shareHandle(group: number, address: Address, now: number): Work<void> {
  yield* run(
    `UPDATE handles SET shared_at = ? WHERE ${ADDRESS} AND shared_at IS NULL`,
    now,
    ...valuesOf(group, address),
  );
}

/** Of those a person has already, the caller knows: each is kept once at each proof. */
export function* insertHandle(
  row: Pick<HandleRow, 'group_id' | 'person_id' | 'shared_at'>,
  identity: Identity,
  now: number,
): Work<void> {
  yield* insert(
    `INSERT INTO handles (group_id, kind, scope, value, proof, person_id, shared_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...valuesOf(row.group_id, identity),
    identity.proof,
    row.person_id,
    row.shared_at,
    now,
  );
}

/** Handles of a person and of everybody joined into them. */
export function* handlesOf(rootPerson: number): Work<readonly HandleRow[]> {
  return yield* all<HandleRow>(
    `SELECT ${HANDLE} FROM handles WHERE person_id IN (SELECT id FROM persons WHERE id = ? OR root_id = ?) ORDER BY id`,
    rootPerson,
    rootPerson,
  );
}

/** Sets the one edge and every derived root below it. */
export function* hangPerson(younger: number, older: number, root: number): Work<void> {
  yield* run('UPDATE persons SET joined_into = ? WHERE id = ?', older, younger);
  yield* run('UPDATE persons SET root_id = ? WHERE id = ? OR root_id = ?', root, younger, younger);
}

/** Takes one edge out; `below` is the part under it, without its new root. */
export function* unhangPerson(person: number, below: readonly number[]): Work<void> {
  yield* run('UPDATE persons SET joined_into = NULL, root_id = NULL WHERE id = ?', person);
  yield* run('UPDATE persons SET root_id = ? WHERE id IN {ids}', person, idList(below));
}

/** A decision about two persons; `older < younger`. */
export interface PersonLinkRow {
  readonly id: number;
  readonly older: number;
  readonly younger: number;
  readonly decision: 'same' | 'possible' | 'different';
  readonly evidence: string;
  readonly author: string;
  readonly at: number;
  readonly undone_at: number | null;
  /** JSON list of the two persons that were found to be one, where the join hung others; else null. */
  readonly because: string | null;
}

export function* insertPersonLink(link: Omit<PersonLinkRow, 'id' | 'undone_at'>): Work<number> {
  return yield* insert(
    'INSERT INTO person_links (older, younger, decision, evidence, author, at, because) VALUES (?, ?, ?, ?, ?, ?, ?)',
    link.older,
    link.younger,
    link.decision,
    link.evidence,
    link.author,
    link.at,
    link.because,
  );
}

export function* personLinksOf(persons: readonly number[]): Work<readonly PersonLinkRow[]> {
  const ids = idList(persons);
  return yield* all<PersonLinkRow>(
    `SELECT id, older, younger, decision, evidence, author, at, undone_at, because FROM person_links
     WHERE older IN {ids} OR younger IN {ids} ORDER BY id`,
    ids,
    ids,
  );
}

export function* undoPersonLink(older: number, younger: number, at: number): Work<void> {
  yield* run(
    `UPDATE person_links SET undone_at = ? WHERE older = ? AND younger = ? AND decision = 'same' AND undone_at IS NULL`,
    at,
    older,
    younger,
  );
}
