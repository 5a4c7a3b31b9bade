/**
 * The raw limit, a process of its own: plain node:http and one group-committed durable insert with the
 * same driver and the same durability. Nothing a hub does can be faster than this.
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

const db = new DatabaseSync(join(process.argv[2] ?? '.', 'raw.db'));
db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
db.exec(
  'CREATE TABLE raw (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, body BLOB NOT NULL)',
);
const insert = db.prepare(
  'INSERT INTO raw (key, at, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
);

interface Waiting {
  readonly key: string;
  readonly body: Buffer;
  readonly done: () => void;
}

let turn: Waiting[] = [];

function commit(): void {
  const batch = turn;
  turn = [];
  db.exec('BEGIN IMMEDIATE');
  for (const { key, body } of batch) insert.run(key, Date.now(), body);
  db.exec('COMMIT');
  for (const { done } of batch) done();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (turn.length === 0) setImmediate(commit);
    turn.push({
      key: String(request.headers['webhook-id']),
      body: Buffer.concat(chunks),
      done: () => {
        response.writeHead(200, { 'content-length': 0 });
        response.end();
      },
    });
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
