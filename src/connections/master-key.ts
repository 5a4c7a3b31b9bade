import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export const KEY_BYTES = 32;
const KEY_FILE = 'master.key';

/** The master key does not fit, or is malformed; one sentence with the way out. */
export class VaultProblem extends Error {}

export interface MasterKey {
  /** Eight hex digits of its hash: what was sealed with it says so. */
  readonly id: string;
  readonly key: Buffer;
}

/** Where the keys of this installation come from. */
export interface MasterKeys {
  /** The keys at hand, the newest first; none: the data folder holds no key yet. */
  read(): readonly MasterKey[];
  /** Makes the key of a first start; durable before anything can be sealed with it. */
  make(): MasterKey;
  /** Takes back what `make` made: nothing was sealed with it. */
  unmake(): void;
  /** Why a start without a key is refused where something is sealed already. */
  missing(): VaultProblem;
}

/** `given`: HUBBUB_MASTER_KEY, `new,old` while keys are rotated; null: a file in the data folder. */
export function masterKeysOf(given: string | null, dataFolder: string): MasterKeys {
  const path = join(dataFolder, KEY_FILE);
  const source = given === null ? path : 'HUBBUB_MASTER_KEY';
  return {
    read: () => (given?.split(',') ?? readKeyFile(path)).map((text) => keyOf(text, source)),
    make: () => makeKeyFile(path),
    unmake: () => rmSync(path, { force: true }),
    missing: () =>
      new VaultProblem(
        `there is no master key at ${path}, but this data was sealed with one: put back master.key, or give the key in HUBBUB_MASTER_KEY`,
      ),
  };
}

function keyOf(text: string, source: string): MasterKey {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new VaultProblem(
      `${source} is not a key: 32 bytes in base64 are needed; make one with: openssl rand -base64 32`,
    );
  }
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
}

function readKeyFile(path: string): readonly string[] {
  return orSay(path, 'read', () => {
    if (!existsSync(path)) return [];
    chmodSync(path, 0o600);
    return [readFileSync(path, 'utf8')];
  });
}

/**
 * A key that a power cut takes along takes every secret with it, and half a key opens nothing: the file
 * gets its name only when it is whole and on the disk. Of processes that make one together, one wins.
 */
function makeKeyFile(path: string): MasterKey {
  return orSay(path, 'made', () => {
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      const text = randomBytes(KEY_BYTES).toString('base64');
      writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
      linkUnlessThere(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
    syncFolder(dirname(path));
    return keyOf(readFileSync(path, 'utf8'), path);
  });
}

function linkUnlessThere(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function orSay<T>(path: string, done: 'read' | 'made', task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof VaultProblem) throw error;
    const { code } = error as { code?: string };
    throw new VaultProblem(
      `the master key ${path} cannot be ${done} (${code ?? String(error)}): make it a file of this user, or give the key in HUBBUB_MASTER_KEY`,
    );
  }
}
