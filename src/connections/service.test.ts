import { randomBytes } from 'node:crypto';
import { createCourier, type Courier } from '../../test/courier.js';
import { delivery, queueReply } from '../../test/outbox.js';
import { courierMappings, openWorkshop, type Workshop } from '../../test/workshop.js';
import { accountUnder, type Connected } from '../intake/connected.js';
import type { MappingLibrary } from '../mapping/load.js';
import { failed } from '../model/outcome.js';
import { noteTrouble, setConnectionStatus } from '../store/connections.js';
import { run } from '../store/work.js';
import { openRegistry, type Registry } from './registry.js';
import { createConnectionService, type ConnectionService } from './service.js';
import { masterKeysOf } from './master-key.js';
import { openVault, type Vault } from './vault.js';

let shop: Workshop;
let vault: Vault;
let registry: Registry;
let service: ConnectionService;
let courier: Courier;
let logged: string[];
beforeEach(async () => {
  shop = await openWorkshop();
  logged = [];
  courier = createCourier();
  vault = await openVault(shop.store, masterKeysOf(randomBytes(32).toString('base64'), ''), 0);
  registry = open();
  service = serviceOf(registry);
});
afterEach(async () => {
  registry.close();
  await shop.end();
});

const say = (sentence: string): void => void logged.push(sentence);
const MAPPINGS: MappingLibrary = new Map([['courier', courierMappings()]]);
const serviceOf = (one: Registry): ConnectionService =>
  createConnectionService({
    ...shop,
    ...{ vault, registry: one, mappings: MAPPINGS, allowPrivate: [] },
    connectors: new Map([['courier', courier.connector]]),
    withLive: (_connection, use) => use(courier.connector.open(undefined as never)),
  });
const open = (mappings = MAPPINGS): Registry =>
  openRegistry({
    ...shop,
    vault,
    connectors: new Map([['courier', courier.connector]]),
    mappings,
    publicUrl: () => 'https://hub.example',
    log: { info: say, warn: say, error: say },
  });

const NEW = {
  ...{ connector: 'courier', name: 'Support, North', settings: { region: 'north' } },
  credentials: { password: 'canary-secret' },
};

async function added(more: object = {}): Promise<string> {
  const saved = await service.add({ ...NEW, ...more });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved));
  return saved.id;
}
function known(id: string): Connected {
  const connected = registry.find(id);
  if (connected === undefined) throw new Error(`${id} is not known`);
  return connected;
}

describe('a new connection', () => {
  test('has a readable id, its own hook URL, and is known at once', async () => {
    const id = await added();
    expect(id).toBe('support-north');
    expect(known(id).account).toMatchObject({
      settings: { region: 'north' },
      credentials: { password: 'canary-secret' },
      hookUrl: 'https://hub.example/hooks/support-north',
    });
  });

  test('keeps its secrets sealed: no row holds them in the clear', async () => {
    await added({ credentials: { password: 'canary-secret', pathSecret: 'in-the-url' } });
    const rows = await shop.rows('SELECT * FROM connections');
    expect(JSON.stringify(rows)).not.toMatch(/canary-secret|in-the-url/);
  });

  test('of the same name, or of a removed one’s, gets an id of its own', async () => {
    const first = await added();
    const second = await added();
    await service.remove(first);
    const third = await added();
    expect(new Set([first, second, third]).size).toBe(3);
    expect([second, third].every((id) => id.startsWith('support-north-'))).toBe(true);
  });

  test.each(['客服', '!!!', ''])('called %j still gets an id', async (name) => {
    expect(await added({ name })).toMatch(/^connection/);
  });

  test('whose form has mistakes is refused field by field, in the words of the form', async () => {
    const saved = await service.add({ ...NEW, settings: { region: '' }, credentials: {} });
    expect(saved).toMatchObject({
      kind: 'invalid',
      problems: [{ field: 'settings.region' }, { field: 'credentials.password' }],
    });
    expect(JSON.stringify(saved)).toContain('Password: ');
    expect(registry.list()).toEqual([]);
  });

  test.each([null, 'text', 7, [1]])(
    'whose settings are %j is refused and not thrown at',
    async (odd) => {
      expect((await service.add({ ...NEW, settings: odd, credentials: odd })).kind).toBe('invalid');
    },
  );

  test('of a platform nobody knows is refused with those that are known', async () => {
    expect(await service.add({ ...NEW, connector: 'pigeon' })).toEqual({
      ...{ kind: 'unknown', what: 'connector', known: ['courier'] },
    });
  });
});

