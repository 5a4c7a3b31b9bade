import { createHttpClient } from '../../src/connections/http.js';
import { memoryInProcess, openRememberer } from '../../src/connections/remember.js';
import { answer, resetWithoutAnswer } from '../../simulators/faults.js';
import type { WechatEntry } from '../../simulators/wechat/entries.js';
import { wechatErrorBody } from '../../simulators/wechat/errors.js';
import { startWechat, type WechatSimulator } from '../../simulators/wechat/wechat.js';
import type { Account, Context, HttpClient, Live, Part } from '../../src/sdk/index.js';
import { connector } from './index.js';
import type { Payload } from '../wechat/render.js';

const CUSTOMER = 'oCustomer1';
const FILE = Buffer.from('the bytes of a file');

let wechat: WechatSimulator;
let http: HttpClient & { close(): void };
let now: number;
let account: Account;
let live: Live;

function context(change: Partial<Context> = {}): Context {
  const clock = { now: () => now };
  return {
    account: () => account,
    http,
    ...openRememberer(memoryInProcess(), clock),
    blob: () => Promise.resolve(FILE),
    log: { info: () => undefined, warn: () => undefined },
    clock,
    signal: new AbortController().signal,
    ...change,
  };
}

function part(payload: Partial<Payload> = {}): Part {
  const text = { to: CUSTOMER, kind: 'text', text: '很抱歉 \u2028 😡 "x"', ...payload };
  return { payload: text, preview: '', attachments: [] };
}

beforeEach(async () => {
  now = Date.UTC(2026, 10, 20, 8, 15);
  wechat = await startWechat({ now: () => new Date(now) });
  http = createHttpClient({ allowPrivate: ['127.0.0.0/8'] });
  account = {
    id: 'wechat',
    settings: { appId: wechat.account.appId, apiBase: wechat.url, encryption: 'safe' },
    credentials: {
      appSecret: wechat.account.appSecret,
      token: wechat.account.token,
      encodingAesKey: wechat.account.encodingAesKey,
    },
    hookUrl: 'https://hub.example/hooks/wechat',
    macKeys: [],
  };
  live = connector.open(context());
  await wechat.customer(CUSTOMER).text('投诉');
});
afterEach(async () => {
  await live.close();
  http.close();
  await wechat.close();
});

const entries = (kind: WechatEntry['kind']) =>
  wechat.ledger.entries.filter((entry) => entry.kind === kind);
const inbox = () => wechat.customer(CUSTOMER).inbox;
const SEND = '/cgi-bin/message/custom/send';
const onSend = ({ path }: { path: string }): boolean => path === SEND;
const inside = (code: Parameters<typeof wechatErrorBody>[0]) => answer(200, wechatErrorBody(code));

