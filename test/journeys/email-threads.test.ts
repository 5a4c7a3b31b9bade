import type { MailCustomer } from '../../simulators/mail/customers.js';
import type { Letter } from '../../simulators/mail/letters.js';
import { openDesk, type Desk } from './desk.js';
import { HELP, openMailRoom, type MailRoom } from './mail-room.js';

/** Who is who in a thread of mails: tokens, copies, strangers and our own side. */

let desk: Desk;
let mail: MailRoom;
let written = 0;

beforeAll(async () => {
  desk = await openDesk();
  mail = await openMailRoom(desk, { provider: { keepsSent: true } });
});
afterAll(async () => {
  await desk.end();
  await mail.close();
});

interface Case {
  readonly customer: MailCustomer;
  readonly ticket: number;
  /** Message-ID of the complaint. */
  readonly messageId: string;
}

async function complain(words: string, letter: Partial<Letter> = {}): Promise<Case> {
  written += 1;
  const customer = mail.customer(`customer-${written}@example.com`, 'Zhang Wei');
  const subject = `Complaint ${written}`;
  const { messageId } = await customer.write({ to: HELP, subject, text: words, ...letter });
  return { customer, messageId, ticket: (await desk.ticketSaying(words)).number };
}

const recipientsOf = (n: number): readonly string[] => {
  const taken = mail.ledger.entries.filter((entry) => entry.kind === 'taken');
  return taken.at(n)?.to ?? [];
};

test('a stranger who guesses the Message-ID, or forges the token, lands elsewhere', async () => {
  const { customer, messageId, ticket } = await complain('the thread that somebody guesses');
  await desk.settled(await desk.reply(ticket, 'We look into it.'), 'sent');
  const answer = await mail.nthMail(customer, 1);
  const stranger = mail.customer('stranger@elsewhere.example', 'Mallory');
  const forged = answer.messageId.replace(/[a-z0-9](?=@)/, (last) => (last === 'a' ? 'b' : 'a'));
  for (const [n, inReplyTo] of [messageId, forged].entries()) {
    await stranger.write({
      to: HELP,
      subject: `Re: Complaint ${written}`,
      text: `let me in, try ${n}`,
      ...{ inReplyTo, references: [messageId, inReplyTo] },
    });
    const landed = await desk.ticketSaying(`let me in, try ${n}`);
    expect(landed.number).not.toBe(ticket);
    expect(landed.person.handles).toMatchObject([{ value: stranger.address }]);
  }
  expect(await desk.ticket(ticket)).toMatchObject({ counts: { in: 1 } });
});

test('what a customer answers to a mail that an agent began with is on the same ticket', async () => {
  const customer = mail.customer('not-yet@example.com', 'Wang Fang');
  const opened = await desk.hub.api('POST', '/tickets', {
    ...{ connection: mail.connection, handle: customer.address },
    ...{ subject: 'Your kettle', text: 'It is ready to be fetched.' },
  });
  expect(opened.status).toBe(201);
  const { number } = opened.body as { number: number };
  const first = await mail.nthMail(customer, 1);
  desk.clock.pass(2_000); // mails are dated to the second
  await customer.reply(first, { text: 'I fetch it tomorrow' });
  const [, answer] = await desk.messagesOnce(number, 'the answer', (seen) => seen.length === 2);
  expect(answer).toMatchObject({ direction: 'in', text: 'I fetch it tomorrow' });
  expect((await desk.ticket(number)).conversations).toHaveLength(1);
});

test('a colleague in copy takes part, proves nobody and never becomes the one who is answered', async () => {
  const colleague = mail.customer('colleague@example.com', 'Li Na');
  const { customer, ticket } = await complain('my colleague reads this too', {
    cc: colleague.address,
  });
  await desk.settled(await desk.reply(ticket, 'Both of you: sorry.'), 'sent');
  expect([...recipientsOf(-1)].sort()).toEqual([colleague.address, customer.address].sort());

  // The first mail they have is the complaint itself, in copy.
  desk.clock.pass(2_000); // mails are dated to the second
  await colleague.reply(await mail.nthMail(colleague, 2), { text: 'I have something to add' });
  const messages = await desk.messagesOnce(ticket, 'the addition', (seen) => seen.length === 3);
  expect(messages[2]).toMatchObject({ author: colleague.address, text: 'I have something to add' });
  const { person } = await desk.ticket(ticket);
  expect(person.handles.map(({ value }) => value)).toEqual([customer.address]);
  expect(person.handles[0]?.proof).not.toBe('proven');
  const second = await desk.reply(ticket, 'Thank you both.');
  expect((await desk.settled(second, 'sent')).recipient).toBe(customer.address);
  expect((await mail.nthMail(customer, 2)).to).toMatchObject([{ address: customer.address }]);
});

test('a reply that was forwarded proves nothing about who sends it back', async () => {
  const { customer, ticket } = await complain('I forward what you write');
  await desk.settled(await desk.reply(ticket, 'Between us.'), 'sent');
  const friend = mail.customer('friend@example.net', 'A Friend');
  await friend.reply(await mail.nthMail(customer, 1), { text: 'he showed me your mail' });
  await desk.messagesOnce(ticket, 'the friend', (seen) => seen.length === 3);
  const { person } = await desk.ticket(ticket);
  expect(person.handles.map(({ value }) => value)).toEqual([customer.address]);
  const reply = await desk.reply(ticket, 'Only to you.');
  await desk.settled(reply, 'sent');
  expect(recipientsOf(-1)).toEqual([customer.address]);
});

