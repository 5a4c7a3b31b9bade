import { createHash } from 'node:crypto';
import { createScript } from '../faults.js';
import type { AnswerFault } from '../faults.js';
import { startLoopback, type HttpRequest, type Loopback } from '../http/loopback.js';
import { wechatErrorBody } from './errors.js';
import { seal, sign } from './seal.js';
import { startWechat, type WechatSimulator } from './wechat.js';

const OPENID = 'oCustomer1';
const START = Date.UTC(2026, 10, 20, 8, 15);

let door: Loopback;
let arrived: HttpRequest[];
let status: number;
let wechat: WechatSimulator;
let now: number;

beforeEach(async () => {
  [arrived, status, now] = [[], 200, START];
  door = await startLoopback({
    script: createScript<HttpRequest, AnswerFault>(),
    observe: () => undefined,
    handle(request) {
      arrived.push(request);
      return { status, headers: {}, body: Buffer.from('success') };
    },
  });
  wechat = await startWechat({
    hookUrl: `${door.url}/hook`,
    retryPausesMs: [1, 1],
    now: () => new Date(now),
  });
});
afterEach(() => Promise.all([wechat.close(), door.close()]));

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${wechat.url}/cgi-bin/${path}`, init);
  return (await response.json()) as Record<string, unknown>;
}

const credentials = () => {
  const { appId: appid, appSecret: secret } = wechat.account;
  return { grant_type: 'client_credential', appid, secret };
};

const askToken = async (force = false): Promise<string> =>
  String((await call('stable_token', { ...credentials(), force_refresh: force }))['access_token']);

async function send(text: string, to = OPENID, token?: string): Promise<unknown> {
  const path = `message/custom/send?access_token=${token ?? (await askToken())}`;
  return (await call(path, { touser: to, msgtype: 'text', text: { content: text } }))['errcode'];
}

describe('seal and signature', () => {
  test('are those of the platform’s documentation and of OpenSSL', () => {
    expect(sign('AAAAA', '1714037059', '486452656')).toBe(
      '899cf89e464efb63f54ddac96b0a0a235f53aa78',
    );
    const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    const random = Buffer.from('0123456789abcdef');
    const sealing = { encodingAesKey, appId: 'wxhubappid000001', random };
    expect(seal(Buffer.from('投诉 complaint'), sealing)).toBe(
      'Q3stYC6hdFzMh9T8HCvyDBcnbDxHdBD81XEy920Bn5JLs1DgIZvf94tyUgCyAZuI3+SKIZUh6F1XPWOIV1ftQQ==',
    );
  });
});

describe('a push', () => {
  test('is signed over its sealed message, which holds nothing readable', async () => {
    const report = await wechat.customer(OPENID).text('投诉');
    const [push] = arrived;
    const encrypt = /<Encrypt><!\[CDATA\[([^\]]+)/.exec(push?.body.toString() ?? '')?.[1] ?? '';
    const [timestamp, nonce] = ['timestamp', 'nonce'].map((it) => push?.query.get(it) ?? '');
    const parts = [wechat.account.token, timestamp ?? '', nonce ?? '', encrypt].sort();
    const expected = createHash('sha1').update(parts.join('')).digest('hex');
    expect(report.acknowledged).toBe(true);
    expect(push?.query.get('msg_signature')).toBe(expected);
    expect(push?.body.toString()).not.toContain('投诉');
  });

  test('that nobody takes is tried three times, and the customer is told', async () => {
    status = 500;
    const report = await wechat.customer(OPENID).text('hello');
    expect(report.attempts).toHaveLength(3);
    expect(new Set(arrived.map(({ body }) => body.toString())).size).toBe(1);
    expect(wechat.ledger.entries.at(-1)).toEqual({ kind: 'apology', openid: OPENID });
  });
});

describe('access tokens', () => {
  test('are the same for all who ask, until five minutes before the end', async () => {
    const first = await askToken();
    now += 6_899_000;
    expect(await askToken()).toBe(first);
    now += 2_000;
    const second = await askToken();
    expect(second).not.toBe(first);
    await wechat.customer(OPENID).text('hello');
    expect(await send('both hold', OPENID, first)).toBe(0);
    expect(await send('both hold', OPENID, second)).toBe(0);
    now += 300_000;
    expect(await send('too old', OPENID, first)).toBe(42001);
  });

  test('that are forced end the one before; made up or absent ones hold nothing', async () => {
    const first = await askToken();
    expect(await askToken(true)).not.toBe(first);
    expect(await send('x', OPENID, first)).toBe(40001);
    expect(await send('x', OPENID, 'made-up')).toBe(40001);
    expect(await call('getcallbackip')).toEqual(wechatErrorBody(41001));
  });

  test('are given to nobody with a wrong secret, AppID or address', async () => {
    const wrong = (change: object) => call('stable_token', { ...credentials(), ...change });
    expect(await wrong({ secret: 'x' })).toMatchObject({ errcode: 40125 });
    expect(await wrong({ appid: 'x' })).toMatchObject({ errcode: 40013 });
    wechat.account.isAllowListed = false;
    expect(await wrong({})).toMatchObject({ errcode: 40164 });
  });
});

describe('a message of the account', () => {
  test('is taken five times within 48 hours of the customer’s last', async () => {
    await wechat.customer(OPENID).text('hello');
    const codes = [];
    for (let i = 0; i < 6; i += 1) codes.push(await send(`no. ${i}`));
    expect(codes).toEqual([0, 0, 0, 0, 0, 45047]);
    now += 48 * 3_600_000 + 1;
    expect(await send('late')).toBe(45015);
    expect(wechat.customer(OPENID).inbox).toHaveLength(5);
  });

  test('is taken three times in the minute after a menu click', async () => {
    await wechat.customer(OPENID).click('HELP');
    expect(await send('1')).toBe(0);
    now += 60_001;
    expect(await send('2')).toBe(45015);
  });

  test('is refused for a stranger, who unfollowed, who refuses, and when it is no message', async () => {
    expect(await send('x', 'oNobody')).toBe(40003);
    await wechat.customer('oGone').unfollow();
    expect(await send('x', 'oGone')).toBe(43004);
    await wechat.customer('oNo').text('hello');
    wechat.customer('oNo').refuse();
    expect(await send('x', 'oNo')).toBe(48002);
    await wechat.customer(OPENID).text('hello');
    expect(await send('')).toBe(44004);
    expect(await send('x'.repeat(2_049))).toBe(45002);
    const path = `message/custom/send?access_token=${await askToken()}`;
    expect(await call(path, { touser: OPENID, msgtype: 'news' })).toMatchObject({ errcode: 40008 });
    const body = `{"touser":"${OPENID}","msgtype":"text","text":{"content":"\\u6295"}}`;
    const escaped = await fetch(`${wechat.url}/cgi-bin/${path}`, { method: 'POST', body });
    expect(await escaped.json()).toMatchObject({ errcode: 40033 });
  });

  test('beyond the daily quota is refused without using up the window', async () => {
    await wechat.customer(OPENID).text('hello');
    wechat.account.dailyQuota = 0;
    expect(await send('x')).toBe(45009);
    wechat.account.dailyQuota = 1;
    expect(await send('x')).toBe(0);
  });
});