describe('a change', () => {
  test('leaves what is not given as it is, secrets above all', async () => {
    const id = await added();
    await service.change(id, { settings: { region: 'south' } });
    expect(known(id).account).toMatchObject({
      settings: { region: 'south' },
      credentials: { password: 'canary-secret' },
    });
    expect(known(id).name).toBe('Support, North');
  });

  test('of the path secret changes the URL, and the old one is gone', async () => {
    const id = await added({ credentials: { password: 'p', pathSecret: 'old-path' } });
    expect(known(id).account.hookUrl).toMatch(/\/old-path$/);
    await service.change(id, { credentials: { pathSecret: 'new-path' } });
    expect(known(id).account.hookUrl).toBe('https://hub.example/hooks/support-north/new-path');
  });

  test('that is wrong changes nothing', async () => {
    const id = await added();
    expect((await service.change(id, { settings: { region: '' } })).kind).toBe('invalid');
    expect(known(id).account.settings).toEqual({ region: 'north' });
  });

  test('of what nobody knows says so', async () => {
    const id = await added();
    expect(await service.change('nothing', {})).toEqual({
      ...{ kind: 'unknown', what: 'connection', known: [id] },
    });
    await service.remove(id);
    expect(await service.change(id, {})).toMatchObject({ kind: 'unknown' });
  });

  test('mends a connection whose credential was refused: its queue goes on', async () => {
    const id = await added();
    await shop.connect('a', courier);
    await shop.file({ sender: { handle: 'zhang' } });
    await shop.write(() => run('UPDATE conversations SET connection_id = ?', id));
    const sending = { ...shop.sending, find: registry.find, live: () => shop.sending.live('a') };
    courier.script.push(failed({ kind: 'unauthorised', why: 'wrong password' }));
    const { send } = await import('../replies/send.js');
    const { compose } = await import('../replies/compose.js');
    const words = { text: 'hello', html: null, attachments: [], agent: 'anna', final: false };
    const way = { ticket: 1, conversation: null, confirm: [], replyTo: null };
    await compose({ ...shop, find: registry.find }, { ...way, ...words });
    await send(sending);
    await registry.refresh();
    expect(known(id).status).toBe('failing');
    await service.change(id, { credentials: { password: 'the right one' } });
    expect(known(id).status).toBe('active');
    shop.clock.pass(5_000);
    await send(sending);
    expect(courier.sends).toHaveLength(2);
  });

  test('of the account forgets what did not work of the old one, one of the name does not', async () => {
    const id = await added();
    await shop.write(() => noteTrouble(id, 'the port is taken'));
    await service.change(id, { name: 'Another name' });
    expect((await service.row(id))?.status_reason).toBe('the port is taken');
    await service.change(id, { settings: { region: 'south' } });
    expect((await service.row(id))?.status_reason).toBeNull();
  });

  test('does not start what an admin has paused', async () => {
    const id = await added();
    await service.setStatus(id, 'paused');
    await service.change(id, { settings: { region: 'south' } });
    expect(known(id).status).toBe('paused');
  });
});

test('two changes that come at once are both kept', async () => {
  const id = await added();
  const [credentials, settings] = [{ password: 'new' }, { region: 'south' }];
  await Promise.all([service.change(id, { credentials }), service.change(id, { settings })]);
  expect(known(id).account).toMatchObject({ credentials, settings });
});

test.each([
  ['has not heard of the last change', MAPPINGS],
  ['leaves the connection out', new Map()],
])('a change by a process that %s loses no secret', async (_why, mappings) => {
  const id = await added({ credentials: { password: 'old', pathSecret: 'path' } });
  const elsewhere = open(mappings);
  await elsewhere.refresh();
  await service.change(id, { credentials: { password: 'new' } });
  await serviceOf(elsewhere).change(id, { credentials: { pathSecret: 'other' } });
  await registry.refresh();
  expect(known(id).account.credentials).toEqual({ password: 'new', pathSecret: 'other' });
  elsewhere.close();
});

describe('a connection sealed with a lost key', () => {
  async function lost(): Promise<string> {
    const id = await added();
    await shop.write(() =>
      run("UPDATE connections SET credentials = 'v1.00000000.AAAA.AAAA', version = version + 1"),
    );
    await registry.refresh();
    return id;
  }

  test('is left out and named, the others go on', async () => {
    const id = await lost();
    const other = await added({ name: 'other' });
    expect([registry.find(id), registry.find(other)?.id]).toEqual([undefined, other]);
    expect(logged.join()).toContain('left out');
  });

  test('is mended by entering the secrets again', async () => {
    const id = await lost();
    const sealed = await shop.rows('SELECT credentials, secret_version FROM connections');
    for (const credentials of [undefined, {}]) {
      const problems = [{ field: 'credentials' }];
      expect(await service.change(id, { credentials })).toMatchObject({ problems });
    }
    expect(await shop.rows('SELECT credentials, secret_version FROM connections')).toEqual(sealed);
    await service.change(id, { credentials: { password: 'entered again' } });
    expect(known(id).account.credentials).toEqual({ password: 'entered again' });
  });

  test('can be removed', async () => {
    expect(await service.remove(await lost())).toBe(true);
  });
});

