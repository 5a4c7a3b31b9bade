import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { MacKey } from '../sdk/inbound.js';
import type { Store } from '../store/store.js';
import { all, get, run, type Work } from '../store/work.js';
import { KEY_BYTES, VaultProblem, type MasterKey, type MasterKeys } from './master-key.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const CHECK = 'masterKeyCheck';

/** Seals credentials with AES-256-GCM; the connection's id is authenticated with them. */
export interface Vault {
  seal(owner: string, secrets: unknown): string;
  open(owner: string, sealed: string): unknown;
  /** Keys for tokens of one connection, newest first. */
  macKeys(connection: string): readonly MacKey[];
}

/** Opens the vault and proves that the key is the one this database was sealed with. */
export async function openVault(store: Store, given: MasterKeys, now: number): Promise<Vault> {
  const keys = await fittingKeys(store, given);
  const [newest] = keys;
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

/** The keys that open this database; the first start makes one, and a start that fails leaves none behind. */
async function fittingKeys(
  store: Store,
  source: MasterKeys,
): Promise<readonly [MasterKey, ...MasterKey[]]> {
  // In this order: who sealed something had its key on the disk before.
  const sealed = await store.read(checkSealed);
  const [newest, ...older] = source.read();
  if (newest !== undefined) {
    unseal([newest, ...older], CHECK, await store.write(() => checkOrInit(newest)));
    return [newest, ...older];
  }
  if (sealed !== undefined) throw source.missing();
  const made = source.make();
  try {
    unseal([made], CHECK, await store.write(() => checkOrInit(made)));
    return [made];
  } catch (error) {
    // Another process, with a folder of its own, was the first: nothing was sealed with this one.
    source.unmake();
    throw error;
  }
}

function* checkSealed(): Work<string | undefined> {
  return (yield* get<{ value: string }>('SELECT value FROM facts WHERE name = ?', CHECK))?.value;
}

/** What the first start sealed; of several processes that start at once one is the first. */
function* checkOrInit(key: MasterKey): Work<string> {
  yield* run(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
    CHECK,
    sealWith(key, CHECK, 'hubbub'),
  );
  return (yield* checkSealed()) ?? '';
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
