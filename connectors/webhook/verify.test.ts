import fc from 'fast-check';
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { Account, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { verify } from './verify.js';

const NOW = Date.UTC(2026, 10, 20, 0, 15);
const SECONDS = String(NOW / 1_000);
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const BODY = Buffer.from('{"id":"m-1","customer":{"id":"C-42"},"text":"水壶坏了"}');

function account(settings: Record<string, unknown>, credentials: Record<string, unknown>): Account {
  return {
    id: 'shop',
    settings,
    credentials,
    hookUrl: 'https://hub.example/hooks/shop',
    macKeys: [],
  };
}

const STANDARD = account({}, { secret: SECRET });

function post(headers: Record<string, string>, more: Partial<InboundRequest> = {}): InboundRequest {
  return {
    method: 'POST',
    url: 'https://hub.example/hooks/shop',
    headers,
    query: new URLSearchParams(),
    body: BODY,
    remoteAddress: '203.0.113.9',
    pathSecret: null,
    ...more,
  };
}

const at = (now: number) => ({ now: () => now });
const verdictOf = (request: InboundRequest, of = STANDARD, now = NOW): Verdict =>
  verify(request, of, at(now));

/** Signed independently of the code under test. */
function standardHeaders(secret = SECRET, id = 'msg_1', timestamp = SECONDS, body = BODY) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', key).update(content).digest('base64')}`,
  };
}

