import { createCourier, type Courier } from '../../test/courier.js';
import { until } from '../../test/hub.js';
import { openWorkshop, type Workshop } from '../../test/workshop.js';
import type { Connected } from '../intake/connected.js';
import { connectionById, cursorsOf } from '../store/connections.js';
import { createReceive } from '../intake/receive.js';
import type { Context, Finding, Live } from '../sdk/treaty.js';
import type { Registry } from './registry.js';
import { startSupervisor, type Supervisor } from './supervisor.js';

let shop: Workshop;
let supervisor: Supervisor;
let courier: Courier;
/** What the live halves did, in order. */
let did: string[];
/** Something the next opening throws. */
let broken: Error | null;
let liveOf: (context: Context) => Partial<Live>;
let listed: Map<string, Connected>;
let watchers: (() => void)[];
let warned: string[];

beforeEach(async () => {
  shop = await openWorkshop();
  [did, watchers, warned] = [[], [], []];
  [broken, listed] = [null, new Map<string, Connected>()];
  liveOf = () => ({});
  courier = createCourier({
    live: (context) => {
      if (broken !== null) throw broken;
      did.push('open');
      return { close: async () => void did.push('close'), ...liveOf(context) };
    },
  });
  await shop.connect('a', createCourier());
  supervisor = startSupervisor({
    ...shop,
    registry: registry(),
    receive: createReceive(shop),
    http: undefined as never,
    chance: () => 0.5,
    log: { info: () => undefined, warn: () => undefined, with: logOf },
    doors: () => ({ history: async () => [], subscribe: () => () => undefined }),
    opened: (connection) => void did.push(`opened ${connection}`),
    pumps: true,
  });
});
afterEach(async () => {
  await supervisor.close();
  await shop.end();
});

const logOf = ({ connection }: Readonly<Record<string, string>>) => ({
  info: () => undefined,
  warn: (text: string) => void warned.push(`${connection}: ${text}`),
});

/** A registry whose list the test writes; refreshing tells the watchers. */
function registry(): Registry {
  return {
    find: (id) => listed.get(id),
    list: () => [...listed.values()],
    refresh: async () => tellWatchers(),
    watch: (changed) => void watchers.push(changed),
    close: () => undefined,
  };
}
function tellWatchers(): void {
  for (const changed of watchers) changed();
}

/** The registry now says this of a connection; null: it was removed. */
async function says(id: string, change: Partial<Connected> | null): Promise<void> {
  const template = shop.find('a');
  if (template === undefined) throw new Error('the workshop has no connection');
  if (change === null) listed.delete(id);
  else listed.set(id, { ...template, id, connector: courier.connector, ...change });
  tellWatchers();
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
}
const settings = (region: string): Partial<Connected> => ({
  account: { id: 'a', settings: { region }, credentials: {}, hookUrl: '', macKeys: [] },
});

test('what breaks is logged with the connection it is', async () => {
  liveOf = () => ({ listen: () => Promise.reject(new Error('the port is taken')) });
  await says('a', settings('north'));
  expect(warned).toEqual([
    'a: the connection cannot be opened; it is tried again: the port is taken',
  ]);
});

test('a loop that works does not hide what the account lacks', async () => {
  const text = { en: 'the password is missing', zh: '未填写密码' };
  const incomplete = (): Finding => ({ ok: false, cause: 'credentials', text });
  liveOf = () => ({ listen: async () => ({ port: 1 }) });
  await says('a', { connector: { ...courier.connector, incomplete } });
  await until('the reason', async () => {
    const row = await shop.store.read(() => connectionById('a'));
    return row?.status_reason === text.en;
  });
});

test('an active connection is opened, and its queue may move', async () => {
  await says('a', {});
  expect(did).toEqual(['open', 'opened a']);
  expect(supervisor.live('a')).toBeDefined();
});

test('changed settings close it and open it anew; a new name does not', async () => {
  await says('a', settings('north'));
  await says('a', { ...settings('north'), name: 'another name' });
  expect(did).toEqual(['open', 'opened a']);
  await says('a', settings('south'));
  expect(did).toEqual(['open', 'opened a', 'close', 'open', 'opened a']);
});