describe('sending', () => {
  test('brings the words to the customer as they are', async () => {
    expect(await live.send(part(), 'k')).toEqual({
      kind: 'sent',
      externalId: null,
      certainty: 'final',
    });
    expect(inbox()).toMatchObject([{ type: 'text', text: '很抱歉 \u2028 😡 "x"' }]);
  });

  test.each([
    ['image', 'image/png'],
    ['voice', 'audio/amr'],
    ['video', 'video/mp4'],
  ] as const)('of %s uploads the file first', async (kind, type) => {
    const sent = await live.send(part({ kind, type, sha256: 'a'.repeat(64) }), 'k');
    expect(sent).toMatchObject({ kind: 'sent' });
    expect(inbox()).toMatchObject([{ type: kind, file: FILE }]);
  });

  test.each([
    ['AUDIO/AMR', 'voice', 'file.amr'],
    ['audio/mpeg', 'voice', 'file.mp3'],
    ['IMAGE/PNG', 'image', 'file.png'],
    ['image/jpeg', 'image', 'file.jpg'],
  ] as const)('of a file said to be %s calls it what it is', async (type, kind, name) => {
    const bodies: string[] = [];
    const watched: HttpClient = {
      request(asked) {
        bodies.push(String(asked.body));
        return http.request(asked);
      },
    };
    const watching = connector.open(context({ http: watched }));
    await watching.send(part({ kind, type, sha256: 'a'.repeat(64) }), 'k');
    expect(bodies.join()).toContain(`filename="${name}"`);
  });

  test('whose upload breaks is tried again: the customer saw nothing', async () => {
    const onUpload = ({ path }: { path: string }): boolean => path === '/cgi-bin/media/upload';
    wechat.script({ when: onUpload, then: resetWithoutAnswer({ taken: true }) });
    const image = part({ kind: 'image', type: 'image/png', sha256: 'a'.repeat(64) });
    expect(await live.send(image, 'k')).toMatchObject({ failure: { kind: 'transient' } });
    expect(inbox()).toEqual([]);
  });

  test('to the sixth message, or 48 hours later, meets a closed window', async () => {
    for (let i = 0; i < 5; i += 1) expect((await live.send(part(), 'k')).kind).toBe('sent');
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'windowClosed', why: expect.stringContaining('45047') as string },
    });
    now += 48 * 3_600_000 + 1_000;
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'windowClosed', why: expect.stringContaining('45015') as string },
    });
  });

  test('to a stranger, an unfollower, one who refuses, or beyond the quota is told apart', async () => {
    expect(await live.send(part({ to: 'oNobody' }), 'k')).toMatchObject({
      failure: { cause: 'recipientGone' },
    });
    await wechat.customer('oGone').text('hello');
    await wechat.customer('oGone').unfollow();
    expect(await live.send(part({ to: 'oGone' }), 'k')).toMatchObject({
      failure: { cause: 'recipientGone' },
    });
    wechat.account.dailyQuota = 0;
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'rateLimited', retryAt: Date.UTC(2026, 10, 20, 16) },
    });
    wechat.customer(CUSTOMER).refuse();
    expect(await live.send(part(), 'k')).toMatchObject({ failure: { cause: 'optedOut' } });
  });

  test('without a setting names it, and asks nobody', async () => {
    account = { ...account, settings: {} };
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'appId' },
    });
    expect(entries('request')).toEqual([]);
  });
});

describe('an answer that nobody waits for any more', () => {
  const IMAGE = { kind: 'image', type: 'image/png', sha256: 'a'.repeat(64) } as const;

  /** What becomes of a send when nobody waits once this call was answered, and the calls it made. */
  async function stoppedAfter(call: string, payload: Partial<Payload>) {
    const waited = new AbortController();
    const calls: string[] = [];
    const watched: HttpClient = {
      async request(asked) {
        const result = await http.request(asked);
        const name = new URL(asked.url).pathname.slice('/cgi-bin/'.length);
        calls.push(name);
        if (name === call) waited.abort();
        return result;
      },
    };
    const stopped = connector.open(context({ http: watched }));
    return { outcome: await stopped.send(part(payload), 'k', waited.signal), calls };
  }

  test.each([
    ['stable_token', {}, ['stable_token']],
    ['media/upload', IMAGE, ['stable_token', 'media/upload']],
  ])('by the end of %s goes no further', async (call, payload, calls) => {
    expect(await stoppedAfter(call, payload)).toMatchObject({
      outcome: { failure: { kind: 'transient' } },
      calls,
    });
    expect(inbox()).toEqual([]);
  });

  test('when its token was refused gets no other', async () => {
    wechat.script({ when: onSend, then: inside(40014) });
    expect(await stoppedAfter('message/custom/send', {})).toMatchObject({
      outcome: { failure: { kind: 'transient' } },
      calls: ['stable_token', 'message/custom/send'],
    });
    expect(inbox()).toEqual([]);
  });
});

