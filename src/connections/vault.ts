import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { MacKey } from '../sdk/inbound.js';
import type { Store } from '../store/store.js';
import { all, get, run, type Work } from '../store/work.js';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_FILE = 'master.key';
const CHECK = 'masterKeyCheck';

/** The master key does not fit, or is malformed; one sentence with the way out. */
export class VaultProblem extends Error {}

/** Seals credentials with AES-256-GCM; the connection's id is authenticated with them. */
export interface Vault {
  seal(owner: string, secrets: unknown): string;
  open(owner: string, sealed: string): unknown;
  /** Keys for tokens of one connection, newest first. */
  macKeys(connection: string): readonly MacKey[];
}

interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** `given`: HUBBUB_MASTER_KEY, `new,old` while keys are rotated; null: a file in the data folder. */
export function readMasterKeys(given: string | null, dataFolder: string): readonly MasterKey[] {
  const texts = given === null ? [readOrMakeKeyFile(join(dataFolder, KEY_FILE))] : given.split(',');
  return texts.map((text) => {
    const key = Buffer.from(text.trim(), 'base64');
    if (key.length !== KEY_BYTES) {
      throw new VaultProblem(
        `${given === null ? join(dataFolder, KEY_FILE) : 'HUBBUB_MASTER_KEY'} is not a key: 32 bytes in base64 are needed; make one with: openssl rand -base64 32`,
      );
    }
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
  });
}

function readOrMakeKeyFile(path: string): string {
  try {
    if (!existsSync(path)) makeKeyFile(path);
    chmodSync(path, 0o600);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    throw new VaultProblem(
      `the master key ${path} cannot be read (${code ?? String(error)}): make it a file of this user, or give the key in HUBBUB_MASTER_KEY`,
    );
  }
}

/** Durable before anything is sealed with it: a key that a power cut takes along takes every secret with it. */
function makeKeyFile(path: string): void {
  const text = randomBytes(KEY_BYTES).toString('base64');
  writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true });
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** Opens the vault and proves that the key is the one this database was sealed with. */
export async function openVault(
  store: Store,
  keys: readonly MasterKey[],
  now: number,
): Promise<Vault> {
  const [newest] = keys;
  if (newest === undefined) throw new VaultProblem('there is no master key');
  const sealed = await store.write(() => checkOrInit(newest));
  unseal(keys, CHECK, sealed);
  const rows = await store.write(() => ensureMacKeys(newest, now));
  const roots = rows.map(({ id, wrapped }) => ({
    id,
    key: unseal(keys, `mac:${id}`, wrapped) as string,
  }));
  return {
    seal: (owner, secrets) => sealWith(newest, owner, secrets),
    open: (owner, text) => (text === '' ? {} : unseal(keys, owner, text)),
    macKeys: (connection) =>
      roots.map(({ id, key }) => ({
        id,
        key: createHmac('sha256', key).update(connection).digest('base64url'),
      })),
  };
}

/** What the first start sealed; of several processes that start at once one is the first. */
function* checkOrInit(key: MasterKey): Work<string> {
  yield* run(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
    CHECK,
    sealWith(key, CHECK, 'hubbub'),
  );
  const row = yield* get<{ value: string }>('SELECT value FROM facts WHERE name = ?', CHECK);
  return row?.value ?? '';
}

interface WrappedKey {
  readonly id: string;
  readonly wrapped: string;
}

function* ensureMacKeys(key: MasterKey, now: number): Work<readonly WrappedKey[]> {
  // Processes that start together make one key, not one each.
  yield* get('SELECT value FROM facts WHERE name = ? {lock}', CHECK);
  const rows = yield* all<WrappedKey>(
    'SELECT id, wrapped FROM mac_keys ORDER BY created_at DESC, id',
  );
  if (rows.length > 0) return rows;
  const id = randomBytes(4).toString('hex');
  const wrapped = sealWith(key, `mac:${id}`, randomBytes(KEY_BYTES).toString('base64'));
  yield* run('INSERT INTO mac_keys (id, wrapped, created_at) VALUES (?, ?, ?)', id, wrapped, now);
  return [{ id, wrapped }];
}

function sealWith({ id, key }: MasterKey, owner: string, secrets: unknown): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner));
  const text = Buffer.concat([
    cipher.update(JSON.stringify(secrets), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return `v1.${id}.${iv.toString('base64')}.${text.toString('base64')}`;
}

function unseal(keys: readonly MasterKey[], owner: string, sealed: string): unknown {
  const [, id, iv = '', body = ''] = sealed.split('.');
  const found = keys.find((key) => key.id === id);
  if (found === undefined) {
    throw new VaultProblem(
      `the master key is not the one this data was sealed with (key ${id ?? '?'} is needed): give the old key in HUBBUB_MASTER_KEY or put back master.key`,
    );
  }
  try {
    const bytes = Buffer.from(body, 'base64');
    const cipher = createDecipheriv('aes-256-gcm', found.key, Buffer.from(iv, 'base64'), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(Math.max(bytes.length - TAG_BYTES, 0)));
    const text = cipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8');
    return JSON.parse(text + cipher.final('utf8')) as unknown;
  } catch {
    throw new VaultProblem(
      `a sealed secret of ${owner} was changed outside the hub: enter it again`,
    );
  }
}
