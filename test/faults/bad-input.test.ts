import { connect, type Socket } from 'node:net';
import { startShop, type ShopSimulator } from '../../simulators/shop/shop.js';
import { all } from '../../src/store/work.js';
import { signedRequest } from '../bench/signed.js';
import { freePort } from '../bench/processes.js';
import { startTestHub, until, type TestHub } from '../hub.js';

/** Every input here is refused in words, or kept in quarantine; and a good message beside it gets through. */

const TO = 'support@hub.example.com';
let hub: TestHub;
let shop: ShopSimulator;
let hook: string;
let smtp: number;

beforeAll(async () => {
  hub = await startTestHub();
  shop = await startShop({ retryPausesMs: [] });
  hook = await connectShop();
  smtp = await freePort();
  const mail = await hub.connections.add({
    connector: 'email',
    name: 'mail',
    settings: { address: TO, listener: { enabled: true, port: smtp, host: '127.0.0.1' } },
    credentials: {},
  });
  expect(mail).toEqual({ kind: 'saved', id: 'mail' });
  await until('the mail listener', async () => (hub.supervisor.ports().get('mail') ?? 0) > 0);
}, 60_000);

afterAll(async () => {
  await shop.close();
  await hub.end();
});

async function connectShop(): Promise<string> {
  const saved = await hub.connections.add({
    connector: 'webhook',
    name: 'shop',
    settings: {},
    credentials: { secret: shop.secret },
  });
  const url = saved.kind === 'saved' ? hub.registry.find(saved.id)?.account.hookUrl : undefined;
  shop.setHook(url ?? '');
  return new URL(url ?? '').pathname;
}

const rows = <T extends object>(sql: string, ...values: string[]): Promise<readonly T[]> =>
  hub.house.store.read(() => all<T>(sql, ...values));

let numbered = 0;

/** Other traffic is undisturbed: a complaint sent right now is a ticket soon. */
async function goodMessageArrives(): Promise<void> {
  numbered += 1;
  const text = `good message ${numbered}`;
  const body = {
    id: `good-${numbered}`,
    conversation: `good-${numbered}`,
    customer: { id: `c${numbered}` },
    text,
  };
  const { acknowledged } = await shop.send(body);
  expect(acknowledged).toBe(true);
  await until(
    `"${text}" on a ticket`,
    async () => (await rows('SELECT 1 FROM messages WHERE text = ?', text)).length === 1,
  );
}

interface Refusal {
  readonly status: number;
  readonly type: string | null;
  readonly body: { readonly code?: string; readonly detail?: string };
}

