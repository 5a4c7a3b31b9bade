import {
  answer,
  createScript,
  halfAnswer,
  holdBack,
  lateAnswer,
  resetWithoutAnswer,
} from '../faults.js';
import type { AnswerFault } from '../faults.js';
import { emptyAnswer } from '../http/answer.js';
import { startLoopback, type HttpRequest, type Loopback } from '../http/loopback.js';
import { twilioErrorBody } from './errors.js';
import { signForm } from './signature.js';
import { startTwilio, type TwilioSimulator } from './twilio.js';

const CUSTOMER = '+15550001111';
const SERVICE = `MG${'a'.repeat(32)}`;

interface Arrived {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly signature: string;
}

/** A hub's door that writes down what it gets. */
async function startDoor(): Promise<{ loopback: Loopback; arrived: Arrived[] }> {
  const arrived: Arrived[] = [];
  const loopback = await startLoopback({
    script: createScript<HttpRequest, AnswerFault>(),
    observe: () => undefined,
    handle(request) {
      if (request.method === 'GET') {
        return { status: 200, headers: { 'content-type': 'image/png' }, body: Buffer.from('PNG') };
      }
      arrived.push({
        path: request.path,
        form: new URLSearchParams(request.body.toString()),
        signature: request.headers['x-twilio-signature'] ?? '',
      });
      return emptyAnswer(204);
    },
  });
  return { loopback, arrived };
}

