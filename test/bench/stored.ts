import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { applyEvent, newTicketState } from '../../src/model/ticket-state.js';
import { startBenchHub } from './hub.js';

const SLICE = 20_000;

/** Fills a data folder with tickets as the hub writes them: each a customer, a conversation, a message, its raw bytes. */
export async function storeTickets(
  folder: string,
  tickets: number,
  say: (sentence: string) => void,
): Promise<void> {
  await (await startBenchHub(folder)).stop();
  const db = new DatabaseSync(join(folder, 'hubbub.db'));
  db.exec(
    "PRAGMA synchronous=OFF; INSERT INTO groups (name) VALUES ('default') ON CONFLICT DO NOTHING",
  );
  const insert = inserter(db);
  for (let from = 1; from <= tickets; from += SLICE) {
    db.exec('BEGIN');
    for (let n = from; n < from + SLICE && n <= tickets; n += 1) insert(n);
    db.exec('COMMIT');
    if ((from - 1) % 100_000 === 0) say(`webhook-500k: ${from - 1} of ${tickets} tickets stored`);
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

function inserter(db: InstanceType<typeof DatabaseSync>): (n: number) => void {
  const prepare = (sql: string): ReturnType<typeof db.prepare> => db.prepare(sql);
  const envelope = prepare(
    "INSERT INTO envelopes (id, connection_id, key, received_at, type, notes, query, body, size, state) VALUES (?, 'old', ?, ?, 'application/json', '{}', '', ?, 400, 1)",
  );
  const draft = prepare(
    "INSERT INTO drafts (id, envelope_id, connection_id, draft_id, kind, state, body) VALUES (?, ?, 'old', ?, 'message', 1, ?)",
  );
  const person = prepare(
    'INSERT INTO persons (id, group_id, name, created_at) VALUES (?, 1, ?, ?)',
  );
  const handle = prepare(
    "INSERT INTO handles (group_id, kind, scope, value, proof, person_id, created_at) VALUES (1, ?, 'old', ?, ?, ?, ?)",
  );
  const conversation = prepare(
    "INSERT INTO conversations (id, connection_id, key, group_id, channel, handle, context, person_id, ticket_id, last_in_at) VALUES (?, 'old', ?, 1, 'webhook', ?, '{}', ?, ?, ?)",
  );
  const ticket = prepare(
    "INSERT INTO tickets (id, group_id, conversation_id, state, status, priority, opened_at, updated_at, last_message_at) VALUES (?, 1, ?, ?, 'open', 'normal', ?, ?, ?)",
  );
  const message = prepare(
    "INSERT INTO messages (id, ticket_id, conversation_id, draft_id, direction, kind, at, received_at, author, text, visibility) VALUES (?, ?, ?, ?, 'in', 'message', ?, ?, ?, ?, 'private')",
  );
  const event = prepare(
    "INSERT INTO events (id, number, ticket_id, conversation_id, type, at, author, data) VALUES (?, ?, ?, ?, 'opened', ?, 'customer', ?)",
  );
  const now = Date.now();
  return (n) => {
    const at = now - n * 1_000;
    const text = `Order SO${n} has not arrived, tracking SF${1_000_000 + n} stands still. 快递一直没有更新。`;
    const data = {
      subject: text,
      fields: { orderNo: `SO${n}` },
      first: { message: n, at, excerpt: text },
    };
    const state = JSON.stringify(applyEvent(newTicketState(at), { type: 'opened', data }, at));
    envelope.run(n, `key-${n}`, at, Buffer.alloc(400, text));
    draft.run(n, n, `draft-${n}`, JSON.stringify({ text, fields: data.fields }));
    person.run(n, `Customer ${n}`, at);
    handle.run('customerId', `customer-${n}`, 'proven', n, at);
    handle.run('email', `customer.${n}@example.com`, 'weak', n, at);
    conversation.run(n, `thread-${n}`, `customer-${n}`, n, n, at);
    ticket.run(n, n, state, at, at, at);
    message.run(n, n, n, n, at, at, `customer-${n}`, text);
    event.run(n, n, n, n, at, JSON.stringify(data));
  };
}
