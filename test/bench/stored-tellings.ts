import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { factsOf, type Facts } from '../../src/matching/facts.js';
import { storedKeys } from '../../src/matching/keys.js';
import type { MatchingRules } from '../../src/matching/rules.js';
import { writeFacts } from '../../src/matching/stored-facts.js';
import { applyEvent, newTicketState } from '../../src/model/ticket-state.js';
import { DAY } from '../../src/model/time.js';
import type { Store } from '../../src/store/store.js';
import { HELD } from '../../src/store/tellings.js';
import { complaintSaid, TEMPLATES } from './complaints.js';

/** Tickets a day: a database of a million holds a longer history than one of ten thousand, not a busier one. */
export const TICKETS_A_DAY = 5_000;
const SLICE = 50_000;

export interface Filling {
  readonly tickets: number;
  readonly rules: MatchingRules;
  /** When the newest of them was told, milliseconds UTC. */
  readonly until: number;
  readonly say: (sentence: string) => void;
}

/** Writes rows as the hub would, many at a time; `folder` of an embedded database, else the store. */
export async function storeTellings(
  target: { readonly folder: string } | { readonly store: Store },
  filling: Filling,
): Promise<void> {
  const { tickets, say } = filling;
  const table = 'folder' in target ? embeddedTables(target.folder) : serverTables(target.store);
  const facts = templates(filling);
  await table.begin();
  for (let from = 1; from <= tickets; from += SLICE) {
    const to = Math.min(from + SLICE - 1, tickets);
    await storeSlice(table, { ...filling, facts, from, to });
    if ((from - 1) % 200_000 === 0 && from > 1) say(`${from - 1} of ${tickets} tickets stored`);
  }
  await table.end();
}

/** What a few hundred complaints say; what differs between two of one wording is put in for each. */
function templates({ rules, until }: Filling): readonly Facts[] {
  return Array.from({ length: TEMPLATES }, (_, n) => factsOf(complaintSaid(n, until), rules));
}

interface Slice extends Filling {
  readonly facts: readonly Facts[];
  readonly from: number;
  readonly to: number;
}

async function storeSlice(tables: Tables, slice: Slice): Promise<void> {
  const { rules, facts, tickets, until } = slice;
  const persons: Rows = [];
  const conversations: Rows = [];
  const rows: Rows = [];
  const tellings: Rows = [];
  const held = new Map<string, { tickets: number; held: string }>();
  for (let n = slice.from; n <= slice.to; n += 1) {
    const at = until - Math.round(((tickets - n) / TICKETS_A_DAY) * DAY);
    const said = complaintSaid(n, at);
    const told: Facts = {
      ...(facts[n % TEMPLATES] as Facts),
      refs: [{ n: orderOf(said), kind: 'order', field: true, quoted: false }],
      phones: said.identities.map(({ value }) => value.replace(/\D/g, '').slice(-11)),
      names: said.name === null ? [] : [said.name],
      from: at,
    };
    const state = applyEvent(newTicketState(at), { type: 'opened', data: OPENED }, at);
    persons.push([n, 1, said.name, at]);
    conversations.push([n, 'old', `thread-${n}`, 1, 'webhook', `customer-${n}`, '{}', n, n, at]);
    rows.push([n, 1, n, JSON.stringify(state), 'open', 'normal', at, at, at]);
    tellings.push([n, 1, writeFacts(told), JSON.stringify(said.identities)]);
    for (const key of [...storedKeys(told, rules), `@${n}`]) {
      const known = held.get(key) ?? { tickets: 0, held: '' };
      held.set(key, {
        tickets: known.tickets + 1,
        held: `<${n}.${n}>${known.held}`.slice(0, HELD),
      });
    }
  }
  await tables.insert(PERSONS, persons);
  await tables.insert(CONVERSATIONS, conversations);
  await tables.insert(TICKETS, rows);
  await tables.insert(TELLINGS, tellings);
  const sorted = [...held].sort(([a], [b]) => (a < b ? -1 : 1));
  await tables.keys(sorted.map(([key, one]) => [key, one.tickets, one.held]));
}

