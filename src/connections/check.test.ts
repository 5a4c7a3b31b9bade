import { randomBytes } from 'node:crypto';
import { createCourier } from '../../test/courier.js';
import { queueReply } from '../../test/outbox.js';
import { courierMappings, openWorkshop, type Workshop } from '../../test/workshop.js';
import type { Connector, Finding } from '../sdk/treaty.js';
import { setConnectionStatus } from '../store/connections.js';
import { run } from '../store/work.js';
import { masterKeysOf } from './master-key.js';
import { openRegistry, type Registry } from './registry.js';
import { createConnectionService, type ConnectionService } from './service.js';
import { openVault } from './vault.js';

let shop: Workshop;
let registry: Registry;
let service: ConnectionService;
let sending: Finding['sending'] & string;
const courier = createCourier({
  live: () => ({ check: async () => ({ ok: true, findings: [TAKES_MESSAGES()] }) }),
});
const TAKES_MESSAGES = (): Finding => ({
  ...{ ok: true, cause: 'ok', text: { en: 'it takes messages', zh: '可接收消息' }, sending },
});

beforeEach(async () => {
  shop = await openWorkshop();
  const vault = await openVault(
    shop.store,
    masterKeysOf(randomBytes(32).toString('base64'), ''),
    0,
  );
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const parts = {
    ...{ store: shop.store, clock: shop.clock, vault },
    connectors: new Map<string, Connector>([['courier', courier.connector]]),
    mappings: new Map([['courier', courierMappings()]]),
  };
  registry = openRegistry({ ...parts, publicUrl: () => 'https://hub.example', log });
  service = createConnectionService({
    ...{ ...parts, registry, allowPrivate: [] },
    withLive: (_connection, use) => use(courier.connector.open(undefined as never)),
  });
});
afterEach(async () => {
  registry.close();
  await shop.end();
});

async function added(): Promise<string> {
  const form = { settings: {}, credentials: { password: 'p' } };
  const saved = await service.add({ connector: 'courier', name: 'mail', ...form });
  if (saved.kind !== 'saved') throw new Error(JSON.stringify(saved));
  return saved.id;
}

async function failing(): Promise<string> {
  const id = await added();
  await shop.write(() => setConnectionStatus(id, 'failing', 'nowhere to send to'));
  await registry.refresh();
  return id;
}

test('nowhere to send answers to is a choice, until an answer waits', async () => {
  sending = 'impossible';
  const id = await added();
  expect(await service.check(id)).toMatchObject({ ok: true });
  await shop.connect('a', courier);
  await shop.file({ sender: { handle: 'zhang' } });
  await queueReply(shop, 1, 'hello');
  await shop.write(() => run('UPDATE deliveries SET connection_id = ?', id));
  expect(await service.check(id)).toMatchObject({
    ...{ ok: false, resumed: false, findings: [{ ok: false, cause: 'setting' }] },
  });
});

test('nowhere to send answers to is what a connection goes on failing over', async () => {
  sending = 'impossible';
  const id = await failing();
  expect(await service.check(id)).toMatchObject({ ok: false, resumed: false });
  expect(registry.find(id)?.status).toBe('failing');
});

test('sending that a check cannot try is given another chance', async () => {
  sending = 'untried';
  expect(await service.check(await failing())).toMatchObject({ ok: true, resumed: true });
});
