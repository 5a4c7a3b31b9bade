import type { MailCustomer } from '../../simulators/mail/customers.js';
import { openDesk, type Desk } from './desk.js';
import { HELP, openMailRoom, type MailRoom, type MailRoomDetails } from './mail-room.js';
import { PNG } from './pictures.js';

/** Mail, end to end, by a mailbox and by the hub's own listener: what both have to keep. */

let desk: Desk;
let mail: MailRoom;
let written = 0;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.end());

const headerOf = (raw: Buffer, name: string): string => {
  const head =
    raw
      .toString()
      .split('\r\n\r\n')[0]
      ?.replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
  const line = head.split('\r\n').find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim() ?? '';
};

describe.each([
  ['a mailbox', { wayIn: 'imap' }],
  ['the listener', { wayIn: 'listener' }],
] satisfies [string, MailRoomDetails][])('by %s', (way, details) => {
  beforeAll(async () => {
    mail = await openMailRoom(desk, details);
  });
  afterAll(async () => {
    await desk.hub.api('DELETE', `/connections/${mail.connection}`);
    await mail.close();
  });

  /** A customer who has complained, and the ticket of it. */
  async function complain(words: string): Promise<{ customer: MailCustomer; ticket: number }> {
    written += 1;
    const customer = mail.customer(`customer-${written}@example.com`, '张伟');
    const report = await customer.write({ to: HELP, subject: `投诉 ${written}`, text: words });
    expect(report.acknowledged).toBe(true);
    return { customer, ticket: (await desk.ticketSaying(words)).number };
  }

  test('a complaint is one ticket, the answer is one mail in its thread, and the customer’s reply proves them', async () => {
    const words = `水壶坏了，请退款 (${way})`;
    const { customer, ticket } = await complain(words);
    expect(await desk.ticket(ticket)).toMatchObject({
      status: 'new',
      subject: `投诉 ${written}`,
      person: { name: '张伟' },
      counts: { in: 1, out: 0 },
      conversations: [{ channel: 'email', handle: customer.address }],
    });

    const reply = await desk.reply(ticket, '很抱歉，我们马上换一个。');
    expect(await desk.settled(reply, 'sent')).toMatchObject({
      recipient: customer.address,
      parts: [{ state: 'sent', attempts: 1 }],
    });
    const answer = await mail.nthMail(customer, 1);
    expect(answer).toMatchObject({
      subject: `Re: 投诉 ${written}`,
      from: { name: '客服 Support', address: HELP },
      to: [{ address: customer.address }],
      text: '很抱歉，我们马上换一个。',
    });
    const first = (await desk.messages(ticket))[0];
    expect(headerOf(answer.raw, 'in-reply-to')).not.toBe('');
    expect(answer.references).toEqual([headerOf(answer.raw, 'in-reply-to')]);
    expect(first).toMatchObject({ direction: 'in', text: words });

    desk.clock.pass(2_000); // mails are dated to the second
    await customer.reply(answer, { text: '谢谢，收到了。', style: 'foxmail', language: 'zh' });
    const messages = await desk.messagesOnce(ticket, 'the reply', (seen) => seen.length === 3);
    expect(messages[2]?.direction).toBe('in');
    expect(messages[2]?.text).toMatch(/^谢谢，收到了。/);
    expect(messages[2]?.text).not.toContain('很抱歉');
    const { person, counts, conversations } = await desk.ticket(ticket);
    expect(conversations).toHaveLength(1);
    expect(counts).toMatchObject({ in: 2, out: 1 });
    expect(person.handles).toMatchObject([
      { kind: 'email', value: customer.address, proof: 'proven' },
    ]);
    expect(await customer.inbox()).toHaveLength(1);
  });

  test('a bounce settles the delivery as failed, and the ticket shows why', async () => {
    const { customer, ticket } = await complain(`my mailbox will be gone (${way})`);
    const reply = await desk.reply(ticket, 'Are you there?');
    await desk.settled(reply, 'sent');
    await customer.bounce(await mail.nthMail(customer, 1));
    const failed = await desk.settled(reply, 'failed');
    expect(failed.failure?.why).toContain('5.1.1');
    const again = await desk.hub.api('POST', `/tickets/${ticket}/replies`, { text: 'Hello?' });
    expect([again.status, again.body]).toMatchObject([422, { cause: 'recipientGone' }]);
    expect(await desk.ticket(ticket)).toMatchObject({ counts: { in: 1 } });
    expect(await desk.ticketsSaying('Undelivered Mail')).toEqual([]);
  });

  test('a delay notice is no failure', async () => {
    const { customer, ticket } = await complain(`my provider is slow (${way})`);
    const reply = await desk.reply(ticket, 'Take your time.');
    await desk.settled(reply, 'sent');
    await customer.bounce(await mail.nthMail(customer, 1), { status: '4.4.7' });
    const again = await complain(`written after the delay notice (${way})`);
    await desk.quiet();
    expect(again.ticket).not.toBe(ticket);
    await desk.settled(reply, 'sent');
  });

  test('an out-of-office opens nothing, reopens nothing and is answered by nobody', async () => {
    const { customer, ticket } = await complain(`before my holiday (${way})`);
    await desk.settled(await desk.reply(ticket, 'Have a nice time.'), 'sent');
    await desk.hub.api('PATCH', `/tickets/${ticket}`, { status: 'solved' });
    const taken = mail.taken();
    await customer.outOfOffice(await mail.nthMail(customer, 1), 'zh');
    await desk.messagesOnce(ticket, 'the notice', (seen) =>
      seen.some(({ kind }) => kind === 'automatic'),
    );
    expect(await desk.ticket(ticket)).toMatchObject({ status: 'solved', counts: { in: 1 } });
    await mail.customer(`away-${written}@example.com`).write({
      to: HELP,
      subject: 'Automatic reply: your newsletter',
      text: `nobody is here (${way})`,
      headers: { 'Auto-Submitted': 'auto-replied' },
    });
    await complain(`written after the notices (${way})`);
    await desk.quiet();
    expect(await desk.ticketsSaying(`nobody is here (${way})`)).toEqual([]);
    expect(mail.taken()).toBe(taken);
  });

  test('files keep their Chinese names both ways, and are what their content is', async () => {
    written += 1;
    const customer = mail.customer(`customer-${written}@example.com`, '李娜');
    const words = `照片在附件里 (${way})`;
    const photo = { name: '破损 照片.txt', contentType: 'text/plain', body: PNG };
    await customer.write({ to: HELP, subject: '照片', text: words, attachments: [photo] });
    const { number } = await desk.ticketSaying(words);
    const [message] = await desk.messagesOnce(
      number,
      'a stored photo',
      ([one]) => one?.attachments[0]?.state === 'stored',
    );
    expect(message?.attachments).toMatchObject([
      { name: '破损 照片.txt', type: 'image/png', size: PNG.length },
    ]);
    expect(await desk.download(message?.attachments[0]?.url ?? '')).toEqual(PNG);

    const label = await desk.upload('退货标签 №1.png', PNG);
    const reply = await desk.reply(number, '请打印。', { attachments: [label] });
    await desk.settled(reply, 'sent');
    const answer = await mail.nthMail(customer, 1);
    expect(answer.attachments).toEqual([{ name: '退货标签 №1.png', body: PNG }]);
  });
});
