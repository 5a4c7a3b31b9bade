import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestStore, type TestStore } from '../../test/database.js';
import type { Work } from '../store/work.js';
import { masterKeysOf, VaultProblem } from './master-key.js';
import { openVault, type Vault } from './vault.js';

let test_: TestStore;
let folder: string;
beforeEach(async () => {
  test_ = await openTestStore();
  folder = mkdtempSync(join(tmpdir(), 'hubbub-vault-'));
});
afterEach(async () => {
  await test_.end();
  rmSync(folder, { recursive: true, force: true });
});

const newKey = (): string => randomBytes(32).toString('base64');
const open = (keys: string | null): Promise<Vault> =>
  openVault(test_.store, masterKeysOf(keys, folder), 0);
const SECRETS = { password: '口令 canary' };

describe('a sealed secret', () => {
  test('comes back as it was, and is nowhere to be read in between', async () => {
    const vault = await open(newKey());
    const sealed = vault.seal('shop', SECRETS);
    expect(vault.open('shop', sealed)).toEqual(SECRETS);
    expect(sealed).not.toContain('canary');
    expect(Buffer.from(sealed.split('.')[3] ?? '', 'base64').toString()).not.toContain('canary');
    expect(vault.seal('shop', SECRETS)).not.toBe(sealed);
  });

  test('opens for its own connection only', async () => {
    const vault = await open(newKey());
    const sealed = vault.seal('shop', SECRETS);
    expect(() => vault.open('mall', sealed)).toThrow(VaultProblem);
  });

  test('that was touched anywhere is refused in one sentence, without a word of it', async () => {
    const vault = await open(newKey());
    const sealed = vault.seal('shop', SECRETS);
    const [version = '', id = '', iv = '', body = ''] = sealed.split('.');
    const flipped = Buffer.from(body, 'base64');
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    const touched = [
      [version, id, iv, flipped.toString('base64')],
      [version, id, iv, body.slice(0, 8)],
      [version, id, iv, ''],
      [version, id, '', body],
      [version, id, 'AAAA', body],
      [version, id],
    ];
    for (const parts of touched) {
      expect(() => vault.open('shop', parts.join('.'))).toThrow(/changed outside the hub/);
    }
  });

  test('of a connection without secrets is nothing', async () => {
    expect((await open(newKey())).open('shop', '')).toEqual({});
  });
});

describe('the master key', () => {
  test('that is not the one of this database is refused at the start, by its number', async () => {
    await open(newKey());
    await expect(open(newKey())).rejects.toThrow(
      /not the one this data was sealed with.*HUBBUB_MASTER_KEY/,
    );
  });

  test('is rotated as new,old: what the old one sealed opens, what is sealed now needs the new one only', async () => {
    const [old, fresh] = [newKey(), newKey()];
    const before = (await open(old)).seal('shop', SECRETS);
    const both = await open(`${fresh},${old}`);
    expect(both.open('shop', before)).toEqual(SECRETS);
    const after = both.seal('shop', SECRETS);
    expect(after.split('.')[1]).not.toBe(before.split('.')[1]);
    await expect(open(fresh)).rejects.toThrow(VaultProblem);
  });

  test.each(['', 'c2hvcnQ=', 'not base64 at all', `${'A'.repeat(44)},`])(
    'has to be 32 bytes in base64: %j is refused with the way out',
    (given) => {
      expect(() => masterKeysOf(given, folder).read()).toThrow(/HUBBUB_MASTER_KEY.*openssl rand/);
    },
  );

  test('is made at the first start, for this user alone, and is the same at the next', async () => {
    const sealed = (await open(null)).seal('shop', SECRETS);
    const path = join(folder, 'master.key');
    expect(existsSync(path)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await open(null)).open('shop', sealed)).toEqual(SECRETS);
    expect(Buffer.from(readFileSync(path, 'utf8'), 'base64')).toHaveLength(32);
  });

  test('in a file that holds something else is named by the file', () => {
    writeFileSync(join(folder, 'master.key'), 'hello');
    expect(() => masterKeysOf(null, folder).read()).toThrow(join(folder, 'master.key'));
  });

  test('that is gone is not made anew: what is sealed would stay closed, so the start leaves nothing', async () => {
    await open(null);
    rmSync(join(folder, 'master.key'));
    await expect(open(null)).rejects.toThrow(/master\.key.*sealed.*HUBBUB_MASTER_KEY/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a first start that came second elsewhere is taken back', async () => {
    const keys = masterKeysOf(null, folder);
    const first = newKey();
    const read = test_.store.read.bind(test_.store);
    // Both looked before either had sealed anything.
    let looked = false;
    const store = {
      ...test_.store,
      read: async <T>(work: () => Work<T>) => {
        const seen = await read(work);
        if (!looked) await openVault(test_.store, masterKeysOf(first, ''), 0);
        looked = true;
        return seen;
      },
    };
    await expect(openVault(store, keys, 0)).rejects.toThrow(/not the one/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of first starts that share a folder is one, whole, and nothing lies beside it', async () => {
    const vaults = await Promise.all([open(null), open(null), open(null)]);
    const sealed = vaults[0].seal('shop', SECRETS);
    expect(vaults.map((vault) => vault.open('shop', sealed))).toEqual([SECRETS, SECRETS, SECRETS]);
    expect(readdirSync(folder)).toEqual(['master.key']);
  });

  test('of two processes that start at the same time is one, and so are their token keys', async () => {
    const key = newKey();
    const [one, other] = await Promise.all([open(key), open(key)]);
    expect(one.macKeys('shop')).toEqual(other.macKeys('shop'));
    const rival = await Promise.allSettled([open(newKey())]);
    expect(rival[0].status).toBe('rejected');
  });
});

describe('token keys', () => {
  test('outlive a restart and differ from connection to connection', async () => {
    const key = newKey();
    const before = (await open(key)).macKeys('shop');
    expect((await open(key)).macKeys('shop')).toEqual(before);
    expect((await open(key)).macKeys('mall')).not.toEqual(before);
    expect(before).toHaveLength(1);
  });
});
