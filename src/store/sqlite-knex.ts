import knex, { type Knex } from 'knex';
import { createRequire } from 'node:module';
import { DatabaseSync } from '@photostructure/sqlite';

interface Dialect {
  new (config: Knex.Config): object;
}

interface QueryObject {
  sql: string;
  bindings?: unknown[];
  response?: unknown;
  context?: unknown;
}

type Db = InstanceType<typeof DatabaseSync>;

const require = createRequire(import.meta.url);

/**
 * knex over the driver we carry: its better-sqlite3 dialect speaks the same SQL, only opening and
 * running differ. Used for migrations and filtered lists.
 */
export function sqliteKnex(file: string): Knex {
  return knex({
    client: dialect() as unknown as typeof Knex.Client,
    connection: { filename: file },
    useNullAsDefault: true,
    pool: { min: 0, max: 1 },
  });
}

function dialect(): Dialect {
  const Base = require('knex/lib/dialects/better-sqlite3') as Dialect;
  return class extends Base {
    _driver(): typeof DatabaseSync {
      return DatabaseSync;
    }

    acquireRawConnection(): Promise<Db> {
      const { filename } = (this as unknown as { connectionSettings: { filename: string } })
        .connectionSettings;
      const db = new DatabaseSync(filename, { timeout: 5_000 });
      db.exec('PRAGMA foreign_keys=ON');
      return Promise.resolve(db);
    }

    _query(connection: Db, query: QueryObject): Promise<QueryObject> {
      const statement = connection.prepare(query.sql);
      const bindings = (query.bindings ?? []).map((value) =>
        value instanceof Date
          ? value.getTime()
          : typeof value === 'boolean'
            ? Number(value)
            : value,
      ) as never[];
      if (statement.columns().length > 0) {
        query.response = statement.all(...bindings);
      } else {
        const { changes, lastInsertRowid } = statement.run(...bindings);
        query.response = { changes: changes, lastInsertRowid: lastInsertRowid };
        query.context = { lastID: lastInsertRowid, changes };
      }
      return Promise.resolve(query);
    }
  };
}
