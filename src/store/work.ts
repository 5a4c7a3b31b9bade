/**
 * Database work written once for both databases: a generator that yields statements and is given
 * their answers. On SQLite it runs to its end synchronously between BEGIN IMMEDIATE and COMMIT, so
 * that no await can ever stand inside a transaction; on Postgres each statement is awaited.
 *
 * Statements use `?` for parameters, and `{ids}` for one parameter that is a list of integers (made
 * by {@link idList}): `WHERE id IN {ids}`; `{texts}` for a list of texts (made by {@link textList}),
 * a table of one column `value`: `FROM {texts} AS k`. `{lock}` at the end of a SELECT keeps its rows
 * from other writers until the commit; with one writer there is nothing to lock. `{number}` is the
 * next event number where the database has one writer, and nothing yet where it has several.
 */
export type Work<T> = Generator<Statement, T, Answer>;

export type Value = string | number | null | Buffer;
export type Row = Readonly<Record<string, Value>>;

export interface Statement {
  readonly kind: 'run' | 'insert' | 'get' | 'all' | 'packed';
  readonly sql: string;
  readonly values: readonly Value[];
}

/** `run`: rows changed · `insert`: the new id, 0 when a conflict kept it out · `get`, `all`, `packed`: rows. */
export type Answer = number | Row | undefined | readonly Row[];

/**
 * Throws a statement that writes out of reading work, where no transaction would hold it. Each text is
 * looked at once: reading is the hot path.
 */
export function onlyReads(): (statement: Statement) => void {
  const seen = new Set<string>();
  return ({ kind, sql }) => {
    if (seen.has(sql)) return;
    if (kind === 'run' || kind === 'insert' || !READS.test(sql)) {
      throw new Error(`reading work must not write: ${sql}`);
    }
    seen.add(sql);
  };
}

const READS = /^\s*(?:SELECT|WITH|PRAGMA)\b/i;

/** Rows changed. */
export function* run(sql: string, ...values: Value[]): Work<number> {
  return (yield { kind: 'run', sql, values }) as number;
}

/** Id of the inserted row; 0 when `ON CONFLICT DO NOTHING` kept it out. The table's key is `id`. */
export function* insert(sql: string, ...values: Value[]): Work<number> {
  return (yield { kind: 'insert', sql, values }) as number;
}

/** The first row, as the caller names its shape. */
export function* get<T extends object = Row>(sql: string, ...values: Value[]): Work<T | undefined> {
  return (yield { kind: 'get', sql, values }) as T | undefined;
}

/** All rows, as the caller names their shape. */
export function* all<T extends object = Row>(sql: string, ...values: Value[]): Work<readonly T[]> {
  return (yield { kind: 'all', sql, values }) as unknown as readonly T[];
}

/**
 * The same for many rows of short numbers and texts, no bytes: the embedded database hands them over as
 * one text, since value by value each costs more than finding it. The statement must not be ordered.
 */
export function* packed<T extends object = Row>(
  sql: string,
  ...values: Value[]
): Work<readonly T[]> {
  return (yield { kind: 'packed', sql, values }) as unknown as readonly T[];
}

/** The value of an `{ids}` parameter. */
export function idList(ids: readonly number[]): string {
  return `[${ids.join(',')}]`;
}

/** The value of a `{texts}` parameter. */
export function textList(texts: readonly string[]): string {
  return JSON.stringify(texts);
}
