import { join } from 'node:path';
import { sqliteKnex } from '../../src/store/sqlite-knex.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { migrate } from '../../src/store/migrate.js';
import { complaint } from './signed.js';

/**
 * The usual way, for comparison: each message in a knex transaction of its own that writes the same
 * rows the hub does. Messages a second, 32 at once.
 */
export async function knexPerMessage(folder: string, messages: number): Promise<number> {
  const file = join(folder, 'hubbub.db');
  const store = openSqlite(file);
  await migrate(store);
  await store.close();
  const knex = sqliteKnex(file);
  await knex.raw('PRAGMA journal_mode=WAL');
  await knex.raw('PRAGMA synchronous=FULL');
  await knex('groups').insert({ id: 1, name: 'default' });
  const at = Date.now();
  const one = (n: number): Promise<void> =>
    knex.transaction(async (trx) => {
      const body = complaint('knex', n);
      const [envelope] = await trx('envelopes').insert({
        connection_id: 'shop',
        key: `k${n}`,
        received_at: at,
        type: 'application/json',
        notes: '{}',
        query: '',
        body: Buffer.from(body),
        size: body.length,
        state: 1,
      });
      const [draft] = await trx('drafts').insert({
        envelope_id: envelope,
        connection_id: 'shop',
        draft_id: `d${n}`,
        kind: 'message',
        state: 1,
        body,
      });
      const [person] = await trx('persons').insert({
        group_id: 1,
        name: `Customer ${n}`,
        created_at: at,
      });
      const handle = { group_id: 1, scope: '', proof: 'proven', person_id: person, created_at: at };
      await trx('handles').insert({ ...handle, kind: 'customerId', value: `c${n}` });
      await trx('handles').insert({ ...handle, kind: 'email', value: `c${n}@example.com` });
      const [conversation] = await trx('conversations').insert({
        connection_id: 'shop',
        key: `t${n}`,
        group_id: 1,
        channel: 'webhook',
        handle: `c${n}`,
        context: '{}',
        person_id: person,
      });
      const [ticket] = await trx('tickets').insert({
        group_id: 1,
        conversation_id: conversation,
        state: '{}',
        status: 'new',
        priority: 'normal',
        opened_at: at,
        updated_at: at,
        last_message_at: at,
      });
      await trx('messages').insert({
        ticket_id: ticket,
        conversation_id: conversation,
        draft_id: draft,
        direction: 'in',
        kind: 'message',
        at,
        received_at: at,
        author: `c${n}`,
        text: body,
        visibility: 'private',
      });
      await trx('events').insert({
        number: n + 1,
        ticket_id: ticket,
        conversation_id: conversation,
        type: 'opened',
        at,
        author: 'customer',
        data: '{}',
      });
      await trx('conversations')
        .where({ id: conversation })
        .update({ ticket_id: ticket, last_in_at: at });
    });
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < messages) await one((next += 1));
  };
  await Promise.all(Array.from({ length: 32 }, lane));
  const rate = messages / ((performance.now() - began) / 1_000);
  await knex.destroy();
  return rate;
}