describe('a removed connection', () => {
  test('is gone at once, forgets its secrets, and is not removed twice', async () => {
    const id = await added({ credentials: { password: 'p', pathSecret: 's' } });
    expect([await service.remove(id), await service.remove(id)]).toEqual([true, false]);
    expect(registry.find(id)).toBeUndefined();
    const [row] = await shop.rows('SELECT credentials FROM connections');
    expect(row).toEqual({ credentials: '' });
    expect([await service.setStatus(id, 'active'), await service.check(id)]).toEqual([false, null]);
  });

  test('leaves no reply that is queued for ever', async () => {
    await shop.connect('a', courier);
    await shop.file({ sender: { handle: 'zhang' } });
    const id = await queueReply(shop, 1, 'too late');
    await service.remove('a');
    expect(await delivery(shop, id)).toMatchObject({ state: 'failed', work: 1 });
    expect((await delivery(shop, id)).failure).toContain('removed');
  });
});

describe('the registry', () => {
  test('reads nothing anew for a word on what does not work', async () => {
    const before = known(await added());
    await shop.write(() => noteTrouble(before.id, 'the port is taken'));
    await registry.refresh();
    expect(known(before.id) === before).toBe(true);
  });

  test('sees what another process changed, and calls its watchers once for it', async () => {
    const elsewhere = open();
    let calls = 0;
    elsewhere.watch(() => void (calls += 1));
    const id = await added();
    await elsewhere.refresh();
    expect([elsewhere.find(id)?.id, calls]).toEqual([id, 1]);
    await elsewhere.refresh();
    expect(calls).toBe(1);
    await service.setStatus(id, 'paused');
    await Promise.all([elsewhere.refresh(), elsewhere.refresh()]);
    expect([elsewhere.find(id)?.status, calls]).toEqual(['paused', 2]);
    elsewhere.close();
  });

  test('leaves out and names a connection whose connector is gone', async () => {
    await added();
    await shop.write(() => run("UPDATE connections SET connector = 'gone', version = version + 1"));
    await registry.refresh();
    expect([registry.list(), logged.join()]).toEqual([[], expect.stringContaining('gone')]);
  });
});

test('a connection that turns failing is said once, and once more when it is back', async () => {
  const id = await added();
  await shop.write(() => setConnectionStatus(id, 'failing', 'the password was refused'));
  await registry.refresh();
  await registry.refresh();
  expect(logged).toEqual(['the connection turned failing: its replies wait']);
  expect(await service.check(id)).toMatchObject({ ok: true, resumed: true });
  expect(logged[1]).toBe('the connection is active again');
  expect(await service.check(id)).toMatchObject({ ok: true, resumed: false });
});

test('a check resumes no connection that an admin has paused', async () => {
  const id = await added();
  await service.setStatus(id, 'paused');
  expect(await service.check(id)).toMatchObject({ ok: true, resumed: false });
  expect(known(id).status).toBe('paused');
});

describe('secrets that are replaced', () => {
  const changed = async (): Promise<string> => {
    const id = await added({ credentials: { password: 'old-password' } });
    await service.change(id, { credentials: { password: 'new-password' } });
    return id;
  };

  test('still read what came under them, and nothing else', async () => {
    const id = await changed();
    const { account, secretVersion, earlier } = known(id);
    expect([secretVersion, account.credentials['password']]).toEqual([2, 'new-password']);
    expect(accountUnder(known(id), 1).credentials['password']).toBe('old-password');
    expect(accountUnder(known(id), 2)).toBe(account);
    expect([...earlier.keys()]).toEqual([1]);
  });

  test('are sealed, and erased with the connection', async () => {
    const id = await changed();
    const kept = await shop.rows('SELECT * FROM retired_secrets');
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain('old-password');
    await service.remove(id);
    expect(await shop.rows('SELECT * FROM retired_secrets')).toEqual([]);
  });

  test('are not made by a change of the name alone', async () => {
    const id = await added();
    await service.change(id, { name: 'Another name' });
    expect(known(id).secretVersion).toBe(1);
    expect(await shop.rows('SELECT * FROM retired_secrets')).toEqual([]);
  });
});
