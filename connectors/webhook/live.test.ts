import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../src/connections/http.js';
import type { Account, Context, HttpClient, Outcome, Reply } from '../../src/sdk/index.js';
import { answer, halfAnswer, resetWithoutAnswer } from '../../simulators/faults.js';
import { startShop } from '../../simulators/shop/shop.js';
import type { ShopSimulator } from '../../simulators/shop/shop.js';
import { decode } from './decode.js';
import { open } from './live.js';
import { render } from './render.js';

const NOW = Date.UTC(2026, 10, 20, 0, 15);
const HUB_KEY = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

let shop: ShopSimulator;
let http: HttpClient & { close(): void };

beforeEach(async () => {
  shop = await startShop({ hubKey: HUB_KEY, now: () => new Date(NOW) });
  http = createHttpClient({ allowPrivate: ['127.0.0.0/8'] });
});
afterEach(async () => {
  http.close();
  await shop.close();
});

function account(settings: Record<string, unknown> = {}, credentials = {}): Account {
  return {
    id: 'shop',
    settings: {
      sendUrl: `${shop.url}/replies/{{conversation.key}}`,
      externalId: 'body.id',
      ...settings,
    },
    credentials: { secret: shop.secret, sendSecret: HUB_KEY, ...credentials },
    hookUrl: 'https://hub.example/hooks/shop',
    macKeys: [],
  };
}

function context(given: Account): Context {
  const unused = async () => {
    throw new Error('not used');
  };
  return {
    account: () => given,
    http,
    remember: unused,
    forget: () => undefined,
    blob: unused,
    log: { info: () => undefined, warn: () => undefined },
    clock: { now: () => NOW },
    signal: new AbortController().signal,
  };
}

const REPLY: Reply = {
  id: 'r-1',
  text: '很抱歉',
  html: null,
  attachments: [],
  composedAt: NOW,
  agent: null,
  conversation: { key: 'case 1', handle: 'c-1', name: null, subject: null, ticket: 1, context: {} },
};

async function send(settings = {}, credentials = {}, key = 'delivery-1.0'): Promise<Outcome> {
  const given = account(settings, credentials);
  const rendered = render(REPLY, given);
  if (rendered.kind !== 'parts' || rendered.parts[0] === undefined) throw new Error('no part');
  return open(context(given)).send(rendered.parts[0], key);
}

