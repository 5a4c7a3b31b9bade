import fc from 'fast-check';
import { createHash, createHmac } from 'node:crypto';
import type { Account, InboundRequest, Verdict } from '../../src/sdk/index.js';
import { verify } from './verify.js';

const ACCOUNT: Account = {
  id: 'sms',
  settings: {},
  credentials: { authToken: 'twilio_auth_token_x' },
  hookUrl: 'https://hub.example.com/hooks/sms',
  macKeys: [],
};
const CLOCKED = 'https://hub.example.com/webhooks/twilio/sms?acct=1';
const KETTLE = {
  Body: 'Broken kettle 坏了',
  From: '+15550001111',
  MessageSid: 'SM00000000000000000000000000000001',
  NumMedia: '0',
  To: '+15550002222',
};

interface Given {
  readonly url?: string;
  readonly body?: string;
  readonly signature?: string | undefined;
  readonly headers?: Record<string, string>;
}

function request({ url = CLOCKED, body = '', signature, headers = {} }: Given): InboundRequest {
  return {
    method: 'POST',
    url,
    headers: {
      ...headers,
      ...(signature === undefined ? {} : { 'x-twilio-signature': signature }),
    },
    query: new URL(url).searchParams,
    body: Buffer.from(body),
    remoteAddress: '203.0.113.9',
    pathSecret: null,
  };
}

function form(values: Record<string, string>): string {
  return new URLSearchParams(values).toString();
}

function verdictOf(given: Given, account = ACCOUNT): Verdict {
  return verify(request(given), account);
}

function sign(token: string, url: string, values: Record<string, string>): string {
  const sorted = Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = url + sorted.flat().join('');
  return createHmac('sha1', token).update(text).digest('base64');
}

