import { DatabaseSync } from '@photostructure/sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { openSqlite } from './sqlite.js';
import { get } from './work.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-sqlite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'hubbub.db');

test('what is written has reached the disk when it is done', async () => {
  const store = openSqlite(file());
  const full = { synchronous: 2 };
  expect(await store.write(() => get('PRAGMA synchronous'))).toMatchObject(full);
  expect(await store.read(() => get('PRAGMA synchronous'))).toMatchObject(full);
  await store.close();
});

/** Locks the database as somebody does who reads it after a crash, and lets go of it by himself. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('@photostructure/sqlite');
  const database = new DatabaseSync(workerData);
  database.exec('BEGIN EXCLUSIVE');
  parentPort.postMessage('locked');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  database.exec('COMMIT');
  database.close();
`;

test('a database that somebody holds for a moment is opened after it, not called broken', async () => {
  new DatabaseSync(file()).close();
  const reader = new Worker(READER, { eval: true, workerData: file() });
  const gone = once(reader, 'exit');
  await once(reader, 'message');
  const store = openSqlite(file());
  await store.close();
  await gone;
});