describe('the access token', () => {
  const sendMany = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async (_unused, i) => {
        await wechat.customer(`o${i}`).text('hello');
        return live.send(part({ to: `o${i}` }), `k${i}`);
      }),
    );

  test('is asked for once by 200 sends at once', async () => {
    const outcomes = await sendMany(200);
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(200);
    expect(entries('token')).toHaveLength(1);
  });

  test('that dies under 200 sends costs one new one, no message and none twice', async () => {
    await live.send(part(), 'k');
    wechat.killTokens();
    const outcomes = await sendMany(200);
    expect(outcomes.filter(({ kind }) => kind === 'sent')).toHaveLength(200);
    expect(entries('token')).toHaveLength(2);
    expect(entries('taken')).toHaveLength(201);
  });

  test('that WeChat hands out again although it refused it is forced anew, once', async () => {
    await live.send(part(), 'k');
    wechat.script({ when: onSend, then: inside(40014) });
    expect(await live.send(part(), 'k')).toMatchObject({ kind: 'sent' });
    expect(entries('token')).toMatchObject([
      { forced: false, isNew: true },
      { forced: false, isNew: false },
      { forced: true, isNew: true },
    ]);
  });

  test('refused twice is unauthorised, after one renewal', async () => {
    wechat.script({ when: onSend, then: inside(40001), times: Infinity });
    expect(await live.send(part(), 'k')).toMatchObject({ failure: { kind: 'unauthorised' } });
    const sends = wechat.ledger.entries.filter(
      (entry) => entry.kind === 'request' && entry.path === SEND,
    );
    expect(sends).toHaveLength(2);
  });

  test('is renewed before its end, and the same for two processes', async () => {
    await live.send(part(), 'k');
    now += 7_000_000 - 1;
    await live.send(part(), 'k');
    expect(entries('token')).toHaveLength(1);
    now += 2;
    await live.send(part(), 'k');
    const other = connector.open(context());
    await other.send(part(), 'k');
    expect(entries('token')).toMatchObject([{ isNew: true }, { isNew: true }, { isNew: false }]);
  });

  test('that cannot be had leaves the message unsent for certain', async () => {
    const onToken = ({ path }: { path: string }): boolean => path === '/cgi-bin/stable_token';
    wechat.script({ when: onToken, then: resetWithoutAnswer({ taken: true }) });
    expect(await live.send(part(), 'k')).toMatchObject({ failure: { kind: 'transient' } });
    wechat.account.isAllowListed = false;
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'ipAllowList' },
    });
  });

  test('and the secret are in no reason', async () => {
    account = { ...account, credentials: { ...account.credentials, appSecret: 'canary-5f2d7c' } };
    const outcome = await live.send(part(), 'k');
    expect(outcome).toMatchObject({ failure: { kind: 'unauthorised' } });
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });
});

describe('a file from a customer', () => {
  test('is fetched by its media id, a video by the link that stands for it', async () => {
    const picture = { type: 'image/jpeg', body: Buffer.from('a picture') };
    const { fields } = await wechat.customer(CUSTOMER).picture(picture);
    expect(await live.fetchAttachment?.(`media:${fields['MediaId']}`)).toMatchObject({
      kind: 'file',
      file: { type: 'image/jpeg', bytes: picture.body },
    });
    const clip = { type: 'video/mp4', body: Buffer.from('a clip') };
    const sent = await wechat.customer(CUSTOMER).video(clip);
    expect(await live.fetchAttachment?.(`media:${sent.fields['MediaId']}`)).toMatchObject({
      kind: 'file',
      file: { bytes: clip.body },
    });
  });

  test('that WeChat no longer has is expired; while WeChat is away it is not', async () => {
    expect(await live.fetchAttachment?.('media:GONE')).toMatchObject({ kind: 'expired' });
    expect(await live.fetchAttachment?.('file:///nowhere')).toMatchObject({ kind: 'expired' });
    await wechat.goOffline();
    expect(await live.fetchAttachment?.('media:GONE')).toMatchObject({ kind: 'transient' });
  });
});

describe('the check', () => {
  const causes = async () =>
    (await live.check()).findings.filter(({ ok }) => !ok).map(({ cause }) => cause);

  test('finds nothing wrong with a good account', async () => {
    expect(await live.check()).toMatchObject({ ok: true, findings: [{ sending: 'untried' }] });
  });

  test('names the allow-list, the secret, the AppID, the missing key and token', async () => {
    wechat.account.isAllowListed = false;
    expect((await live.check()).findings).toMatchObject([
      {
        cause: 'allowList',
        text: {
          en: 'This hub’s address 127.0.0.1 is not on the account’s IP allow-list (WeChat 40164).',
          zh: '本系统的出口 IP 127.0.0.1 不在账号的 IP 白名单中（错误码 40164）。',
        },
      },
    ]);
    wechat.account.isAllowListed = true;
    const { settings, credentials } = account;
    account = { ...account, settings: { ...settings, appId: 'wx00000000000000ff' } };
    expect(await causes()).toEqual(['setting']);
    account = { ...account, settings, credentials: { ...credentials, appSecret: 'wrong' } };
    expect(await causes()).toEqual(['credentials']);
    account = { ...account, credentials: { ...credentials, encodingAesKey: undefined } };
    expect(await causes()).toEqual(['signature']);
    account = { ...account, credentials: { ...credentials, token: undefined } };
    expect(await causes()).toEqual(['signature']);
  });
});
