/** The raw limit of mail: the same SMTP library and one group-committed durable insert, a process of its own. */
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { SMTPServer } from 'smtp-server';

const db = new DatabaseSync(join(process.argv[2] ?? '.', 'raw.db'));
db.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB NOT NULL)',
);
const insert = db.prepare('INSERT INTO raw (body) VALUES (?)');
let turn: { readonly body: Buffer; readonly done: () => void }[] = [];

function commit(): void {
  const batch = turn;
  turn = [];
  db.exec('BEGIN IMMEDIATE');
  for (const { body } of batch) insert.run(body);
  db.exec('COMMIT');
  for (const { done } of batch) done();
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  onData(stream, _session, callback) {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (turn.length === 0) setImmediate(commit);
      turn.push({ body: Buffer.concat(chunks), done: () => callback() });
    });
  },
});

server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 });
});
