import type { Account, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { openAccount, type WechatOptions } from '../../simulators/wechat/account.js';
import { handshakeOf, wireOf } from '../../simulators/wechat/push.js';
import { decode } from './decode.js';
import { verify } from './verify.js';

const NOW = Date.UTC(2026, 10, 20, 8, 15);
const HOOK = 'https://hub.example/hooks/wechat';
const TEXT = { FromUserName: 'oUser1', CreateTime: 1795162500, MsgType: 'text', Content: '投诉' };

/** One account as the simulator and as the hub have it. */
function both(options: WechatOptions = {}) {
  const there = openAccount({ ...options, now: () => new Date(NOW) });
  const here: Account = {
    id: 'wechat',
    settings: { appId: there.appId, encryption: there.encryption },
    credentials: { token: there.token, encodingAesKey: there.encodingAesKey },
    hookUrl: HOOK,
    macKeys: [],
  };
  return { there, here };
}

function requestOf(
  wire: { url: string; headers: Readonly<Record<string, string>>; body: Buffer },
  method: 'GET' | 'POST' = 'POST',
): InboundRequest {
  const { url, headers, body } = wire;
  const query = new URL(url).searchParams;
  return { method, url, headers, query, body, remoteAddress: '198.51.100.21', pathSecret: null };
}

const seen = (request: InboundRequest, account: Account, now = NOW): Verdict =>
  verify(request, account, { now: () => now });

function decoded(request: InboundRequest, account: Account): unknown {
  const { body } = request;
  const arrival = { key: 'k', body, type: 'text/xml', notes: {}, query: '', receivedAt: NOW };
  return decode({ ...arrival, id: 1, connection: 'wechat' }, account);
}

describe.each(['safe', 'compatible'] as const)('a delivery in %s mode', (encryption) => {
  test.each(['xml', 'json'] as const)('as %s is genuine and opened', (format) => {
    const { there, here } = both({ encryption, format });
    const request = requestOf(wireOf(there, HOOK, TEXT));
    expect(seen(request, here)).toMatchObject({ verdict: 'verified' });
    expect(decoded(request, here)).toMatchObject({ raws: [{ body: { text: '投诉' } }] });
  });

  test('sealed twice is the same delivery', () => {
    const { there, here } = both({ encryption });
    const keys = [1, 2].map(() => seen(requestOf(wireOf(there, HOOK, TEXT)), here));
    expect(keys[0]).toEqual(keys[1]);
  });

  test('is refused under another token, key or app id', () => {
    const { there, here } = both({ encryption });
    for (const other of [
      { token: 'another-token' },
      { encodingAesKey: 'Z'.repeat(43) },
      { appId: 'wx00000000000000ff' },
    ]) {
      const foreign = { ...there, ...other };
      expect(seen(requestOf(wireOf(foreign, HOOK, TEXT)), here)).toMatchObject({ status: 401 });
    }
  });

  test('is refused in plain, even when rightly signed', () => {
    const { there, here } = both({ encryption });
    const plain = requestOf(wireOf({ ...there, encryption: 'plain' }, HOOK, TEXT));
    expect(seen(plain, here)).toMatchObject({ verdict: 'rejected', status: 403 });
  });

  test('is refused without a key to open it', () => {
    const { there, here } = both({ encryption });
    const keyless = { ...here, credentials: { token: there.token } };
    const request = requestOf(wireOf(there, HOOK, TEXT));
    expect(seen(request, keyless)).toMatchObject({ status: 403 });
  });
});

test('in compatible mode an edited plain half changes nothing', () => {
  const { there, here } = both({ encryption: 'compatible' });
  const request = requestOf(wireOf(there, HOOK, TEXT));
  const edited = { ...request, body: Buffer.from(request.body.toString().replace('投诉', '赞')) };
  expect(edited.body.equals(request.body)).toBe(false);
  expect(seen(edited, here)).toEqual(seen(request, here));
  expect(decoded(edited, here)).toEqual(decoded(request, here));
});

describe('a plain delivery of an account that is set to it', () => {
  const { there, here } = both({ encryption: 'plain' });
  const request = requestOf(wireOf(there, HOOK, TEXT));

  test('is known by its signed time and nonce, and says that these do not cover its body', () => {
    const key = `plain:${request.query.get('timestamp')}:${request.query.get('nonce')}`;
    expect(seen(request, here)).toEqual({ verdict: 'verified', key, bodyUnsigned: true });
  });

  test('is refused with another signature, time or nonce', () => {
    for (const [name, value] of [
      ['signature', 'f'.repeat(40)],
      ['timestamp', String(NOW / 1_000 + 1)],
      ['nonce', '1'],
    ] as const) {
      const query = new URLSearchParams(request.query);
      query.set(name, value);
      expect(seen({ ...request, query }, here)).toMatchObject({ status: 401 });
    }
  });
});

describe('the signed time', () => {
  test.each([
    [300_000, 'verified'],
    [301_000, 'rejected'],
    [-300_000, 'verified'],
    [-301_000, 'rejected'],
  ])('%i ms after the signing it is %s', (later, verdict) => {
    const { there, here } = both();
    expect(seen(requestOf(wireOf(there, HOOK, TEXT)), here, NOW + later).verdict).toBe(verdict);
  });

  test.each(['', '0', '-1', '1e9', '99999999999999', 'now'])('is not %j', (timestamp) => {
    const { there, here } = both();
    const request = requestOf(wireOf(there, HOOK, TEXT));
    request.query.set('timestamp', timestamp);
    expect(seen(request, here)).toMatchObject({ status: 401 });
  });
});

describe('a handshake', () => {
  const { there, here } = both();
  const wire = handshakeOf(there, HOOK, '4375120948345356249');

  test('gets its echostr back, word for word', () => {
    expect(seen(requestOf(wire, 'GET'), here)).toEqual({
      verdict: 'challenge',
      answer: { status: 200, type: 'text/plain', body: '4375120948345356249' },
    });
  });

  test('that is forged, stale, endless or empty gets nothing', () => {
    const forged = requestOf(handshakeOf({ ...there, token: 'x' }, HOOK, '1'), 'GET');
    expect(seen(forged, here)).toMatchObject({ status: 401 });
    expect(seen(requestOf(wire, 'GET'), here, NOW + 3_600_000)).toMatchObject({ status: 401 });
    for (const echo of ['', 'x'.repeat(1_001)]) {
      const odd = requestOf(handshakeOf(there, HOOK, echo), 'GET');
      expect(seen(odd, here)).toMatchObject({ status: 401 });
    }
  });
});

test('without a token nothing is believed', () => {
  const { there, here } = both();
  const request = requestOf(wireOf(there, HOOK, TEXT));
  for (const token of [undefined, '', ' ']) {
    const account = { ...here, credentials: { ...here.credentials, token } };
    expect(seen(request, account)).toMatchObject({ verdict: 'rejected', status: 403 });
  }
});