describe('Standard Webhooks', () => {
  /** Published: github.com/standard-webhooks/standard-webhooks, libraries' test suites. */
  const published = post(
    {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    { body: Buffer.from('{"test": 2432232314}') },
  );
  const published1a = {
    ...published,
    headers: {
      ...published.headers,
      'webhook-signature':
        'v1a,2iFnCkcL0nCB7d0lgaT5vmGnQgJl4zcl9qd7UbPYvulcwR3MRYzjXT2JCSEV4dFH3XNALA4OW0zY5fFdGv9GBA==',
    },
  };
  const hmacAccount = account({}, { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  const publicAccount = account(
    {},
    { secret: 'whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=' },
  );
  const then = 1_614_265_330_000;

  test('accepts the published v1 signature and takes the webhook-id as key', () => {
    expect(verdictOf(published, hmacAccount, then)).toEqual({
      verdict: 'verified',
      key: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    });
  });

  test('accepts an Ed25519 signature of the same content, and only for its key', () => {
    expect(verdictOf(published1a, publicAccount, then).verdict).toBe('verified');
    expect(verdictOf(published, publicAccount, then)).toMatchObject({ status: 401 });
    expect(verdictOf(published1a, hmacAccount, then)).toMatchObject({ status: 401 });
  });

  test('refuses another spelling of a right Ed25519 signature', () => {
    const header = published1a.headers['webhook-signature'];
    for (const spelled of [
      header.replace(/=+$/, ''),
      header.replace('+', '-'),
      `${header} `.trim() + '=',
    ]) {
      if (spelled === header) continue;
      const request = {
        ...published1a,
        headers: { ...published1a.headers, 'webhook-signature': spelled },
      };
      expect(verdictOf(request, publicAccount, then)).toMatchObject({ status: 401 });
    }
  });

  test('accepts any right entry among several, of either secret, while they rotate', () => {
    const fresh = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
    const both = account({}, { secret: fresh, previousSecret: SECRET });
    const headers = standardHeaders();
    const list = `v2,nonsense v1,AAAA ${headers['webhook-signature']}`;
    expect(verdictOf(post({ ...headers, 'webhook-signature': list }), both).verdict).toBe(
      'verified',
    );
    expect(verdictOf(post(standardHeaders(fresh)), both).verdict).toBe('verified');
  });

  test.each([
    ['five minutes late', 300_000, 'verified'],
    ['a second later', 301_000, 'rejected'],
    ['five minutes early', -300_000, 'verified'],
    ['a second earlier', -301_000, 'rejected'],
  ])('signed %s, off by %d ms, is %s', (_what, shift, verdict) => {
    expect(verdictOf(post(standardHeaders()), STANDARD, NOW + shift).verdict).toBe(verdict);
  });

  test('refuses every delivery whose body, id, time or signature was changed', () => {
    const request = post(standardHeaders());
    const place = fc.constantFrom('body', 'webhook-id', 'webhook-timestamp', 'webhook-signature');
    fc.assert(
      fc.property(place, fc.nat(), fc.integer({ min: 1, max: 255 }), (where, offset, flip) => {
        const bytes = Buffer.from(where === 'body' ? BODY : (request.headers[where] ?? ''));
        const index = offset % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ flip;
        const changed =
          where === 'body'
            ? { ...request, body: bytes }
            : { ...request, headers: { ...request.headers, [where]: bytes.toString('latin1') } };
        expect(verdictOf(changed).verdict).toBe('rejected');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['no headers', {}],
    ['an id with a dot', standardHeaders(SECRET, 'a.b')],
    ['an empty signature', { ...standardHeaders(), 'webhook-signature': '' }],
    [
      'a signature twice in one header',
      { ...standardHeaders(), 'webhook-signature': `${standardHeaders()['webhook-signature']}, x` },
    ],
    ['a million entries', { ...standardHeaders(), 'webhook-signature': 'v1,x '.repeat(1_000_000) }],
    ['a time that is none', standardHeaders(SECRET, 'msg_1', '1e9')],
  ])('refuses %s', (_what, headers) => {
    expect(verdictOf(post(headers))).toMatchObject({ verdict: 'rejected' });
  });

  test.each([undefined, '', '   ', 'whsec_', 'whsec_c2hvcnQ=', 'whsk_AAAA', 'whpk_AAAA'])(
    'refuses everything while the secret is %j',
    (secret) => {
      const of = account({}, secret === undefined ? {} : { secret });
      expect(verdictOf(post(standardHeaders()), of)).toMatchObject({ status: 403 });
      const empty = createHmac('sha256', '')
        .update(`msg_1.${SECONDS}.`)
        .update(BODY)
        .digest('base64');
      const forged = { ...standardHeaders(), 'webhook-signature': `v1,${empty}` };
      expect(verdictOf(post(forged), of)).toMatchObject({ status: 403 });
    },
  );

  test('refuses GET', () => {
    expect(verdictOf(post(standardHeaders(), { method: 'GET' }))).toMatchObject({ status: 403 });
  });
});

describe('an HMAC', () => {
  const secret = 'shared-secret-1';
  const of = (settings: Record<string, unknown>) =>
    account({ signature: 'hmac', signatureHeader: 'X-Signature', ...settings }, { secret });
  const hmac = (algorithm: string, encoding: 'hex' | 'base64', head = '') =>
    createHmac(algorithm, secret).update(head).update(BODY).digest(encoding);

  test.each([
    [{}, { 'x-signature': hmac('sha256', 'hex') }],
    [{ signaturePrefix: 'sha256=' }, { 'x-signature': `sha256=${hmac('sha256', 'hex')}` }],
    [{ algorithm: 'sha1' }, { 'x-signature': hmac('sha1', 'hex') }],
    [{ algorithm: 'sha512', encoding: 'base64' }, { 'x-signature': hmac('sha512', 'base64') }],
    [
      { signedContent: 'timestamp.body', timestampHeader: 'X-Time' },
      { 'x-signature': hmac('sha256', 'hex', `${SECONDS}.`), 'x-time': SECONDS },
    ],
    [
      { signedContent: 'timestamp.body', timestampHeader: 'X-Time' },
      { 'x-signature': hmac('sha256', 'hex', `${NOW}.`), 'x-time': String(NOW) },
    ],
    [
      { signedContent: 'v0:timestamp:body', timestampHeader: 'X-Time', signaturePrefix: 'v0=' },
      { 'x-signature': `v0=${hmac('sha256', 'hex', `v0:${SECONDS}:`)}`, 'x-time': SECONDS },
    ],
  ])('of %j is accepted', (settings, headers) => {
    const verdict = verdictOf(post(headers), of(settings));
    expect(verdict).toMatchObject({ verdict: 'verified' });
    expect(verdict).toMatchObject({ key: expect.stringMatching(/^sha256:/) as unknown });
  });

  test('over an id takes that id as key', () => {
    const settings = {
      signedContent: 'id.timestamp.body',
      timestampHeader: 'X-Time',
      idHeader: 'X-Id',
    };
    const headers = {
      'x-signature': hmac('sha256', 'hex', `evt-1.${SECONDS}.`),
      'x-time': SECONDS,
      'x-id': 'evt-1',
    };
    expect(verdictOf(post(headers), of(settings))).toMatchObject({ key: 'evt-1' });
    expect(verdictOf(post({ ...headers, 'x-id': 'evt-2' }), of(settings))).toMatchObject({
      status: 401,
    });
  });

  test('takes the key from the body where the settings say so', () => {
    const headers = { 'x-signature': hmac('sha256', 'hex') };
    expect(verdictOf(post(headers), of({ deliveryKey: 'id' }))).toMatchObject({ key: 'm-1' });
    expect(verdictOf(post(headers), of({ deliveryKey: 'missing' }))).toMatchObject({
      key: expect.stringMatching(/^sha256:/) as unknown,
    });
  });

  test.each([
    ['in capitals', hmac('sha256', 'hex').toUpperCase()],
    ['of a weaker algorithm', hmac('sha1', 'hex')],
    ['without its prefix', hmac('sha256', 'hex').slice(7)],
    ['with a space', `${hmac('sha256', 'hex')} `],
  ])('%s is refused', (_what, signature) => {
    expect(verdictOf(post({ 'x-signature': signature }), of({}))).toMatchObject({ status: 401 });
  });

  test.each([
    [{ signatureHeader: undefined }, 'signatureHeader'],
    [{ timestampHeader: 'X-Time' }, 'timestampHeader'],
    [{ signedContent: 'timestamp.body' }, 'timestampHeader'],
    [{ signedContent: 'id.timestamp.body', timestampHeader: 'X-T' }, 'idHeader'],
    [{ deliveryKey: 'a[' }, 'deliveryKey'],
  ])(
    'with settings that contradict (%j) accepts nothing and names the setting',
    (settings, name) => {
      const verdict = verdictOf(post({ 'x-signature': hmac('sha256', 'hex') }), of(settings));
      expect(verdict).toMatchObject({ status: 403, why: expect.stringContaining(name) as unknown });
    },
  );
});

describe('a platform that signs nothing', () => {
  const pathSecret = 'a-secret-of-24-characters';
  const settings = { signature: 'path-secret', allowFrom: ['203.0.113.0/24', '2001:db8::/32'] };
  const of = account(settings, { pathSecret });

  test('is believed with the secret in the URL, from an allowed address', () => {
    expect(verdictOf(post({}, { pathSecret }), of).verdict).toBe('verified');
    const mapped = { pathSecret, remoteAddress: '::ffff:203.0.113.200' };
    expect(verdictOf(post({}, mapped), of).verdict).toBe('verified');
    expect(verdictOf(post({}, { pathSecret, remoteAddress: '2001:db8::1' }), of).verdict).toBe(
      'verified',
    );
  });

  test.each([
    [{ pathSecret: null }, 401],
    [{ pathSecret: `${pathSecret}x` }, 401],
    [{ pathSecret, remoteAddress: '203.0.114.1' }, 403],
    [{ pathSecret, remoteAddress: 'nonsense' }, 403],
  ])('is refused with %j', (more, status) => {
    expect(verdictOf(post({}, more), of)).toMatchObject({ status });
  });

  test('is refused while either is not set', () => {
    const request = post({}, { pathSecret });
    expect(verdictOf(request, account(settings, {}))).toMatchObject({ status: 403 });
    const anywhere = account({ signature: 'path-secret' }, { pathSecret });
    expect(verdictOf(request, anywhere)).toMatchObject({ status: 403 });
  });

  test('may add a secret in the URL and addresses to a signature', () => {
    const both = account({ allowFrom: ['203.0.113.9'] }, { secret: SECRET, pathSecret });
    const headers = standardHeaders();
    expect(verdictOf(post(headers, { pathSecret }), both).verdict).toBe('verified');
    expect(verdictOf(post(headers), both)).toMatchObject({ status: 401 });
    expect(
      verdictOf(post(headers, { pathSecret, remoteAddress: '203.0.113.8' }), both),
    ).toMatchObject({ status: 403 });
  });
});

test('an Ed25519 key made elsewhere signs what verify accepts', () => {
  const seed = Buffer.alloc(32, 7);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const signature = sign(null, Buffer.concat([Buffer.from(`msg_1.${SECONDS}.`), BODY]), key);
  const headers = {
    ...standardHeaders(),
    'webhook-signature': `v1a,${signature.toString('base64')}`,
  };
  const of = account({}, { secret: 'whpk_6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=' });
  expect(verdictOf(post(headers), of).verdict).toBe('verified');
});
