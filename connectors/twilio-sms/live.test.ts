import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../src/connections/http.js';
import type { Account, Context, HttpClient, Live, Outcome, Part } from '../../src/sdk/index.js';
import { startTwilio } from '../../simulators/twilio/twilio.js';
import type { TwilioSimulator } from '../../simulators/twilio/twilio.js';
import { open } from './live.js';
import type { Payload } from './render.js';

const CUSTOMER = '+15550001111';
const SECRET = 'canary-5f2d7c';

let twilio: TwilioSimulator;
let http: HttpClient & { close(): void };
let now: number;
let live: Live;

function account(settings: Record<string, unknown> = {}): Account {
  return {
    id: 'sms',
    settings: {
      accountSid: twilio.accountSid,
      from: twilio.number,
      apiBase: twilio.url,
      ...settings,
    },
    credentials: { authToken: SECRET },
    hookUrl: 'http://hub.invalid/hooks/sms',
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
    clock: { now: () => now },
    signal: new AbortController().signal,
  };
}

function part(change: Partial<Payload> = {}): Part {
  const payload: Payload = {
    to: CUSTOMER,
    our: twilio.number,
    text: 'We are sorry. 水壶 + 100%',
    media: [],
    composedAt: now,
    ...change,
  };
  return { payload, preview: payload.text, attachments: [] };
}

beforeEach(async () => {
  twilio = await startTwilio({ authToken: SECRET });
  http = createHttpClient({ allowPrivate: ['127.0.0.0/8'] });
  now = Date.now();
  live = open(context(account()));
});
afterEach(async () => {
  await live.close();
  http.close();
  await twilio.close();
});

function taken() {
  return twilio.ledger.entries.filter((entry) => entry.kind === 'taken');
}

describe('sending', () => {
  test('takes the message to the customer, with its key in the callback', async () => {
    const outcome = await live.send(part({ media: ['http://127.0.0.1:9/a.png'] }), 'r1:0');
    const [message] = taken();
    expect(outcome).toEqual({
      kind: 'sent',
      externalId: message?.messageSid,
      certainty: 'awaitReceipt',
    });
    expect(message).toMatchObject({
      to: CUSTOMER,
      from: twilio.number,
      body: 'We are sorry. 水壶 + 100%',
    });
    const [request] = twilio.ledger.entries.filter((entry) => entry.kind === 'request');
    expect(request?.form).toMatchObject({
      MediaUrl: 'http://127.0.0.1:9/a.png',
      StatusCallback: 'http://hub.invalid/hooks/sms?part=r1%3A0',
    });
  });

  test('with a wrong secret is unauthorised, and the secret is in no reason', async () => {
    const wrong = { ...account(), credentials: { authToken: 'another-canary' } };
    const outcome = await open(context(wrong)).send(part(), 'k');
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'unauthorised' } });
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });

  test('to a customer who said STOP is refused as opted out', async () => {
    expect(await live.send(part({ to: '+15005550004' }), 'k')).toMatchObject({
      failure: { kind: 'refused', cause: 'optedOut' },
    });
  });

  test('that nobody waits for any more does not begin', async () => {
    const waited = new AbortController();
    const sending = live.send(part(), 'k', waited.signal);
    waited.abort();
    expect(await sending).toMatchObject({ failure: { kind: 'transient' } });
    expect(taken()).toHaveLength(0);
  });

  test('pauses as long as Retry-After says', async () => {
    const body = { code: 20429, message: 'Too Many Requests', status: 429 };
    const headers = { 'Retry-After': '30' };
    twilio.script({ then: { kind: 'answer', status: 429, body, headers, taken: false } });
    expect(await live.send(part(), 'k')).toMatchObject({
      failure: { kind: 'rateLimited', retryAt: now + 30_000 },
    });
  });

  test('without a number, or with a setting missing, names the setting', async () => {
    const nameless = open(context(account({ from: undefined })));
    expect(await nameless.send(part({ our: null }), 'k')).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'from' },
    });
    const incomplete = open(context(account({ accountSid: undefined })));
    expect(await incomplete.send(part(), 'k')).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'accountSid' },
    });
  });

  test('to a Twilio that is offline is transient, to a forbidden address a setting', async () => {
    await twilio.goOffline();
    expect(await live.send(part(), 'k')).toMatchObject({ failure: { kind: 'transient' } });
    await twilio.goOnline();
    const guarded = createHttpClient({ allowPrivate: [] });
    const outcome = await open({ ...context(account()), http: guarded }).send(part(), 'k');
    guarded.close();
    expect(outcome).toMatchObject({ failure: { kind: 'misconfigured', setting: 'apiBase' } });
    expect(taken()).toHaveLength(0);
  });
});