describe('a reply', () => {
  test('reaches the other side signed, and its id there is known', async () => {
    expect(await send()).toEqual({ kind: 'sent', externalId: 'rpl_1', certainty: 'final' });
    expect(shop.replies).toHaveLength(1);
    expect(shop.replies[0]).toMatchObject({ path: '/replies/case%201' });
    expect(JSON.parse(shop.replies[0]?.body ?? '')).toMatchObject({
      data: { text: '很抱歉', customer: { id: 'c-1' } },
    });
  });

  test('that waited leaves by the settings of now, the address and the template among them', async () => {
    const before = account({ sendUrl: 'http://127.0.0.1:9/wrong', sendBody: { said: 'old' } });
    const now = account({
      sendHeaders: { 'x-brand': 'new' },
      sendBody: { said: '{{reply.text}}' },
    });
    const [old, mended] = [render(REPLY, before), render(REPLY, now)];
    expect(old).toEqual(mended);
    if (old.kind !== 'parts' || old.parts[0] === undefined) throw new Error('no part');
    expect(await open(context(now)).send(old.parts[0], 'delivery-1.0')).toMatchObject({
      kind: 'sent',
    });
    expect(shop.replies[0]).toMatchObject({ path: '/replies/case%201' });
    expect(shop.replies[0]?.headers['x-brand']).toBe('new');
    expect(JSON.parse(shop.replies[0]?.body ?? '')).toEqual({ said: '很抱歉' });
  });

  test('to an address that takes no such method names the setting', async () => {
    shop.script({ then: answer(405, {}) });
    const outcome = await send();
    expect(outcome).toMatchObject({ failure: { kind: 'misconfigured', setting: 'sendUrl' } });
    expect(JSON.stringify(outcome)).toContain('HTTP 405: “sendUrl” does not take this method');
  });

  test('signed with a private key is accepted for its public key', async () => {
    await shop.close();
    const pair = { secret: 'whsk_' + Buffer.alloc(32, 7).toString('base64') };
    shop = await startShop({
      hubKey: 'whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=',
      now: () => new Date(NOW),
    });
    expect((await send({}, { sendSecret: pair.secret })).kind).toBe('sent');
  });

  test('without the right secret is unauthorised, and nothing was taken', async () => {
    const outcome = await send({}, { sendSecret: `whsec_${Buffer.alloc(32).toString('base64')}` });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unauthorised' } });
    expect(shop.replies).toHaveLength(0);
  });

  test('waits for its receipt where receipts come', async () => {
    expect(await send({ receipts: true })).toMatchObject({ certainty: 'awaitReceipt' });
    const nameless = await send({ receipts: true, externalId: 'body.nothing' });
    expect(nameless).toMatchObject({ externalId: null, certainty: 'final' });
  });

  test('repeated carries the same webhook-id, and is taken once', async () => {
    await send();
    await send();
    expect(shop.replies).toHaveLength(1);
    expect(shop.replies[0]?.headers['webhook-id']).toBe('delivery-1_0');
  });

  test.each([
    [301, 'misconfigured'],
    [400, 'refused'],
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [404, 'refused'],
    [408, 'rateLimited'],
    [410, 'refused'],
    [418, 'refused'],
    [422, 'refused'],
    [429, 'rateLimited'],
    [503, 'transient'],
  ])('answered with %d failed as %s', async (status, kind) => {
    shop.script({ then: answer(status, {}) });
    expect(await send()).toMatchObject({ kind: 'failed', failure: { kind } });
  });

  test.each([409, 500, 502, 504])('answered with %d may have been taken', async (status) => {
    shop.script({ times: 2, then: answer(status, {}) });
    expect(await send()).toMatchObject({ kind: 'uncertain' });
    expect(await send({ idempotent: true })).toMatchObject({
      kind: 'failed',
      failure: { kind: 'transient' },
    });
  });

  test('waits as long as Retry-After says', async () => {
    shop.script({ then: answer(429, {}, { headers: { 'retry-after': '120' } }) });
    expect(await send()).toMatchObject({ failure: { retryAt: NOW + 120_000 } });
    shop.script({
      then: answer(429, {}, { headers: { 'retry-after': 'Fri, 20 Nov 2026 00:16:00 GMT' } }),
    });
    expect(await send()).toMatchObject({ failure: { retryAt: NOW + 60_000 } });
    shop.script({ then: answer(429, {}, { headers: { 'retry-after': 'soon' } }) });
    expect(await send()).toMatchObject({ failure: { retryAt: NOW + 30_000 } });
  });

  test('without an answer may have been taken, unless repeats are safe', async () => {
    for (const fault of [resetWithoutAnswer({ taken: true }), halfAnswer({ taken: true })]) {
      shop.script({ times: 2, then: fault });
      expect(await send()).toMatchObject({ kind: 'uncertain' });
      expect(await send({ idempotent: true })).toMatchObject({ failure: { kind: 'transient' } });
    }
  });

  test('to nobody was certainly not taken', async () => {
    await shop.goOffline();
    expect(await send()).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } });
  });

  test('to a private address is a wrong setting, not a failure to repeat', async () => {
    expect(await send({ sendUrl: 'http://10.0.0.1/x' })).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'sendUrl' },
    });
  });

  test('is judged by the connection’s own table first, over status and body', async () => {
    const errors = [
      { when: 'status == `200` && body.code == `1001`', means: 'optedOut', why: 'unsubscribed' },
      { when: 'body.code == `1002`', means: 'rateLimited', retryAfter: 'body.wait' },
      { when: 'body.code == `1003`', means: 'windowClosed' },
      { when: 'status == `409`', means: 'sent' },
    ];
    shop.script({ then: answer(200, { code: 1001 }) });
    expect(await send({ errors })).toEqual({
      kind: 'failed',
      failure: { kind: 'refused', cause: 'optedOut', why: 'HTTP 200: unsubscribed' },
    });
    shop.script({ then: answer(200, { code: 1002, wait: 7 }) });
    expect(await send({ errors })).toMatchObject({ failure: { retryAt: NOW + 7_000 } });
    shop.script({ then: answer(200, { code: 1003 }) });
    expect(await send({ errors })).toMatchObject({ failure: { kind: 'windowClosed' } });
    shop.script({ then: answer(409, { id: 'earlier' }) });
    expect(await send({ errors })).toMatchObject({ kind: 'sent', externalId: 'earlier' });
  });
});

