import type { Identity } from '../model/identity.js';
import { all, get, insert, run, type Work } from './work.js';

export interface HandleRow {
  readonly id: number;
  readonly group_id: number;
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  readonly proof: string;
  readonly person_id: number;
}

export interface PersonRow {
  readonly id: number;
  readonly group_id: number;
  readonly name: string | null;
  readonly joined_into: number | null;
  readonly root_id: number | null;
}

const HANDLE = 'id, group_id, kind, scope, value, proof, person_id';

export function* insertPerson(group: number, name: string | null, now: number): Work<number> {
  return yield* insert(
    'INSERT INTO persons (group_id, name, created_at) VALUES (?, ?, ?)',
    group,
    name,
    now,
  );
}

export function* personById(id: number): Work<PersonRow | undefined> {
  return yield* get<PersonRow>(
    'SELECT id, group_id, name, joined_into, root_id FROM persons WHERE id = ?',
    id,
  );
}

/** Whom this person was joined into; the person itself when nobody joined it. */
export function* rootPerson(id: number): Work<number> {
  return (yield* personById(id))?.root_id ?? id;
}

/** A firm (proven or strong) handle of exactly this proof. */
export function* firmHandle(group: number, identity: Identity): Work<HandleRow | undefined> {
  return yield* get<HandleRow>(
    `SELECT ${HANDLE} FROM handles WHERE group_id = ? AND kind = ? AND scope = ? AND value = ? AND proof = ? AND proof <> 'weak'`,
    group,
    identity.kind,
    identity.scope,
    identity.value,
    identity.proof,
  );
}

/** Keeps the first owner: an address that is already known at this proof changes nothing. */
export function* insertHandle(
  group: number,
  person: number,
  identity: Identity,
  now: number,
): Work<void> {
  yield* insert(
    `INSERT INTO handles (group_id, kind, scope, value, proof, person_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    group,
    identity.kind,
    identity.scope,
    identity.value,
    identity.proof,
    person,
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

/** `younger` and everybody under them now belong to `older`. */
export function* joinPersons(older: number, younger: number): Work<void> {
  yield* run('UPDATE persons SET joined_into = ? WHERE id = ?', older, younger);
  yield* run('UPDATE persons SET root_id = ? WHERE id = ? OR root_id = ?', older, younger, younger);
}