/** Published vectors: github.com/twilio/twilio-python, tests/unit/test_request_validator.py (MIT). */
describe('the signatures Twilio publishes', () => {
  const account = { ...ACCOUNT, credentials: { authToken: '12345' } };
  const call = {
    CallSid: 'CA1234567890ABCDE',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
    Caller: '+14158675309',
  };
  const path = 'mycompany.com/myapp.php?foo=1&bar=2';
  test.each([
    ['a form', `https://${path}`, form(call), 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    [
      'a repeated parameter',
      `https://${path}`,
      'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234',
      'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
    ],
    [
      'https signed without the port we are reached at',
      'https://mycompany.com:1234/myapp.php?foo=1&bar=2',
      form(call),
      'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    ],
    [
      'http signed with the port we are reached at',
      'http://mycompany.com:1234/myapp.php?foo=1&bar=2',
      form(call),
      'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=',
    ],
    ['https signed with port 443', `https://${path}`, form(call), 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    ['http signed with port 80', `http://${path}`, form(call), '0ZXoZLH/DfblKGATFgpif+LLRf4='],
    [
      'a JSON body',
      `https://${path}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`,
      '{"property": "value", "boolean": true}',
      'a9nBmqA0ju/hNViExpshrM61xv4=',
    ],
  ])('%s is genuine, and not with one bit changed', (_name, url, body, signature) => {
    expect(verdictOf({ url, body, signature }, account).verdict).toBe('verified');
    const forged = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect(verdictOf({ url, body, signature: forged }, account).verdict).toBe('rejected');
    expect(verdictOf({ url, body: `${body} `, signature }, account).verdict).toBe('rejected');
  });
});

describe('a delivery', () => {
  const genuine = { body: form(KETTLE), signature: 'OWyhPtDqNUoVp2Rstj8Jnrl7LoM=' };

  test('with Chinese text is signed over its UTF-8 characters', () => {
    expect(verdictOf(genuine)).toEqual({ verdict: 'verified', key: KETTLE.MessageSid });
  });

  test('with a JSON body is signed by the URL, which names the body’s hash', () => {
    const url = `https://hub.example.com/webhooks/twilio/json?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862`;
    const signature = 'Bg4eHH4th1ddnJ2NQgbVW/1/j50=';
    expect(verdictOf({ url, body: '{"a":1}', signature }).verdict).toBe('verified');
    expect(verdictOf({ url, body: '{"a":2}', signature })).toMatchObject({ status: 401 });
    const other = createHash('sha256').update('{"a":2}').digest('hex');
    const swapped = url.replace(/[0-9a-f]{64}$/, other);
    expect(verdictOf({ url: swapped, body: '{"a":2}', signature })).toMatchObject({ status: 401 });
  });

  test('is refused while no auth token is set, whatever it carries', () => {
    for (const authToken of [undefined, '', 0, null]) {
      const account = { ...ACCOUNT, credentials: { authToken } };
      const signature = sign('', CLOCKED, KETTLE);
      expect(verdictOf({ body: genuine.body, signature }, account)).toMatchObject({
        verdict: 'rejected',
        status: 403,
      });
    }
  });

  test('is genuine with either token while they are rotated', () => {
    const credentials = { authToken: 'new', previousAuthToken: 'twilio_auth_token_x' };
    expect(verdictOf(genuine, { ...ACCOUNT, credentials }).verdict).toBe('verified');
    const signature = sign('new', CLOCKED, KETTLE);
    expect(verdictOf({ ...genuine, signature }, { ...ACCOUNT, credentials }).verdict).toBe(
      'verified',
    );
    expect(verdictOf({ ...genuine, signature }).verdict).toBe('rejected');
  });

  test('is refused without a signature, with a short one and with one for another URL', () => {
    for (const signature of [undefined, '', 'OWyhPtDqNUo=', `${genuine.signature} `]) {
      expect(verdictOf({ body: genuine.body, signature })).toMatchObject({ status: 401 });
    }
    expect(verdictOf({ ...genuine, url: CLOCKED.replace('acct=1', 'acct=2') })).toMatchObject({
      status: 401,
    });
  });

  test('replayed with another unsigned idempotency token is the same delivery', () => {
    const keys = ['a', 'b'].map((token) =>
      verdictOf({ ...genuine, headers: { 'i-twilio-idempotency-token': token } }),
    );
    expect(keys[0]).toEqual(keys[1]);
  });

  test('of each status of one message has a key of its own', () => {
    const keys = ['sent', 'delivered', 'delivered'].map((MessageStatus) => {
      const values = { ...KETTLE, MessageStatus, SmsStatus: MessageStatus };
      const verdict = verdictOf({
        body: form(values),
        signature: sign('twilio_auth_token_x', CLOCKED, values),
      });
      return verdict.verdict === 'verified' ? verdict.key : null;
    });
    expect(keys).toEqual([
      `${KETTLE.MessageSid}#sent`,
      `${KETTLE.MessageSid}#delivered`,
      `${KETTLE.MessageSid}#delivered`,
    ]);
  });

  test('that names no message is keyed by its signed content', () => {
    const values = { From: '+15550001111', Digits: '1' };
    const other = { ...values, Digits: '2' };
    const keys = [values, values, other].map((one) => {
      const verdict = verdictOf({
        body: form(one),
        signature: sign('twilio_auth_token_x', CLOCKED, one),
      });
      return verdict.verdict === 'verified' ? verdict.key : null;
    });
    expect(keys[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  test('with ten thousand parameters is refused', () => {
    const body = 'a=1&'.repeat(10_000);
    expect(verdictOf({ body, signature: genuine.signature })).toMatchObject({ status: 401 });
  });

  test('of any bytes never throws and never passes unsigned', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.string(), (bytes, signature) => {
        const hostile = { ...request({ signature }), body: Buffer.from(bytes) };
        expect(verify(hostile, ACCOUNT).verdict).toBe('rejected');
      }),
      { numRuns: 300 },
    );
  });

  test('of any parameters is genuine when it is signed', () => {
    const values = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'binary' }), {
      maxKeys: 8,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(values, (given) => {
        const wellFormed = Object.fromEntries(new URLSearchParams(form(given)));
        const signature = sign('twilio_auth_token_x', CLOCKED, wellFormed);
        expect(verdictOf({ body: form(given), signature }).verdict).toBe('verified');
      }),
      { numRuns: 300 },
    );
  });
});
