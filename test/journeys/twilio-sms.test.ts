import {
  answer,
  duplicate,
  lateAnswer,
  lose,
  resetWithoutAnswer,
  tamper,
} from '../../simulators/faults.js';
import { twilioErrorBody } from '../../simulators/twilio/errors.js';
import type { TwilioOptions } from '../../simulators/twilio/options.js';
import type { Fate } from '../../simulators/twilio/account.js';
import { until } from '../hub.js';
import { openDesk, type Desk } from './desk.js';
import { connectPhones, PUBLIC_URL, type PhoneCompany } from './phone-company.js';
import { PNG } from './pictures.js';

/** Text messages, end to end: Twilio with phones behind it, a running hub, an agent at the API. */

let desk: Desk;
const companies: PhoneCompany[] = [];

beforeAll(async () => {
  desk = await openDesk({ env: { HUBBUB_PUBLIC_URL: PUBLIC_URL } });
});
afterAll(async () => {
  await desk.end();
  await Promise.all(companies.map((twilio) => twilio.close()));
});

async function open(
  options: TwilioOptions = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<PhoneCompany> {
  const twilio = await connectPhones(desk, options, settings);
  companies.push(twilio);
  return twilio;
}

let last = 0;
const newNumber = (): string => `+1555010${String((last += 1)).padStart(4, '0')}`;

/** A customer who has complained, and the ticket of it. */
async function complain(twilio: PhoneCompany, words: string) {
  const number = newNumber();
  const customer = twilio.customer(number);
  expect(await customer.text(words)).toMatchObject({ acknowledged: true });
  return { number, customer, ticket: (await desk.ticketSaying(words)).number };
}

test('a text becomes one ticket, and the answer comes to the phone once, with its receipt', async () => {
  const twilio = await open();
  const { number, ticket } = await complain(twilio, '水壶坏了 – the kettle is broken');
  expect(await desk.ticket(ticket)).toMatchObject({
    status: 'new',
    counts: { in: 1, out: 0 },
    conversations: [{ connection: twilio.connection, channel: 'sms', handle: number }],
  });
  const reply = await desk.reply(ticket, '很抱歉！We send a new one.');
  expect(await desk.settled(reply, 'delivered')).toMatchObject({
    recipient: number,
    parts: [
      { state: 'delivered', attempts: 1, externalId: expect.stringMatching(/^SM/) as string },
    ],
  });
  expect(twilio.texts(number)).toEqual(['很抱歉！We send a new one.']);
  expect(twilio.taken()).toBe(1);
  expect(await desk.messages(ticket)).toMatchObject([
    { direction: 'in', channel: 'sms' },
    { direction: 'out', deliveries: [{ state: 'delivered', failure: null }] },
  ]);
});

test('photos are fetched with our credentials, typed by their content, and go out by a public link', async () => {
  const twilio = await open();
  const { number, customer, ticket } = await complain(twilio, 'here it comes');
  await customer.text('', { files: [{ contentType: 'image/jpeg', body: PNG }] });
  const [, photo] = await desk.messagesOnce(ticket, 'a stored photo', (messages) =>
    messages.some(({ attachments }) => attachments[0]?.state === 'stored'),
  );
  expect(photo?.attachments).toMatchObject([{ type: 'image/png', size: PNG.length }]);
  expect(await desk.download(photo?.attachments[0]?.url ?? '')).toEqual(PNG);
  const fetches = twilio.ledger.entries.flatMap((entry) =>
    entry.kind === 'media' ? [entry.fetch] : [],
  );
  expect(fetches).toMatchObject([{ status: 200, leakedCredentials: false }]);

  const file = await desk.upload('label.png', PNG);
  const reply = await desk.reply(ticket, 'Print this label.', { attachments: [file] });
  await desk.settled(reply, 'delivered');
  expect(twilio.customer(number).inbox).toMatchObject([
    { body: 'Print this label.', files: [PNG] },
  ]);
});

test('what a customer answers to a text that an agent began with is on the same ticket', async () => {
  const twilio = await open();
  const number = newNumber();
  const opened = await desk.hub.api('POST', '/tickets', {
    connection: twilio.connection,
    handle: number.replace('+1555', '+1 (555) '),
    text: 'Your kettle is ready to be fetched.',
  });
  expect(opened.status).toBe(201);
  const { number: ticket } = opened.body as { number: number };
  await desk.quiet();
  await until('the first word', async () => twilio.texts(number).length === 1);
  await twilio.customer(number).text('I fetch it tomorrow, thank you');
  const [, answer] = await desk.messagesOnce(ticket, 'the answer', (seen) => seen.length === 2);
  expect(answer).toMatchObject({ direction: 'in', text: 'I fetch it tomorrow, thank you' });
  const { conversations, person } = await desk.ticket(ticket);
  expect(conversations).toHaveLength(1);
  expect(person.handles).toMatchObject([{ value: number, proof: 'proven' }]);
  await desk.settled(await desk.reply(ticket, 'See you.'), 'delivered');
  expect(twilio.texts(number)).toHaveLength(2);
});

test('STOP as the first word to an agent who wrote first is shown on that ticket', async () => {
  const twilio = await open();
  const number = newNumber();
  const opened = await desk.hub.api('POST', '/tickets', {
    connection: twilio.connection,
    handle: number,
    text: 'Your lamp is ready to be fetched.',
  });
  const { number: ticket } = opened.body as { number: number };
  await desk.quiet();
  await until('the first word', async () => twilio.texts(number).length === 1);
  await twilio.customer(number).text('STOP');
  const [, stop] = await desk.messagesOnce(ticket, 'the wish', (seen) => seen.length === 2);
  expect(stop).toMatchObject({ direction: 'in', kind: 'event', text: 'STOP' });
  expect(await desk.ticket(ticket)).toMatchObject({
    status: 'waiting',
    counts: { in: 0, out: 1 },
    person: { handles: [{ value: number, refusal: 'optedOut' }] },
  });
  await twilio.customer(number).text('START');
  await twilio.customer(number).text('I fetch the lamp tomorrow');
  const all = await desk.messagesOnce(ticket, 'the answer', (seen) => seen.length === 4);
  expect(all.map(({ text }) => text)).toEqual([
    'Your lamp is ready to be fetched.',
    ...['STOP', 'START', 'I fetch the lamp tomorrow'],
  ]);
});

test('after STOP an answer is refused with the reason, until START', async () => {
  const twilio = await open();
  const { number, customer, ticket } = await complain(twilio, 'do not write to me so often');
  await customer.text('STOP');
  await desk.quiet();
  const refused = await until('the refusal', async () => {
    const tried = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'But wait' });
    return tried.status === 422 ? tried.body : null;
  });
  expect(refused).toMatchObject({ cause: 'optedOut' });
  expect(await desk.ticket(ticket)).toMatchObject({
    counts: { in: 1 },
    person: { handles: [{ value: number, refusal: 'optedOut' }] },
  });
  await customer.text('START');
  await until('the consent', async () => {
    const [handle] = (await desk.ticket(ticket)).person.handles;
    return handle?.refusal === null;
  });
  await desk.settled(await desk.reply(ticket, 'Welcome back'), 'delivered');
  expect(twilio.texts(number)).toContain('Welcome back');
});

