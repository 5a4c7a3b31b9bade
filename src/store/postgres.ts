import knex, { type Knex } from 'knex';
import type { Client } from 'pg';
import pg from 'pg';
import { onlyReads, type Answer, type Statement, type Work } from './work.js';
import { never, StoreProblem, type Store } from './store.js';

const INT8 = pg.types.builtins.INT8;
const POOL_SIZE = 10;
/** Serialisation failures and deadlocks: the whole work is run again. */
const RETRIABLE = new Set(['40001', '40P01']);
const MOST_TRIES = 5;

/** What knex would print is in the errors it throws. */
const SILENT: Knex.Logger = { warn: () => undefined, error: () => undefined };

/** Opens the scaled database. Any number of processes may. */
export function openPostgres(url: string): Store {
  pg.types.setTypeParser(INT8, Number);
  const db = knex({ client: 'pg', connection: url, pool: { min: 0, max: POOL_SIZE }, log: SILENT });
  const texts = new Map<string, Prepared>();
  const mustRead = onlyReads();
  let closing = false;
  /** What was under way when the pool went is not refused to anybody either. */
  const answered = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      if (closing) return never<T>();
      throw problemOf(error);
    });
  return {
    dialect: 'postgres',
    write: (work) => (closing ? never() : answered(retried(() => inTransaction(db, texts, work)))),
    read: (work) =>
      closing
        ? never()
        : answered(withClient(db, (client) => drive(reading(work, mustRead), client, texts))),
    knex: () => Promise.resolve(db),
    async close() {
      closing = true;
      await db.destroy();
    },
  };
}

/** The work, as long as it only reads. */
function* reading<T>(work: () => Work<T>, mustRead: (step: Statement) => void): Work<T> {
  const steps = work();
  let step = steps.next(undefined);
  while (step.done !== true) {
    mustRead(step.value);
    step = steps.next(yield step.value);
  }
  return step.value;
}

interface Prepared {
  readonly name: string;
  readonly text: string;
}

async function retried<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await task();
    } catch (error) {
      if (tries >= MOST_TRIES || !RETRIABLE.has((error as { code?: string }).code ?? '')) {
        throw error;
      }
    }
  }
}

async function withClient<T>(db: Knex, task: (client: Client) => Promise<T>): Promise<T> {
  const pool = db.client as {
    acquireConnection(): Promise<Client>;
    releaseConnection(client: Client): Promise<void>;
  };
  const client = await pool.acquireConnection();
  try {
    return await task(client);
  } finally {
    await pool.releaseConnection(client);
  }
}

function inTransaction<T>(db: Knex, texts: Map<string, Prepared>, work: () => Work<T>): Promise<T> {
  return withClient(db, async (client) => {
    await client.query('BEGIN');
    try {
      const value = await drive(work(), client, texts);
      await client.query('COMMIT');
      return value;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

async function drive<T>(work: Work<T>, client: Client, texts: Map<string, Prepared>): Promise<T> {
  let step = work.next(undefined);
  while (step.done !== true) {
    step = work.next(await execute(client, prepare(step.value, texts), step.value));
  }
  return step.value;
}

function prepare({ kind, sql }: Statement, texts: Map<string, Prepared>): Prepared {
  let prepared = texts.get(sql);
  if (prepared === undefined) {
    let position = 0;
    const text = sql
      .replaceAll('{ids}', '(SELECT value::bigint FROM json_array_elements_text((?)::json))')
      .replaceAll('{texts}', '(SELECT value FROM json_array_elements_text((?)::json))')
      .replaceAll('{lock}', 'FOR UPDATE')
      .replaceAll('{number}', 'NULL')
      .replace(/\?/g, () => `$${(position += 1)}`);
    prepared = { name: `q${texts.size}`, text: kind === 'insert' ? `${text} RETURNING id` : text };
    texts.set(sql, prepared);
  }
  return prepared;
}

async function execute(
  client: Client,
  prepared: Prepared,
  { kind, values }: Statement,
): Promise<Answer> {
  const { rows, rowCount } = await client.query<Record<string, never>>({
    ...prepared,
    values: values as unknown[],
  });
  if (kind === 'all' || kind === 'packed') return rows;
  if (kind === 'get') return rows[0];
  if (kind === 'run') return rowCount ?? 0;
  return (rows[0] as { id?: number } | undefined)?.id ?? 0;
}

function problemOf(error: unknown): Error {
  const { code, message } = error as { code?: string; message: string };
  if (code === '53100') {
    return new StoreProblem(
      'full',
      'the database disk is full: nothing was stored; free some space, the hub goes on by itself',
    );
  }
  if (code !== undefined && RETRIABLE.has(code)) {
    return new StoreProblem('busy', 'others keep changing the same rows: nothing was stored');
  }
  if (isAway(error as Error, code ?? '')) {
    return new StoreProblem(
      'away',
      `the database cannot be reached (${code ?? message}): nothing was stored; the hub goes on by itself when it is back`,
    );
  }
  return error instanceof Error ? error : new Error(message);
}

/** SQLSTATE class 08, too many connections, and a server that stops or starts; else the socket's. */
const AWAY_CODES = new Set(['53300', '57P01', '57P02', '57P03']);
const SOCKET_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
]);

/** The client names a connection that broke under a query by its words only; knex a full pool by its name. */
function isAway({ name, message }: Error, code: string): boolean {
  if (AWAY_CODES.has(code) || SOCKET_CODES.has(code) || code.startsWith('08')) return true;
  return (
    name === 'KnexTimeoutError' ||
    message.startsWith('Connection terminated') ||
    message.startsWith('Client has encountered a connection error')
  );
}