describe('a connection test', () => {
  const checkOf = (settings = {}, credentials = {}) =>
    open(context(account(settings, credentials))).check();

  test('signs a delivery to itself and pings the other side', async () => {
    const checked = await checkOf({ checkUrl: `${shop.url}/ping` });
    expect(checked).toMatchObject({ ok: true, findings: [{ ok: true }, { ok: true }] });
    expect(JSON.parse(shop.replies[0]?.body ?? '')).toMatchObject({ type: 'ping' });
  });

  test.each([
    ['no secret', {}, { secret: '' }, 'credentials'],
    ['a malformed secret', {}, { secret: 'whsec_x' }, 'credentials'],
    ['hmac without a header', { signature: 'hmac' }, {}, 'setting'],
    [
      'nothing signed and no secret URL',
      { signature: 'path-secret', allowFrom: ['192.0.2.1'] },
      {},
      'signature',
    ],
    ['a wrong key for sending', {}, { sendSecret: 'whpk_AAAA' }, 'credentials'],
  ])('names %s', async (_what, settings, credentials, cause) => {
    const checked = await checkOf(settings, credentials);
    expect(checked.ok).toBe(false);
    expect(checked.findings.find(({ ok }) => !ok)?.cause).toBe(cause);
  });

  test.each([
    [
      {
        signature: 'hmac',
        signatureHeader: 'x-sig',
        signedContent: 'timestamp.body',
        timestampHeader: 'x-t',
      },
      {},
    ],
    [
      { signature: 'path-secret', allowFrom: ['192.0.2.0/24'] },
      { pathSecret: 'sixteen-or-more-1' },
    ],
  ])('finds other schemes in order: %j', async (settings, credentials) => {
    expect((await checkOf(settings, credentials)).ok).toBe(true);
  });

  test('says what of sending it did not try, and what to enter', async () => {
    expect((await checkOf()).findings.at(-1)).toMatchObject({
      ...{ ok: true, sending: 'untried', fields: ['settings.checkUrl'] },
    });
    expect((await checkOf({ sendUrl: undefined })).findings.at(-1)).toMatchObject({
      ...{ ok: true, sending: 'impossible', fields: ['settings.sendUrl'] },
    });
  });

  test('says that the other side refuses the ping', async () => {
    shop.script({ then: answer(403, {}) });
    const checked = await checkOf({ checkUrl: `${shop.url}/ping` });
    expect(checked.findings.find(({ ok }) => !ok)).toMatchObject({ cause: 'credentials' });
  });
});

describe('an attachment', () => {
  test.each([
    [200, 'file'],
    [404, 'expired'],
    [403, 'expired'],
    [500, 'transient'],
    [429, 'transient'],
  ])('answered with %d is %s', async (status, kind) => {
    let authorization: string | undefined;
    const server = createServer((request, response) => {
      ({ authorization } = request.headers);
      response.writeHead(status, { 'content-type': 'image/png' }).end('png');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.png`;
    const live = open(context(account({}, { authorization: 'Bearer canary' })));
    expect(await live.fetchAttachment?.(url)).toMatchObject({ kind });
    expect(authorization).toBeUndefined();
    server.close();
  });

  test('at an address of our own network is not fetched', async () => {
    const live = open(context(account()));
    expect(await live.fetchAttachment?.('http://169.254.169.254/latest')).toMatchObject({
      kind: 'expired',
    });
  });
});

describe('decoding', () => {
  const decoded = (body: string, settings = {}) =>
    decode(
      {
        id: 1,
        connection: 'shop',
        key: 'k',
        body: Buffer.from(body),
        type: 'text/xml',
        notes: {},
        query: '',
        receivedAt: NOW,
      },
      account(settings),
    );

  test.each([
    ['{"a":1}', {}, [{ a: 1 }]],
    ['[{"a":1},{"a":2}]', {}, [{ a: 1 }, { a: 2 }]],
    ['{"list":[1,2]}', { items: 'list' }, [1, 2]],
    ['{"id":24000000000000001}', {}, [{ id: '24000000000000001' }]],
    ['a=1&b=%E5%9D%8F&a=2&__proto__=x', { bodyFormat: 'form' }, [{ a: '1', b: '坏' }]],
  ])('%s with %j is %j', (body, settings, facts) => {
    const found = decoded(body, settings);
    expect(found.kind === 'raws' ? found.raws.map((raw) => raw.body) : found).toEqual(facts);
  });

  test.each([
    ['', {}],
    ['{"a":', {}],
    ['7', {}],
    ['<xml/>', {}],
    ['{"a":1}', { items: 'list' }],
    [`[${'1,'.repeat(2_000)}1]`, {}],
    ['['.repeat(10_000), {}],
    ['a&'.repeat(100_000), { bodyFormat: 'form', items: 'x' }],
  ])('keeps the bytes of what it cannot read: %.20s', (body, settings) => {
    expect(decoded(body, settings)).toMatchObject({ kind: 'unreadable' });
  });
});