test('STOP and HELP of somebody who never complained open no ticket', async () => {
  const twilio = await open();
  const silent = twilio.customer(newNumber());
  for (const word of ['stop', 'Help', 'START']) await silent.text(word);
  const { ticket } = await complain(twilio, 'the only complaint of this account');
  await desk.quiet();
  const { items } = (await desk.hub.api('GET', '/tickets?channel=sms&limit=100')).body as {
    items: readonly { number: number; conversations: readonly { connection: string }[] }[];
  };
  const ours = items.filter(({ conversations: [one] }) => one?.connection === twilio.connection);
  expect(ours.map(({ number }) => number)).toEqual([ticket]);
});

test('429 pauses the sending as long as Twilio says, and costs nothing but time', async () => {
  const twilio = await open();
  const { number, ticket } = await complain(twilio, 'everybody writes today');
  const tooMany = twilioErrorBody(20429, 'Too Many Requests', 429);
  twilio.script({ then: answer(429, tooMany, { headers: { 'retry-after': '90' } }) });
  const reply = await desk.reply(ticket, 'One moment please.');
  const waiting = await desk.settledWith(reply, ({ failure }) => failure !== null);
  expect(waiting).toMatchObject({ state: 'queued', attempts: 0 });
  const wait = Date.parse(waiting.nextTryAt ?? '') - desk.clock.now();
  expect(wait).toBeGreaterThan(80_000);
  expect(wait).toBeLessThanOrEqual(91_000);
  desk.clock.pass(91_000);
  await desk.settled(reply, 'delivered');
  expect(twilio.texts(number)).toEqual(['One moment please.']);
});

const FATES: readonly (readonly [Fate, string | null])[] = [
  [{ status: 'undelivered', errorCode: 30003 }, null],
  [{ status: 'undelivered', errorCode: 30005 }, 'recipientGone'],
  [{ status: 'failed', errorCode: 30007 }, null],
];
test.each(FATES)('%j fails the answer, and the ticket shows why', async (fate, refusal) => {
  const twilio = await open();
  const { number, ticket } = await complain(twilio, `hard to reach by ${fate.errorCode}`);
  twilio.setFate(number, fate);
  const reply = await desk.reply(ticket, 'Can you hear me?');
  const failed = await desk.settled(reply, 'failed');
  expect(failed.failure?.why).toContain(String(fate.errorCode));
  expect(twilio.taken()).toBe(1);
  const { person } = await desk.ticket(ticket);
  expect(person.handles).toMatchObject([{ value: number, refusal }]);
});