describe('the Twilio simulator', () => {
  let door: Awaited<ReturnType<typeof startDoor>>;
  let twilio: TwilioSimulator;

  beforeEach(async () => {
    door = await startDoor();
    twilio = await startTwilio({
      hookUrl: `${door.loopback.url}/hooks/sms?a=1`,
      apiKeys: { [`SK${'b'.repeat(32)}`]: 'key-secret' },
      services: { [SERVICE]: '+15550002222' },
      random: () => 0.99,
      paceMs: 0,
    });
  });
  afterEach(async () => {
    await twilio.close();
    await door.loopback.close();
  });

  const credentials = (user = twilio.accountSid, secret = twilio.authToken): string =>
    `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  const api = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${twilio.url}/2010-04-01/Accounts/${twilio.accountSid}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { authorization: credentials(), ...(init.headers as Record<string, string>) },
    });
  const send = (form: Record<string, string> | URLSearchParams): Promise<Response> =>
    api('/Messages.json', { method: 'POST', body: new URLSearchParams(form) });
  const statuses = (): (string | null)[] =>
    door.arrived.map((one) => one.form.get('MessageStatus')).filter((one) => one !== null);

  describe('sending', () => {
    const basic = { To: CUSTOMER, From: '+15550002222', Body: 'Hello 您好' };

    test('takes a message, brings it to the phone and reports every state, signed', async () => {
      const callback = `${door.loopback.url}/status?b=2`;
      const response = await send({ ...basic, StatusCallback: callback });
      const resource = (await response.json()) as Record<string, unknown>;
      expect(response.status).toBe(201);
      expect(resource).toMatchObject({
        status: 'queued',
        direction: 'outbound-api',
        num_segments: '1',
        error_code: null,
        to: CUSTOMER,
        body: 'Hello 您好',
      });
      await twilio.ledger.until((entry) => entry.kind === 'attempt', { count: 3 });
      expect(statuses()).toEqual(['queued', 'sent', 'delivered']);
      for (const one of door.arrived) {
        expect(one.signature).toBe(signForm(twilio.authToken, callback, one.form));
        expect(one.form.get('MessageSid')).toBe(resource['sid']);
      }
      await twilio.ledger.until((entry) => entry.kind === 'phone');
      expect(twilio.customer(CUSTOMER).inbox.map((one) => one.body)).toEqual(['Hello 您好']);
      const later = await api(`/Messages/${String(resource['sid'])}.json`);
      await expect(later.json()).resolves.toMatchObject({ status: 'delivered' });
    });

    test.each([
      ['no recipient', { To: '' }, 400, 21604],
      ['a recipient that is no number', { To: 'zhang' }, 400, 21211],
      ['a landline', { To: '+15005550009' }, 400, 21614],
      ['a number of somebody else', { From: '+15559998888' }, 400, 21606],
      ['nothing to say', { Body: '' }, 400, 21602],
      ['1,601 characters', { Body: 'x'.repeat(1601) }, 400, 21617],
      ['a callback that is no URL', { StatusCallback: 'hub' }, 400, 21609],
      ['an unknown service', { MessagingServiceSid: `MG${'0'.repeat(32)}` }, 400, 21701],
    ])('refuses %s', async (_name, change, status, code) => {
      const response = await send({ ...basic, ...change });
      expect(response.status).toBe(status);
      await expect(response.json()).resolves.toMatchObject({
        code,
        status,
        more_info: `https://www.twilio.com/docs/errors/${code}`,
      });
      expect(twilio.ledger.entries.some((entry) => entry.kind === 'taken')).toBe(false);
    });

    test('takes 1,600 characters and refuses an eleventh file', async () => {
      expect((await send({ ...basic, Body: '坏'.repeat(1600) })).status).toBe(201);
      const form = new URLSearchParams(basic);
      for (let index = 0; index < 11; index += 1) form.append('MediaUrl', 'https://hub.example/p');
      await expect((await send(form)).json()).resolves.toMatchObject({ code: 21623 });
    });

    test('refuses a wrong token with 20003 and accepts an API key', async () => {
      const wrong = await api('.json', { headers: { authorization: credentials('AC0', 'x') } });
      expect(wrong.status).toBe(401);
      await expect(wrong.json()).resolves.toMatchObject({ code: 20003 });
      const key = credentials(`SK${'b'.repeat(32)}`, 'key-secret');
      const right = await api('.json', { headers: { authorization: key } });
      await expect(right.json()).resolves.toMatchObject({
        sid: twilio.accountSid,
        status: 'active',
      });
    });

    test('a service message is accepted first, without a sender', async () => {
      const response = await send({ To: CUSTOMER, MessagingServiceSid: SERVICE, Body: 'x' });
      await expect(response.json()).resolves.toMatchObject({
        status: 'accepted',
        from: null,
        num_segments: '0',
        messaging_service_sid: SERVICE,
      });
    });

    test('an undelivered message ends with its error code and never reaches the phone', async () => {
      twilio.setFate(CUSTOMER, { status: 'undelivered', errorCode: 30003 });
      await send({ ...basic, StatusCallback: `${door.loopback.url}/status` });
      await twilio.ledger.until((entry) => entry.kind === 'attempt', { count: 3 });
      expect(door.arrived.at(-1)?.form.get('ErrorCode')).toBe('30003');
      expect(statuses()).toEqual(['queued', 'sent', 'undelivered']);
      expect(twilio.customer(CUSTOMER).inbox).toEqual([]);
    });

    test('one receipt can arrive behind the next', async () => {
      twilio.scriptDeliveries({
        when: (delivery) => delivery.form['MessageStatus'] === 'sent',
        then: holdBack(),
      });
      await send({ ...basic, StatusCallback: `${door.loopback.url}/status` });
      await twilio.ledger.until((entry) => entry.kind === 'attempt', { count: 3 });
      expect(statuses()).toEqual(['queued', 'delivered', 'sent']);
    });

    test('all receipts of a message can be shuffled', async () => {
      const shuffling = await startTwilio({
        accountSid: twilio.accountSid,
        authToken: twilio.authToken,
        receiptOrder: 'shuffled',
        random: () => 0.99,
      });
      await fetch(`${shuffling.url}/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: credentials() },
        body: new URLSearchParams({ ...basic, StatusCallback: `${door.loopback.url}/status` }),
      });
      await shuffling.ledger.until((entry) => entry.kind === 'attempt', { count: 3 });
      expect(statuses()).toEqual(['delivered', 'sent', 'queued']);
      await shuffling.close();
    });

    test('a receipt can overtake the answer to the request', async () => {
      twilio.script({ then: lateAnswer(2_000) });
      const sending = send({ ...basic, StatusCallback: `${door.loopback.url}/status` });
      sending.catch(() => undefined);
      await twilio.ledger.until((entry) => entry.kind === 'attempt');
      expect(twilio.ledger.entries.some((entry) => entry.kind === 'request')).toBe(false);
    });

    test('fetches the files of an MMS and hands them to the phone', async () => {
      await send({ ...basic, MediaUrl: `${door.loopback.url}/photo.png` });
      await twilio.ledger.until((entry) => entry.kind === 'phone');
      expect(twilio.customer(CUSTOMER).inbox[0]?.files.map(String)).toEqual(['PNG']);
    });

    test('fails as scripted, and its books tell what was taken', async () => {
      const tooMany = twilioErrorBody(20429, 'Too Many Requests', 429);
      twilio.script({ then: answer(429, tooMany, { headers: { 'retry-after': '7' } }) });
      const limited = await send(basic);
      expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
      twilio.script({ then: resetWithoutAnswer({ taken: true }) });
      await expect(send(basic)).rejects.toThrow();
      twilio.script({ then: halfAnswer() });
      await expect(send(basic).then((cut) => cut.text())).rejects.toThrow();
      const endings = twilio.ledger.entries.flatMap((one) =>
        one.kind === 'request' ? one.ending : [],
      );
      expect(endings).toEqual([429, 'reset', 'half']);
      expect(twilio.ledger.entries.filter((one) => one.kind === 'taken')).toHaveLength(2);
    });
  });

  describe('receiving', () => {
    test('delivers a text as a signed form', async () => {
      const report = await twilio.customer(CUSTOMER).text('水壶坏了 & leaks');
      expect(report.acknowledged).toBe(true);
      const [got] = door.arrived;
      expect(Object.fromEntries(got?.form ?? [])).toMatchObject({
        MessageSid: report.messageSid,
        AccountSid: twilio.accountSid,
        From: CUSTOMER,
        To: '+15550002222',
        Body: '水壶坏了 & leaks',
        NumMedia: '0',
        SmsStatus: 'received',
      });
      const url = `${door.loopback.url}/hooks/sms?a=1`;
      expect(got?.signature).toBe(
        signForm(twilio.authToken, url, got?.form ?? new URLSearchParams()),
      );
    });

    test('signs the public URL and delivers to where it really is', async () => {
      const told = 'https://hub.example.com/hooks/sms';
      const routed = await startTwilio({
        hookUrl: told,
        route: () => `${door.loopback.url}/behind`,
      });
      await routed.customer(CUSTOMER).text('hi');
      const [got] = door.arrived;
      expect(got?.path).toBe('/behind');
      expect(got?.signature).toBe(
        signForm(routed.authToken, told, got?.form ?? new URLSearchParams()),
      );
      await routed.close();
    });

    test('repeats only when it could not connect', async () => {
      await door.loopback.goOffline();
      const report = await twilio.customer(CUSTOMER).text('hi');
      expect(report.attempts.map((one) => one.failure)).toEqual(['connect', 'connect']);
      await door.loopback.goOnline();
      twilio.setHook(`${door.loopback.url}/nowhere`);
      expect((await twilio.customer(CUSTOMER).text('hi')).attempts).toHaveLength(1);
    });

    test('a photo is fetched with credentials, by redirect to another host, and can be deleted', async () => {
      const files = [{ contentType: 'image/jpeg', body: Buffer.from('JPEG') }];
      await twilio.customer(CUSTOMER).text('look', { files });
      const url = door.arrived[0]?.form.get('MediaUrl0') ?? '';
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(401);
      const headers = { authorization: credentials() };
      const redirect = await fetch(url, { headers, redirect: 'manual' });
      expect(redirect.status).toBe(307);
      const signed = redirect.headers.get('location') ?? '';
      expect(new URL(signed).host).not.toBe(new URL(url).host);
      await expect((await fetch(signed)).text()).resolves.toBe('JPEG');
      expect((await fetch(signed, { headers })).status).toBe(400);
      const fetches = twilio.ledger.entries.flatMap((one) =>
        one.kind === 'media' ? one.fetch : [],
      );
      expect(fetches.map((one) => one.leakedCredentials)).toEqual([false, true]);
      expect((await fetch(`${url}.json`, { method: 'DELETE', headers })).status).toBe(204);
      expect((await fetch(url, { headers, redirect: 'manual' })).status).toBe(404);
    });

    test('after STOP the number may not be written to until START', async () => {
      const customer = twilio.customer(CUSTOMER);
      const reply = { To: CUSTOMER, From: '+15550002222', Body: 'x' };
      await customer.text(' stop ');
      expect(door.arrived[0]?.form.get('OptOutType')).toBe('STOP');
      expect(customer.inbox[0]?.body).toContain('unsubscribed');
      await expect((await send(reply)).json()).resolves.toMatchObject({ code: 21610, status: 400 });
      await customer.text('START');
      expect((await send(reply)).status).toBe(201);
    });

    test('a sentence with STOP in it is not a keyword', async () => {
      await twilio.customer(CUSTOMER).text('please stop sending me broken kettles');
      expect(door.arrived[0]?.form.get('OptOutType')).toBeNull();
      expect(twilio.customer(CUSTOMER).inbox).toEqual([]);
    });
  });
});