async function post(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Refusal> {
  const response = await fetch(`${hub.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: JSON.parse(text) as Refusal['body'],
  };
}

describe('at the webhook door', () => {
  test('a wrong signature is refused with 401 and leaves nothing', async () => {
    const before = (await rows('SELECT 1 FROM envelopes')).length;
    const refusal = await post(hook, '{"id":"x"}', {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': 'v1,AAAA',
    });
    expect([refusal.status, refusal.type, refusal.body.code]).toEqual([
      401,
      'application/problem+json',
      'HUB_202',
    ]);
    expect(await rows('SELECT 1 FROM envelopes')).toHaveLength(before);
    await goodMessageArrives();
  });

  test('an unknown connection is named in the refusal', async () => {
    const refusal = await post('/hooks/nobody', '{}');
    expect([refusal.status, refusal.body.code]).toEqual([404, 'HUB_201']);
    expect(refusal.body.detail).toContain('nobody');
  });

  test('a body larger than allowed is refused before it is read', async () => {
    const refusal = await post(hook, Buffer.alloc(27 * 1024 * 1024, 0x20));
    expect([refusal.status, refusal.body.code]).toEqual([413, 'HUB_203']);
    await goodMessageArrives();
  });

  test('a compressed body is refused: signatures cover plain bytes', async () => {
    const refusal = await post(hook, '{}', { 'content-encoding': 'gzip' });
    expect([refusal.status, refusal.body.code]).toEqual([415, 'HUB_206']);
  });

  test.each([
    ['an empty body', Buffer.alloc(0)],
    ['JSON nested 10,000 deep', Buffer.from('['.repeat(10_000) + ']'.repeat(10_000))],
    ['bytes that are no text at all', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28])],
    ['form data where JSON was agreed', Buffer.from('id=1&text=hello')],
  ])('%s, genuinely signed, goes to quarantine with its bytes kept', async (_, body) => {
    numbered += 1;
    const id = `bad-${numbered}`;
    const { attempts } = await shop.send(body, { id });
    expect(attempts[0]?.status).toBe(200);
    const kept = await until(
      'the quarantine',
      async () =>
        (
          await rows<{ body: Uint8Array; reason: string; state: number }>(
            'SELECT body, reason, state FROM envelopes WHERE state = 2 ORDER BY id DESC LIMIT 1',
          )
        )[0],
    );
    expect(Buffer.from(kept.body).equals(body)).toBe(true);
    expect(kept.reason.length).toBeGreaterThan(10);
    await hub.house.store.write(() =>
      all('UPDATE envelopes SET state = 9 WHERE state = 2 RETURNING id'),
    );
    await goodMessageArrives();
  });

  test('JSON of a kind nobody described is kept as an event, and opens nothing', async () => {
    const before = (await rows('SELECT 1 FROM tickets')).length;
    const { acknowledged } = await shop.send({ hello: 'world' }, { id: 'unknown-kind' });
    expect(acknowledged).toBe(true);
    await until(
      'the event',
      async () =>
        (await rows("SELECT 1 FROM drafts WHERE kind = 'event' AND state = 1")).length === 1,
    );
    expect(await rows('SELECT 1 FROM tickets')).toHaveLength(before);
  });

  test('a body cut in half leaves nothing', async () => {
    const before = (await rows('SELECT 1 FROM envelopes')).length;
    const request = signedRequest(
      hook,
      shop.secret,
      'cut',
      JSON.stringify({ id: 'cut', text: 'x'.repeat(5_000) }),
    );
    const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write(request.subarray(0, request.length - 2_000), () => resolve()),
    );
    socket.resetAndDestroy();
    await goodMessageArrives();
    expect(await rows('SELECT 1 FROM envelopes')).toHaveLength(before + 1);
  });
});

describe('at the mail door', () => {
  test('a 50 MB mail is refused with 552 while it is still coming', async () => {
    const answer = await mail((socket) => flood(socket, 50 * 1024 * 1024));
    expect(answer).toMatch(/^552 /);
    await goodMessageArrives();
  }, 60_000);

  test('a mail of one million lines is read within its bounds', async () => {
    const answer = await mail((socket) =>
      send(socket, `Subject: a million lines\r\n\r\n${'line\r\n'.repeat(1_000_000)}`),
    );
    expect(answer).toMatch(/^250 /);
    await goodMessageArrives();
    await until(
      'the mail to be read',
      async () => (await rows('SELECT 1 FROM envelopes WHERE state = 0')).length === 0,
      20_000,
    );
  }, 60_000);

  test('a mail of ten thousand parts goes to quarantine', async () => {
    const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n';
    const answer = await mail((socket) =>
      send(
        socket,
        `Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(10_000)}--b--\r\n`,
      ),
    );
    expect(answer).toMatch(/^250 /);
    const [kept] = await until('the quarantine', async () => {
      const found = await rows<{ reason: string }>(
        "SELECT reason FROM envelopes WHERE state = 2 AND connection_id = 'mail'",
      );
      return found.length > 0 ? found : null;
    });
    expect(kept?.reason).toMatch(/part/i);
    await goodMessageArrives();
  }, 60_000);

  test('a mail for somebody we do not serve is refused at once', async () => {
    const socket = connect(smtp, '127.0.0.1');
    const dialogue = reader(socket);
    await dialogue.answer();
    expect(await dialogue.say('EHLO customer.example.com')).toMatch(/^250/);
    expect(await dialogue.say('MAIL FROM:<customer@example.com>')).toMatch(/^250/);
    expect(await dialogue.say('RCPT TO:<somebody@elsewhere.example.com>')).toMatch(/^550 5\.1\.1/);
    socket.destroy();
  });
});

/** A whole transaction; `content` writes the mail, its last dot follows. The answer to it, or to what came before. */
async function mail(content: (socket: Socket) => Promise<void>): Promise<string> {
  const socket = connect(smtp, '127.0.0.1');
  const dialogue = reader(socket);
  await dialogue.answer();
  await dialogue.say('EHLO customer.example.com');
  await dialogue.say('MAIL FROM:<customer@example.com>');
  await dialogue.say(`RCPT TO:<${TO}>`);
  await dialogue.say('DATA');
  const answer = dialogue.answer();
  await content(socket);
  if (!socket.destroyed) socket.write('\r\n.\r\n');
  const text = await answer;
  socket.destroy();
  return text;
}

function send(socket: Socket, text: string): Promise<void> {
  const head = `From: Customer <customer@example.com>\r\nTo: ${TO}\r\nMessage-ID: <${Math.random()}@example.com>\r\n`;
  return new Promise((resolve) => socket.write(head + text, () => resolve()));
}

async function flood(socket: Socket, bytes: number): Promise<void> {
  const line = Buffer.alloc(1024 * 1024, `${'x'.repeat(62)}\r\n`);
  await send(socket, 'Subject: large\r\n\r\n');
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += line.length) {
    await new Promise<void>((resolve) => socket.write(line, () => resolve()));
  }
}

/** Reads whole answers of an SMTP server, multi-line ones as one. */
function reader(socket: Socket): { answer(): Promise<string>; say(line: string): Promise<string> } {
  let held = '';
  const waiting: ((text: string) => void)[] = [];
  const hand = (): void => {
    for (
      let end = held.search(/^\d{3} .*\r\n/m);
      end >= 0 && waiting.length > 0;
      end = held.search(/^\d{3} .*\r\n/m)
    ) {
      const stop = held.indexOf('\r\n', end) + 2;
      waiting.shift()?.(held.slice(end, stop));
      held = held.slice(stop);
    }
  };
  socket.on('data', (chunk) => {
    held += chunk.toString('latin1');
    hand();
  });
  socket.on('error', () => waiting.shift()?.('reset'));
  const answer = (): Promise<string> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      hand();
    });
  return {
    answer,
    say(line) {
      socket.write(`${line}\r\n`);
      return answer();
    },
  };
}
