import type { Arrival } from '../../src/sdk/index.js';
import { createListener, type Listener } from './listener.js';
import { LISTENER_LIMITS } from './listener-limits.js';
import { contextFor } from './testing/context.js';
import type { Wishes } from './testing/context.js';
import { rawClient } from './testing/smtp-client.js';
import type { RawClient } from './testing/smtp-client.js';

const open: { listener: Listener; clients: RawClient[] }[] = [];

interface Scene {
  readonly port: number;
  readonly listener: Listener;
  readonly taken: Arrival[];
  readonly client: () => Promise<RawClient>;
}

async function scene(
  listenerSettings: Record<string, unknown> = {},
  emit?: (arrivals: readonly Arrival[]) => Promise<void>,
  wishes: Wishes = {},
): Promise<Scene> {
  const context = contextFor({
    ...wishes,
    settings: {
      listener: { port: 0, ...listenerSettings },
      ownAddresses: ['care@shop.example'],
      ...wishes.settings,
    },
  });
  const taken: Arrival[] = [];
  const listener = createListener(context);
  const { port } = await listener.listen(
    emit ?? (async (arrivals) => void taken.push(...arrivals)),
  );
  const clients: RawClient[] = [];
  open.push({ listener, clients });
  return {
    port,
    listener,
    taken,
    client: async () => {
      const client = rawClient(port);
      clients.push(client);
      await client.hear();
      await client.say('EHLO customer.example\r\n');
      return client;
    },
  };
}

afterEach(async () => {
  for (const { listener, clients } of open.splice(0)) {
    for (const { socket } of clients) socket.destroy();
    await listener.close();
  }
});

const MAIL =
  'From: a@b.example\r\nSubject: =?utf-8?B?5L2g5aW9?=\r\n\r\n你好\r\n..two dots\r\n.\r\n';
const begin = (to: string, more = ''): string =>
  `MAIL FROM:<zhang@customer.example>${more}\r\nRCPT TO:<${to}>\r\nDATA\r\n`;

describe('the listener', () => {
  test('takes a pipelined mail for our address and keeps its bytes', async () => {
    const { client, taken } = await scene();
    const caller = await client();
    const begun = await caller.say(begin('Help@Shop.example'), 3);
    expect(begun.map((line) => line.slice(0, 3))).toEqual(['250', '250', '354']);
    expect(await caller.say(MAIL)).toEqual([expect.stringMatching(/^250 /)]);
    const [arrival] = taken;
    expect(arrival?.body.toString()).toBe(MAIL.replace('..two', '.two').slice(0, -3));
    expect(arrival?.key).toMatch(/^[0-9a-f]{64}$/);
    expect(arrival?.notes).toEqual({
      role: 'inbox',
      mailFrom: 'zhang@customer.example',
      rcptTo: 'Help@Shop.example',
      remote: '127.0.0.1',
    });
  });

  test('the same mail to the same recipients has the same key, to another a different one', async () => {
    const { client, taken } = await scene();
    const caller = await client();
    for (const to of ['help@shop.example', 'HELP@shop.example', 'care@shop.example']) {
      await caller.say(begin(to), 3);
      await caller.say(MAIL);
    }
    const keys = taken.map(({ key }) => key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });

  test('takes the null sender of a bounce', async () => {
    const { client, taken } = await scene();
    const caller = await client();
    await caller.say('MAIL FROM:<>\r\nRCPT TO:<help@shop.example>\r\nDATA\r\n', 3);
    await caller.say(MAIL);
    expect(taken[0]?.notes['mailFrom']).toBe('');
  });

  test('answers 250 only after the commit, and nothing before', async () => {
    let commit: () => void = () => undefined;
    const { client } = await scene({}, () => new Promise((resolve) => (commit = resolve)));
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    const answer = caller.say(MAIL);
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 50))]);
    expect(early).toBeUndefined();
    commit();
    expect(await answer).toEqual([expect.stringMatching(/^250 /)]);
  });

  test('answers 451 4.3.0 when the mail could not be stored, and goes on', async () => {
    let full = true;
    const { client } = await scene({}, async () => {
      if (full) throw new Error('disk full');
    });
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    expect(await caller.say(MAIL)).toEqual([expect.stringMatching(/^451 4\.3\.0 /)]);
    full = false;
    await caller.say(begin('help@shop.example'), 3);
    expect(await caller.say(MAIL)).toEqual([expect.stringMatching(/^250 /)]);
  });
});

