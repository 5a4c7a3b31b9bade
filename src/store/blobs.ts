import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  return {
    put: (bytes) => put(pathOf, bytes),
    get: (sha256) => readFile(pathOf(sha256)),
    stream: (sha256) => createReadStream(pathOf(sha256)),
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
}

async function put(pathOf: (sha256: string) => string, bytes: Buffer): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = pathOf(sha256);
  if (await isThere(path, bytes.length)) return sha256;
  const parent = dirname(path);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    if ((await mkdir(parent, { recursive: true })) !== undefined) await syncFolder(dirname(parent));
    await writeDurably(draft, bytes);
    await rename(draft, path);
    await syncFolder(parent);
  } catch (error) {
    await rm(draft, { force: true });
    throw problemOf(error);
  }
  return sha256;
}

async function isThere(path: string, size: number): Promise<boolean> {
  try {
    return (await stat(path)).size === size;
  } catch {
    return false;
  }
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

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
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