describe('a send without an answer', () => {
  async function uncertainSend(isTaken: boolean): Promise<Outcome> {
    twilio.script({ then: { kind: 'reset', after: 'body', taken: isTaken } });
    return live.send(part(), 'k');
  }

  test('is found when Twilio took it', async () => {
    expect((await uncertainSend(true)).kind).toBe('uncertain');
    const [message] = taken();
    const found = { kind: 'sent', externalId: message?.messageSid, certainty: 'awaitReceipt' };
    expect(await live.lookUp?.(part(), 'k')).toEqual(found);
    const restarted = open(context(account()));
    expect(await restarted.lookUp?.(part(), 'k')).toEqual(found);
  });

  test('is certainly not processed when Twilio knows of no message two minutes later', async () => {
    expect((await uncertainSend(false)).kind).toBe('uncertain');
    const asked = part();
    expect(await live.lookUp?.(asked, 'k')).toBeNull();
    now += 121_000;
    expect(await live.lookUp?.(asked, 'k')).toMatchObject({ failure: { kind: 'transient' } });
  });

  test('is left to a person when the same text was taken twice', async () => {
    await uncertainSend(true);
    await live.send(part(), 'k2');
    expect(await live.lookUp?.(part(), 'k')).toBeNull();
  });

  test('is left to a person when another text was taken at that time', async () => {
    await uncertainSend(false);
    await live.send(part({ text: 'Another answer' }), 'k2');
    now += 121_000;
    expect(await live.lookUp?.(part({ composedAt: now - 121_000 }), 'k')).toBeNull();
  });

  test('never takes an older message for it', async () => {
    const lost = part({ composedAt: now - 180_000 });
    const listed = (minutesAgo: number) => ({
      sid: 'SM1',
      to: CUSTOMER,
      body: lost.preview,
      direction: 'outbound-api',
      date_created: new Date(now - minutesAgo * 60_000).toUTCString(),
      error_code: null,
    });
    const answerWith = (messages: ReturnType<typeof listed>[]) =>
      twilio.script({
        then: { kind: 'answer', status: 200, body: { messages }, headers: {}, taken: false },
      });
    answerWith([listed(2), listed(10)]);
    expect(await live.lookUp?.(lost, 'k')).toMatchObject({ kind: 'sent', externalId: 'SM1' });
    answerWith([listed(10)]);
    expect(await live.lookUp?.(lost, 'k')).toMatchObject({ failure: { kind: 'transient' } });
  });

  test('cannot be said while Twilio does not answer', async () => {
    await uncertainSend(true);
    await twilio.goOffline();
    expect(await live.lookUp?.(part(), 'k')).toBeNull();
  });
});

describe('fetching an attachment', () => {
  test('goes to the signed link that Twilio redirects to', async () => {
    const photo = Buffer.from('a photo');
    const report = await twilio.customer(CUSTOMER).text('', {
      files: [{ contentType: 'image/png', body: photo }],
    });
    const base = `${twilio.url}/2010-04-01/Accounts/${twilio.accountSid}/Messages`;
    const list = await http.request({
      method: 'GET',
      url: `${base}/${report.messageSid}/Media.json`,
      headers: { Authorization: `Basic ${btoa(`${twilio.accountSid}:${SECRET}`)}` },
    });
    if (list.kind !== 'answer') throw new Error(list.why);
    const { media_list: media } = JSON.parse(list.body.toString()) as {
      media_list: { sid: string }[];
    };
    const fetched = await live.fetchAttachment?.(
      `${base}/${report.messageSid}/Media/${media[0]?.sid}`,
    );
    expect(fetched).toMatchObject({ kind: 'file', file: { type: 'image/png', bytes: photo } });
    expect(await live.fetchAttachment?.(`${base}/${report.messageSid}/Media/ME0`)).toMatchObject({
      kind: 'expired',
    });
  });

  test('shows the credentials to Twilio only', async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('x');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    expect(await live.fetchAttachment?.(`http://127.0.0.1:${port}/a`)).toMatchObject({
      kind: 'file',
    });
    expect(seen).toEqual([undefined]);
    elsewhere.close();
  });

  test('of something that is no link, or while Twilio is away', async () => {
    expect(await live.fetchAttachment?.('not a link')).toMatchObject({ kind: 'expired' });
    await twilio.goOffline();
    expect(await live.fetchAttachment?.(`${twilio.url}/x`)).toMatchObject({ kind: 'transient' });
  });
});

describe('the connection test', () => {
  const causes = async (given: Account) => {
    const checked = await open(context(given)).check();
    return [checked.ok, ...checked.findings.map((finding) => finding.cause)];
  };

  test('finds the account and its number, and says that the hook is not public', async () => {
    const checked = await live.check();
    expect(checked.ok).toBe(true);
    expect(checked.findings.map((finding) => finding.text.en)).toEqual([
      'Twilio accepts the credentials.',
      `${twilio.number} belongs to this account.`,
      'The hub’s own URL is not https.',
    ]);
  });

  test('names a wrong secret, a foreign number, a missing setting and a wrong clock', async () => {
    expect(await causes({ ...account(), credentials: { authToken: 'x' } })).toEqual([
      false,
      'credentials',
    ]);
    expect(await causes(account({ from: '+15550009999' }))).toContain('setting');
    expect(await causes(account({ accountSid: 'AC1' }))).toEqual([false, 'setting']);
    now += 10 * 60_000;
    expect(await causes(account())).toEqual([false, 'ok', 'clock', 'ok', 'ok']);
  });

  test('names a Twilio that cannot be reached', async () => {
    await twilio.goOffline();
    expect(await causes(account())).toEqual([false, 'network']);
  });
});