describe('who may be written to', () => {
  const answers: readonly [string, string, Record<string, unknown>][] = [
    ['help@shop.example', '250', {}],
    ['help+reply.token@shop.example', '250', {}],
    ['care@shop.example', '250', {}],
    ['boss@shop.example', '550 5.1.1', {}],
    ['victim@elsewhere.example', '550 5.1.1', {}],
    ['help%elsewhere.example@shop.example', '550 5.1.1', {}],
    ['anyone@brand.example', '250', { recipients: ['@brand.example'] }],
    ['help@shop.example', '550 5.1.1', { recipients: ['@brand.example'] }],
    ['anyone@sub.brand.example', '550 5.1.1', { recipients: ['@brand.example'] }],
  ];
  test.each(answers)('%s: %s', async (to, expected, settings) => {
    const { client } = await scene(settings);
    const caller = await client();
    const [, answer] = await caller.say(`MAIL FROM:<a@b.example>\r\nRCPT TO:<${to}>\r\n`, 2);
    expect(answer?.startsWith(expected)).toBe(true);
  });

  test('nobody can log in, and without a certificate nobody is offered TLS', async () => {
    const { port } = await scene();
    const caller = rawClient(port);
    await caller.hear();
    const [features] = await caller.say('EHLO x.example\r\n');
    expect(features).not.toMatch(/AUTH|STARTTLS/);
    expect(features).toContain('SIZE 52428800');
    expect(await caller.say('AUTH PLAIN AHgAeQ==\r\n')).toEqual([expect.stringMatching(/^50/)]);
    caller.socket.destroy();
  });
});

describe('bounds', () => {
  test('a mail announced too large is refused before it comes', async () => {
    const { client } = await scene({ maxBytes: 10_000 });
    const caller = await client();
    const [answer] = await caller.say('MAIL FROM:<a@b.example> SIZE=10001\r\n');
    expect(answer).toMatch(/^552 5\.3\.4 /);
  });

  test('a 50 MB mail that was not announced is dropped while it comes, and the line stays usable', async () => {
    const { client, taken } = await scene({ maxBytes: 1_000_000 });
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    const block = Buffer.alloc(1024 * 1024, `${'x'.repeat(75)}\n`);
    for (let n = 0; n < 50; n += 1) await caller.put(block);
    expect(await caller.say('\r\n.\r\n')).toEqual([expect.stringMatching(/^552 5\.3\.4 /)]);
    await caller.say(begin('help@shop.example'), 3);
    expect(await caller.say(MAIL)).toEqual([expect.stringMatching(/^250 /)]);
    expect(taken).toHaveLength(1);
  });

  test('a mail that never ends is cut off', async () => {
    const { client } = await scene({ maxBytes: 2_000 });
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    const block = Buffer.alloc(4 * 1024 * 1024, 'x');
    const blocks = LISTENER_LIMITS.patienceBytes / block.length + 2;
    for (let n = 0; n < blocks && caller.socket.writable; n += 1) await caller.put(block);
    expect(await caller.hear()).toEqual([expect.stringMatching(/^552 /)]);
    await caller.ended;
  });

  test('a mail cut in half is not taken', async () => {
    const { client, taken } = await scene();
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    await caller.put(MAIL.slice(0, 40));
    caller.socket.destroy();
    await caller.ended;
    const next = await client();
    await next.say(begin('help@shop.example'), 3);
    await next.say(MAIL);
    expect(taken).toHaveLength(1);
  });

  test('one address holds so many connections and no more, and gets room again', async () => {
    const { port, client } = await scene();
    const many = Array.from({ length: LISTENER_LIMITS.connectionsPerAddress }, () =>
      rawClient(port),
    );
    for (const each of many) expect(await each.hear()).toEqual([expect.stringMatching(/^220 /)]);
    const one = rawClient(port);
    expect(await one.hear()).toEqual([expect.stringMatching(/^421 /)]);
    many.forEach(({ socket }) => socket.destroy());
    await Promise.all([...many, one].map(({ ended }) => ended));
    const [answer] = await (await client()).say('NOOP\r\n');
    expect(answer).toMatch(/^250 /);
  });
});

describe('the end', () => {
  test('closes with callers on the line, twice, and frees the port', async () => {
    const { client, listener, port } = await scene();
    const caller = await client();
    await caller.say(begin('help@shop.example'), 3);
    await listener.close();
    await listener.close();
    await caller.ended;
    const again = await scene({ port });
    expect(again.port).toBe(port);
  });

  test('a port in use rejects', async () => {
    const { port } = await scene();
    await expect(scene({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