test('answers follow a Reply-To only when the sender is who they say', async () => {
  const aligned = await complain('answer me at work', { replyTo: 'work@office.example' });
  await desk.settled(await desk.reply(aligned.ticket, 'At work.'), 'sent');
  expect(recipientsOf(-1)).toEqual(['work@office.example']);

  mail.setDmarc('example.com', 'fail');
  const spoofed = await complain('answer somebody else', { replyTo: 'victim@office.example' });
  await desk.settled(await desk.reply(spoofed.ticket, 'Not there.'), 'sent');
  mail.setDmarc('example.com', 'pass');
  expect(recipientsOf(-1)).toEqual([spoofed.customer.address]);
});

test('an agent may agree to a Reply-To that nobody vouched for; it holds while it is asked for', async () => {
  mail.setDmarc('example.com', 'fail');
  const asks = { replyTo: 'office@work.example' };
  const { customer, ticket, messageId } = await complain('please answer at the office', asks);
  const { conversations, warnings } = await desk.ticket(ticket);
  expect(conversations[0]?.replyTo).toEqual({ address: 'office@work.example', confirmed: false });
  expect(warnings.map(({ kind }) => kind)).toEqual(['replyToUnconfirmed']);

  const stale = { confirm: 'replyTo', replyTo: 'another@work.example' } as const;
  await expect(desk.reply(ticket, 'To whom?', stale)).rejects.toThrow('HUB_303');
  await desk.settled(await desk.reply(ticket, 'At the office.', { confirm: 'replyTo' }), 'sent');
  expect(recipientsOf(-1)).toEqual(['office@work.example']);

  const again = { to: HELP, subject: `Re: Complaint ${written}`, inReplyTo: messageId };
  await customer.write({ ...again, references: [messageId], text: 'and there again', ...asks });
  await desk.messagesOnce(ticket, 'the second mail', (seen) => seen.length === 3);
  await desk.settled(await desk.reply(ticket, 'Again at the office.'), 'sent');
  expect(recipientsOf(-1)).toEqual(['office@work.example']);
  expect((await desk.ticket(ticket)).warnings).toEqual([]);

  const elsewhere = { ...again, references: [messageId], replyTo: 'spy@evil.example' };
  await customer.write({ ...elsewhere, text: 'no, answer here' });
  await desk.messagesOnce(ticket, 'the third mail', (seen) => seen.length === 5);
  await desk.settled(await desk.reply(ticket, 'Only to you.'), 'sent');
  mail.setDmarc('example.com', 'pass');
  expect(recipientsOf(-1)).toEqual([customer.address]);
});

test('what the hub sent comes back in Sent and is neither a message nor a loop', async () => {
  const { ticket } = await complain('does it loop');
  const taken = mail.taken();
  await desk.settled(await desk.reply(ticket, 'It does not.'), 'sent');
  await complain('written after the copy in Sent');
  await desk.quiet();
  expect((await desk.messages(ticket)).map(({ direction }) => direction)).toEqual(['in', 'out']);
  expect(mail.taken()).toBe(taken + 1);
});

test('an answer typed in a mail program stands on the ticket, and is not sent again', async () => {
  const { customer, messageId, ticket } = await complain('somebody answers by hand');
  const taken = mail.taken();
  mail.deliver(
    HELP,
    'Sent',
    [
      `From: Support <${HELP}>`,
      `To: ${customer.address}`,
      `Subject: Re: Complaint ${written}`,
      `Message-ID: <by-hand-${written}@shop.test>`,
      `In-Reply-To: ${messageId}`,
      `References: ${messageId}`,
      `Date: ${new Date(desk.clock.now()).toUTCString().replace('GMT', '+0000')}`,
      '',
      'I wrote this on my phone.',
      '',
    ].join('\r\n'),
  );
  const messages = await desk.messagesOnce(ticket, 'the answer', (seen) => seen.length === 2);
  expect(messages[1]).toMatchObject({
    direction: 'out',
    text: 'I wrote this on my phone.',
    deliveries: [{ state: 'sent' }],
  });
  expect(await desk.ticket(ticket)).toMatchObject({ status: 'waiting', counts: { in: 1, out: 1 } });
  expect(mail.taken()).toBe(taken);
});

test('one mail in two folders, or read again after the mailbox was rebuilt, is one message', async () => {
  const raw = [
    'From: twice@example.com',
    `To: ${HELP}`,
    'Subject: Twice',
    'Message-ID: <twice@example.com>',
    '',
    'I lie in two folders',
    '',
  ].join('\r\n');
  for (const n of [1, 2]) mail.deliver(HELP, 'INBOX', `X-Copy: ${n}\r\n${raw}`);
  const { number } = await desk.ticketSaying('I lie in two folders');
  mail.mailboxes.changeUidValidity(HELP, 'INBOX');
  mail.mailboxes.dropConnections();
  await complain('written after the rebuilding');
  await desk.quiet();
  expect(await desk.messages(number)).toHaveLength(1);
  expect(await desk.ticketsSaying('I lie in two folders')).toHaveLength(1);
});