test('a changed listener opens when the old one has let go of its port', async () => {
  let letGo: () => void = () => undefined;
  liveOf = () => ({
    close: () =>
      new Promise<void>((resolve) => {
        letGo = () => {
          did.push('port is free');
          resolve();
        };
      }),
  });
  await says('a', settings('north'));
  liveOf = () => ({});
  await says('a', settings('south'));
  expect(did).toEqual(['open', 'opened a']);
  letGo();
  await says('a', settings('south'));
  expect(did).toEqual(['open', 'opened a', 'port is free', 'open', 'opened a']);
});

test.each([{ status: 'paused' }, null] as const)(
  'one that is %j is closed and stays closed',
  async (change) => {
    await says('a', {});
    await says('a', change);
    expect(did).toEqual(['open', 'opened a', 'close']);
    expect(supervisor.live('a')).toBeUndefined();
  },
);

test('one whose sending fails stays open for what comes in, and opens anew once it is mended', async () => {
  await says('a', {});
  await says('a', { status: 'failing' });
  expect(did).toEqual(['open', 'opened a']);
  await says('a', { status: 'active' });
  expect(did).toEqual(['open', 'opened a', 'close', 'open', 'opened a']);
});

test('one that cannot open is named, and the others open', async () => {
  broken = new Error('no such region');
  await says('a', {});
  broken = null;
  await says('b', {});
  expect([supervisor.live('b') !== undefined, warned.join()]).toEqual([
    true,
    expect.stringContaining('no such region'),
  ]);
});

test('what a live half emits is committed with its cursors before it hears so', async () => {
  let heard = false;
  liveOf = ({ signal }) => ({
    stream: async (emit) => {
      const arrival = { key: 'k1', body: Buffer.from('x'), type: '', notes: {}, query: '' };
      await emit([arrival], { INBOX: '9' });
      expect(await shop.store.read(() => cursorsOf('a'))).toEqual({ INBOX: '9' });
      heard = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  await says('a', {});
  await until('the commit', async () => heard);
  expect(await shop.rows('SELECT key FROM envelopes')).toEqual([{ key: 'k1' }]);
});

test('a credential that is refused again and again leaves the connection failing, with the reason', async () => {
  const context: Context[] = [];
  liveOf = (given) => {
    context.push(given);
    return {
      poll: async () => {
        throw Object.assign(new Error('wrong password'), { name: 'Unauthorised' });
      },
    };
  };
  await says('a', {});
  const failing = await until('the connection to fail', async () => {
    const row = await shop.store.read(() => connectionById('a'));
    return row?.status === 'failing' && row;
  });
  expect(failing.status_reason).toBe('wrong password');
});

test('an account that is not open is opened for a test of it and closed again', async () => {
  await says('a', { status: 'paused' });
  const checked = await supervisor.withLive('a', (live) => live.check());
  expect([checked.ok, did]).toEqual([true, ['open', 'close']]);
  await expect(supervisor.withLive('nobody', (live) => live.check())).rejects.toThrow('nobody');
});

test('the doors of a connection are there while it is open', async () => {
  liveOf = () => ({ serve: () => async () => undefined });
  await says('a', {});
  expect(supervisor.serve('a')).toBeDefined();
  await says('a', null);
  expect(supervisor.serve('a')).toBeUndefined();
});

test('closing closes everything, and nothing opens afterwards', async () => {
  await says('a', {});
  await supervisor.close();
  await says('b', {});
  expect(did).toEqual(['open', 'opened a', 'close']);
});

test('a hint that was read in another process wakes the pump that is here, once', async () => {
  const hints: (string | undefined)[] = [];
  liveOf = () => ({
    poll: async (_cursors, hint) => {
      hints.push(hint);
      return { arrivals: [], cursors: {}, more: false };
    },
  });
  await says('a', {});
  await until('the first poll', async () => hints.length === 1);
  const elsewhere = startSupervisor({
    ...shop,
    registry: { ...registry(), list: () => [] },
    receive: createReceive(shop),
    http: undefined as never,
    chance: () => 0.5,
    log: { ...logOf({}), with: logOf },
    doors: () => ({ history: async () => [], subscribe: () => () => undefined }),
    opened: () => undefined,
    pumps: false,
  });
  elsewhere.wake('a', 'mailbox 7');
  await until('the hint', async () => hints.includes('mailbox 7'));
  await until('it to be taken', async () => (await shop.rows('SELECT * FROM wakes')).length === 0);
  expect(hints.filter((hint) => hint !== undefined)).toEqual(['mailbox 7']);
  await elsewhere.close();
});
