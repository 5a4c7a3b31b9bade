import { answer, resetWithoutAnswer } from '../../simulators/faults.js';
import type { MailCustomer } from '../../simulators/mail/customers.js';
import type { ConnectionView } from '../../src/api/schemas/connections.js';
import { until } from '../hub.js';
import { openDesk, type Desk } from './desk.js';
import { HELP, openMailRoom, PASSWORD, type MailRoom, type MailRoomDetails } from './mail-room.js';

/** What becomes of an answer that a mail server would not take at once, or took without saying so. */

let desk: Desk;
const rooms: MailRoom[] = [];
let written = 0;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(async () => {
  await desk.end();
  await Promise.all(rooms.map((mail) => mail.close()));
});

async function open(details: MailRoomDetails = {}): Promise<MailRoom> {
  const mail = await openMailRoom(desk, details);
  rooms.push(mail);
  return mail;
}

async function complain(mail: MailRoom): Promise<{ customer: MailCustomer; ticket: number }> {
  written += 1;
  const words = `complaint number ${written} of the outbox`;
  const customer = mail.customer(`customer-${written}@example.com`, 'Zhang Wei');
  await customer.write({ to: HELP, subject: 'Kettle', text: words });
  return { customer, ticket: (await desk.ticketSaying(words)).number };
}

const bodies = async (customer: MailCustomer): Promise<readonly string[]> =>
  (await customer.inbox()).map(({ text }) => text);

test('a mail whose server fell silent behind the last dot is found in Sent, and is not sent twice', async () => {
  const mail = await open({ provider: { keepsSent: true }, imap: { sentFolder: '-' } });
  const { customer, ticket } = await complain(mail);
  mail.scriptSmtp({ then: resetWithoutAnswer({ taken: true }) });
  const reply = await desk.reply(ticket, 'perhaps it came');
  await desk.settled(reply, 'uncertain');
  desk.clock.pass(61_000);
  expect(await desk.settled(reply, 'sent')).toMatchObject({ parts: [{ attempts: 1 }] });
  expect(await bodies(customer)).toEqual(['perhaps it came']);
});

test('where the Sent folder is read anyway, its copy settles the doubt by itself', async () => {
  const mail = await open({ provider: { keepsSent: true } });
  const { customer, ticket } = await complain(mail);
  mail.scriptSmtp({ then: resetWithoutAnswer({ taken: true }) });
  const reply = await desk.reply(ticket, 'seen in Sent');
  await desk.settled(reply, 'sent');
  await desk.quiet();
  expect((await desk.messages(ticket)).map(({ direction }) => direction)).toEqual(['in', 'out']);
  expect(await bodies(customer)).toEqual(['seen in Sent']);
});

test('where nothing can prove it, it waits for a person and is never repeated', async () => {
  const mail = await open();
  const { customer, ticket } = await complain(mail);
  mail.scriptSmtp({ then: resetWithoutAnswer({ taken: true }) });
  const reply = await desk.reply(ticket, 'nobody knows');
  await desk.settled(reply, 'uncertain');
  for (const minutes of [1, 16]) {
    desk.clock.pass(minutes * 60_000 + 1_000);
    await desk.settledWith(
      reply,
      ({ nextTryAt }) => nextTryAt === null || Date.parse(nextTryAt) > desk.clock.now(),
    );
  }
  expect(await desk.settled(reply, 'uncertain')).toMatchObject({ nextTryAt: null });
  expect(await bodies(customer)).toEqual(['nobody knows']);
});

test('a server that greylists is asked again, and gets the mail once', async () => {
  const mail = await open();
  const { customer, ticket } = await complain(mail);
  mail.scriptSmtp({ at: 'rcpt', times: 2, then: answer(450, '4.7.1 Greylisted') });
  const reply = await desk.reply(ticket, 'patience');
  for (const attempts of [1, 2]) {
    expect(await desk.settledWith(reply, (seen) => seen.attempts === attempts)).toMatchObject({
      state: 'queued',
      failure: { kind: 'transient' },
    });
    desk.clock.pass(10_000);
  }
  await desk.settled(reply, 'sent');
  expect(await bodies(customer)).toEqual(['patience']);
});

test('a mailbox that is gone is told at once, and not tried again', async () => {
  const mail = await open();
  const { ticket } = await complain(mail);
  mail.scriptSmtp({ at: 'rcpt', then: answer(550, '5.1.1 No such user') });
  const reply = await desk.reply(ticket, 'into the void');
  expect(await desk.settled(reply, 'failed')).toMatchObject({
    failure: { kind: 'refused', cause: 'recipientGone' },
    parts: [{ attempts: 1 }],
  });
  const again = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'again' });
  expect(again).toMatchObject({ status: 422, body: { cause: 'recipientGone' } });
});

test('a changed password pauses the connection and keeps its queue until it is mended', async () => {
  const mail = await open();
  const { customer, ticket } = await complain(mail);
  const path = `/connections/${mail.connection}`;
  const status = async (wanted: ConnectionView['status']): Promise<boolean> => {
    const { body } = await desk.hub.api('GET', path);
    return (body as ConnectionView).status === wanted;
  };
  mail.setPassword(HELP, 'another password');
  mail.mailboxes.dropConnections();
  const reply = await desk.reply(ticket, 'late but not lost');
  await until('the connection to pause', () => status('failing'));
  expect(mail.taken()).toBe(0);
  mail.setPassword(HELP, PASSWORD);
  expect((await desk.hub.api('PATCH', path, { status: 'active' })).status).toBe(200);
  await desk.settled(reply, 'sent');
  expect(await bodies(customer)).toEqual(['late but not lost']);
});

test('no line break in anything that an agent or a customer wrote makes a header', async () => {
  const mail = await open();
  const customer = mail.customer('inject@example.com', 'Eve');
  const subject = 'Hello =?utf-8?q?there=0D=0ABcc:_victim=40example.net?=';
  const raw = [
    'From: Eve <inject@example.com>',
    `To: ${HELP}`,
    `Subject: ${subject}`,
    'Message-ID: <inject@example.com>',
    '',
    'does my subject break out',
    '',
  ].join('\r\n');
  await mail.sendRaw({ from: customer.address, to: HELP, raw });
  const { number } = await desk.ticketSaying('does my subject break out');
  await desk.settled(await desk.reply(number, 'No.\r\n.\r\nBcc: victim@example.net'), 'sent');
  const sent = mail.ledger.entries.filter((entry) => entry.kind === 'taken').at(-1);
  expect(sent?.to).toEqual([customer.address]);
  const answered = await mail.nthMail(customer, 1);
  expect(answered.headers.filter(({ name }) => name === 'bcc')).toEqual([]);
  expect(answered.text).toBe('No.\n.\nBcc: victim@example.net');
});
