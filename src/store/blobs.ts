import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StoreProblem } from './store.js';

/** Bytes by the SHA-256 of their content. What is put is durable when the promise resolves. */
export interface Blobs {
  put(bytes: Buffer): Promise<string>;
  get(sha256: string): Promise<Buffer>;
  stream(sha256: string): ReadStream;
  remove(sha256: string): Promise<void>;
}

const HASH = /^[0-9a-f]{64}$/;

/** A folder of files, two characters of the hash a subfolder; processes on one disk may share it. */
export function folderBlobs(folder: string): Blobs {
  const pathOf = (sha256: string): string => {
    if (!HASH.test(sha256)) throw new Error('not a SHA-256');
    return join(folder, sha256.slice(0, 2), sha256);
  };
  const makeFolder = folderMaker(folder);
  return {
    put: (bytes) => put(pathOf, makeFolder, bytes),
    get: (sha256) => readFile(pathOf(sha256)),
    stream: (sha256) => createReadStream(pathOf(sha256)),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
}

async function put(
  pathOf: (sha256: string) => string,
  makeFolder: (path: string) => Promise<void>,
  bytes: Buffer,
): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = pathOf(sha256);
  const parent = dirname(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await makeFolder(parent);
    if (!(await isThere(path, bytes.length))) {
      await writeDurably(draft, bytes);
      await rename(draft, path);
    }
    await sync(parent);
  } catch (error) {
    await rm(draft, { force: true });
    throw problemOf(error);
  }
  return sha256;
}

/** Makes folders, and has each entry on the way down from the data folder on the disk; asked again, it costs nothing. */
function folderMaker(root: string): (path: string) => Promise<void> {
  const durable = new Set<string>();
  const top = dirname(resolve(root));
  return async (path) => {
    if (durable.has(path)) return;
    await mkdir(path, { recursive: true });
    for (let at = resolve(path); at !== top; at = dirname(at)) await sync(dirname(at));
    durable.add(path);
  };
}

/** Somebody who wrote it a moment ago may not have come to its end: what is there is durable as well. */
async function isThere(path: string, size: number): Promise<boolean> {
  try {
    if ((await stat(path)).size !== size) return false;
  } catch {
    return false;
  }
  await sync(path);
  return true;
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Of a folder: its entries. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function problemOf(error: unknown): Error {
  const full = (error as { code?: string }).code === 'ENOSPC';
  return full
    ? new StoreProblem(
        'full',
        'the disk is full: nothing was stored; free some space, the hub goes on by itself',
      )
    : (error as Error);
}