const OPENED = { subject: 'as it was told', fields: {}, first: null };
const orderOf = ({ fields }: { readonly fields: Readonly<Record<string, string>> }): string =>
  (fields['orderNo'] ?? '').toLowerCase();

type Rows = (string | number | null)[][];

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** `i` a whole number, `t` a text, for each column. */
  readonly types: string;
}

const PERSONS: Table = {
  name: 'persons',
  columns: ['id', 'group_id', 'name', 'created_at'],
  types: 'iiti',
};
const CONVERSATIONS: Table = {
  name: 'conversations',
  columns: [
    ...['id', 'connection_id', 'key', 'group_id', 'channel', 'handle', 'context'],
    ...['person_id', 'ticket_id', 'last_in_at'],
  ],
  types: 'ittittti' + 'ii',
};
const TICKETS: Table = {
  name: 'tickets',
  columns: [
    ...['id', 'group_id', 'conversation_id', 'state', 'status', 'priority'],
    ...['opened_at', 'updated_at', 'last_message_at'],
  ],
  types: 'iiitttiii',
};
const TELLINGS: Table = {
  name: 'tellings',
  columns: ['ticket_id', 'group_id', 'facts', 'identities'],
  types: 'iitt',
};

interface Tables {
  begin(): Promise<void>;
  insert(table: Table, rows: Rows): Promise<void>;
  /** Key, tickets, held: sorted, each once; laid over what is there. */
  keys(rows: readonly (readonly [string, number, string])[]): Promise<void>;
  end(): Promise<void>;
}

const MERGED = `ON CONFLICT (group_id, key) DO UPDATE SET tickets = blocking_keys.tickets + excluded.tickets,
  held = substr(excluded.held || blocking_keys.held, 1, ${HELD})`;

function embeddedTables(folder: string): Tables {
  const db = new DatabaseSync(join(folder, 'hubbub.db'));
  const key = () =>
    db.prepare(
      `INSERT INTO blocking_keys (group_id, key, tickets, held) VALUES (1, ?, ?, ?) ${MERGED}`,
    );
  const all = (sql: ReturnType<typeof db.prepare>, rows: readonly (readonly unknown[])[]): void => {
    db.exec('BEGIN');
    for (const row of rows) sql.run(...(row as string[]));
    db.exec('COMMIT');
  };
  return {
    begin: async () =>
      db.exec(
        "PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-262144; INSERT INTO groups (name) VALUES ('default') ON CONFLICT DO NOTHING",
      ),
    insert: async ({ name, columns }, rows) =>
      all(
        db.prepare(
          `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        ),
        rows,
      ),
    keys: async (rows) => all(key(), rows),
    async end() {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

/** Whole columns travel as arrays, thousands of rows a statement. */
function serverTables(store: Store): Tables {
  const raw = async (sql: string, values: readonly unknown[]): Promise<void> => {
    await (await store.knex()).raw(sql, values as never);
  };
  const spread = (types: string, rows: readonly (readonly unknown[])[]) => ({
    from: `unnest(${[...types].map((type) => (type === 'i' ? '?::bigint[]' : '?::text[]')).join(', ')})`,
    values: [...types].map((_, at) => rows.map((row) => row[at])),
  });
  return {
    begin: () => raw("INSERT INTO groups (name) VALUES ('default') ON CONFLICT DO NOTHING", []),
    async insert({ name, columns, types }, rows) {
      const { from, values } = spread(types, rows);
      await raw(`INSERT INTO ${name} (${columns.join(', ')}) SELECT * FROM ${from}`, values);
    },
    async keys(rows) {
      const { from, values } = spread('tit', rows);
      const into = 'INSERT INTO blocking_keys (group_id, key, tickets, held)';
      await raw(`${into} SELECT 1, u.k, u.n, u.h FROM ${from} AS u(k, n, h) ${MERGED}`, values);
    },
    async end() {
      for (const name of ['persons', 'conversations', 'tickets']) {
        await raw(
          `SELECT setval(pg_get_serial_sequence('${name}', 'id'), MAX(id)) FROM ${name}`,
          [],
        );
      }
      await raw('ANALYZE', []);
    },
  };
}
