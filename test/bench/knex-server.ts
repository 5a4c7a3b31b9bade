/**
 * The usual way, for comparison, a process of its own: a signed webhook comes in, is verified, read, and
 * filed in a knex transaction of its own before it is acknowledged; what the hub looks up is looked up and
 * what it writes is written.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { migrate } from '../../src/store/migrate.js';
import { openSqlite } from '../../src/store/sqlite.js';
import { sqliteKnex } from '../../src/store/sqlite-knex.js';

const [, , folder = '.', secret = ''] = process.argv;
const file = join(folder, 'hubbub.db');
const store = openSqlite(file);
await migrate(store);
await store.close();
const knex = sqliteKnex(file);
await knex.raw('PRAGMA journal_mode=WAL');
await knex.raw('PRAGMA synchronous=FULL');
await knex('groups').insert({ id: 1, name: 'default' });

/** What the load sends (`signed.ts`). */
interface Complaint {
  readonly id: string;
  readonly conversation: string;
  readonly customer: { readonly id: string; readonly name: string; readonly email: string };
  readonly subject: string;
  readonly text: string;
  readonly orderNo: string;
  readonly sentAt: string;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    take(request, Buffer.concat(chunks), response).catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      response.writeHead(500).end();
    });
  });
});

async function take(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  if (!isGenuine(request, body)) return void response.writeHead(401).end();
  const key = String(request.headers['webhook-id']);
  const at = Date.now();
  await knex.transaction((trx) => fileOne(trx, { key, body, at }));
  response.writeHead(200, { 'content-length': 0 }).end();
}

function isGenuine({ headers }: IncomingMessage, body: Buffer): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const head = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.`;
  const expected = createHmac('sha256', key).update(head).update(body).digest();
  const given = Buffer.from(String(headers['webhook-signature']).slice('v1,'.length), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

interface Delivery {
  readonly key: string;
  readonly body: Buffer;
  readonly at: number;
}

async function fileOne(trx: Knex.Transaction, { key, body, at }: Delivery): Promise<void> {
  if (await isThere(trx, 'envelopes', { connection_id: 'shop', key })) return;
  const envelope = await insert(trx, 'envelopes', {
    ...{ connection_id: 'shop', key, received_at: at, type: 'application/json' },
    ...{ notes: '{}', query: '', body, size: body.length, state: 1 },
  });
  const said = JSON.parse(body.toString()) as Complaint;
  const draft = { connection_id: 'shop', draft_id: said.id };
  if (await isThere(trx, 'drafts', draft)) return;
  const row = { ...draft, envelope_id: envelope, kind: 'message', state: 1 };
  const draftId = await insert(trx, 'drafts', { ...row, body: body.toString() });
  const place = { connection_id: 'shop', key: said.conversation };
  if (await isThere(trx, 'conversations', place)) {
    throw new Error('every complaint of this bench is a new customer’s');
  }
  await openTicket(trx, said, { draft: draftId, at });
}

async function isThere(trx: Knex.Transaction, table: string, where: object): Promise<boolean> {
  const row: unknown = await trx(table).where(where).first('*');
  return row !== undefined;
}

async function insert(trx: Knex.Transaction, table: string, row: object): Promise<number> {
  const [id] = await trx(table).insert(row);
  return id ?? 0;
}

/** A new customer's complaint: person, handles, conversation, ticket, message, event. */
async function openTicket(
  trx: Knex.Transaction,
  { customer, conversation: key, subject, text, orderNo }: Complaint,
  { draft, at }: { readonly draft: number; readonly at: number },
): Promise<void> {
  const account = { group_id: 1, kind: 'customerId', scope: 'shop', value: customer.id };
  if (await isThere(trx, 'handles', { ...account, proof: 'proven' })) {
    throw new Error('every complaint of this bench is a new customer’s');
  }
  const person = await insert(trx, 'persons', {
    group_id: 1,
    name: customer.name,
    created_at: at,
  });
  const mailbox = { group_id: 1, kind: 'email', scope: '', value: customer.email };
  const of = { person_id: person, created_at: at };
  await insert(trx, 'handles', { ...account, ...of, proof: 'proven' });
  await insert(trx, 'handles', { ...mailbox, ...of, proof: 'weak' });
  const conversation = await insert(trx, 'conversations', {
    ...{ connection_id: 'shop', key, group_id: 1, channel: 'webhook', handle: customer.id },
    ...{ name: customer.name, subject, context: '{}', person_id: person },
  });
  const state = JSON.stringify({ status: 'new', subject, fields: { orderNo }, lastMessage: text });
  const times = { opened_at: at, updated_at: at, last_message_at: at };
  const where = { conversation_id: conversation };
  const ticket = await insert(trx, 'tickets', {
    ...{ group_id: 1, ...where, state, status: 'new', priority: 'normal', ...times },
  });
  const message = await insert(trx, 'messages', {
    ...{ ticket_id: ticket, ...where, draft_id: draft, direction: 'in', kind: 'message' },
    ...{ at, received_at: at, author: customer.id, subject, text, visibility: 'private' },
  });
  const last = await trx('events')
    .max({ number: 'number' })
    .first<{ number: number | null } | undefined>();
  await insert(trx, 'events', {
    ...{ number: (last?.number ?? 0) + 1, ticket_id: ticket, ...where, type: 'opened', at },
    ...{ author: 'customer', data: JSON.stringify({ subject, message }) },
  });
  await trx('conversations')
    .where({ id: conversation })
    .update({ ticket_id: ticket, last_in_at: at });
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