test('a number that Twilio refuses is not tried again', async () => {
  const twilio = await open();
  const stopped = twilio.customer('+15005550004'); // always answered with 21610
  await stopped.text('I stopped it at the carrier');
  const { number: ticket } = await desk.ticketSaying('I stopped it at the carrier');
  const reply = await desk.reply(ticket, 'Hello?');
  expect(await desk.settled(reply, 'failed')).toMatchObject({
    failure: { kind: 'refused', cause: 'optedOut' },
    parts: [{ attempts: 1 }],
  });
  const again = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'Hello??' });
  expect(again).toMatchObject({ status: 422, body: { cause: 'optedOut' } });
});

test('texts and receipts that come three times and in any order count once', async () => {
  const draw = [0.9, 0.1, 0.5, 0.3];
  const random = (): number => draw[(last += 1) % draw.length] ?? 0;
  const twilio = await open({ receiptOrder: 'shuffled', random });
  twilio.scriptDeliveries({ times: Infinity, then: duplicate(3) });
  const { ticket } = await complain(twilio, 'three times the same');
  for (const text of ['one', 'two', 'three']) {
    await desk.settled(await desk.reply(ticket, text), 'delivered');
  }
  await desk.quiet();
  const messages = await desk.messages(ticket);
  expect(messages.map(({ direction, deliveries }) => deliveries[0]?.state ?? direction)).toEqual([
    'in',
    'delivered',
    'delivered',
    'delivered',
  ]);
  expect(twilio.taken()).toBe(3);
});

test('a long answer leaves in parts, and a pause between them repeats none', async () => {
  const twilio = await open({}, { maxSegments: 2 });
  const { number, ticket } = await complain(twilio, 'please explain at length');
  const text = Array.from({ length: 9 }, (_, i) => `第${i + 1}条：请先断电，再检查壶盖。`).join('');
  const isSecond = ({ body }: { body: Buffer }): boolean => {
    const sent = new URLSearchParams(body.toString()).get('Body') ?? '';
    return sent !== '' && !sent.startsWith('第1条');
  };
  twilio.script({ when: isSecond, then: answer(503, twilioErrorBody(20503, 'later', 503)) });
  const reply = await desk.reply(ticket, text);
  await desk.settledWith(reply, ({ failure }) => failure?.kind === 'transient');
  desk.clock.pass(10_000);
  const { parts } = await desk.settled(reply, 'delivered');
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.map(({ attempts }) => attempts)).toEqual([1, 2, ...parts.slice(2).map(() => 1)]);
  expect(twilio.texts(number)).toHaveLength(parts.length);
  expect(twilio.texts(number).join('')).toBe(text);
});

test('receipts that overtake the answer of the API are not forgotten, and not taken back by it', async () => {
  const twilio = await open();
  const { ticket } = await complain(twilio, 'faster than the answer');
  twilio.script({ when: ({ method }) => method === 'POST', then: lateAnswer(400) });
  const reply = await desk.reply(ticket, 'Twilio is slow today');
  await desk.settled(reply, 'delivered');
  await twilio.ledger.until((entry) => entry.kind === 'request' && entry.ending === 201);
  await desk.settled(reply, 'delivered');
  expect(twilio.taken()).toBe(1);
});

describe('an answer of the API that never comes', () => {
  test('leaves no doubt when the receipt names our own key', async () => {
    const twilio = await open();
    const { number, ticket } = await complain(twilio, 'proven by the receipt');
    twilio.script({ then: resetWithoutAnswer({ taken: true }) });
    const reply = await desk.reply(ticket, 'only once');
    await desk.settled(reply, 'delivered');
    expect(twilio.texts(number)).toEqual(['only once']);
  });

  test('is settled by a look at what Twilio has, where receipts are lost too', async () => {
    const twilio = await open();
    const { number, ticket } = await complain(twilio, 'proven by looking');
    twilio.scriptDeliveries({ times: Infinity, then: lose() });
    twilio.script({ then: resetWithoutAnswer({ taken: true }) });
    const reply = await desk.reply(ticket, 'only once too');
    await desk.settled(reply, 'uncertain');
    desk.clock.pass(61_000);
    await desk.settled(reply, 'sent');
    expect(twilio.texts(number)).toEqual(['only once too']);
  });
});

test('a text with a forged signature is refused and leaves nothing', async () => {
  const twilio = await open();
  const forge = tamper((wire) => ({
    ...wire,
    body: Buffer.from(wire.body.toString().replace('genuine', 'forged')),
  }));
  twilio.scriptDeliveries({ then: forge });
  const report = await twilio.customer(newNumber()).text('this is genuine');
  expect(report.attempts.map(({ status }) => status)).toEqual([401]);
  expect(await desk.ticketsSaying('this is')).toEqual([]);
});
