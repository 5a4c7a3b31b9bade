import { createTransport } from 'nodemailer';
import {
  answer,
  halfAnswer,
  resetBeforeBody,
  resetWithoutAnswer,
  type AnswerFault,
} from '../faults.js';
import { startMail, type MailSimulator } from './mail.js';
import type { SmtpRule } from './smtp-door.js';

const HUB = 'support@hub.test';

describe('the SMTP server, as nodemailer sees it', () => {
  let mail: MailSimulator;

  beforeEach(async () => {
    mail = await startMail({ mailboxes: { [HUB]: 'hub-secret' }, keepsSent: true });
  });
  afterEach(() => mail.close());

  async function send(pass = 'hub-secret'): Promise<string> {
    const transport = createTransport({
      ...mail.smtp,
      ignoreTLS: true,
      auth: { user: HUB, pass },
      socketTimeout: 300,
    });
    try {
      const sent = await transport.sendMail({
        from: HUB,
        to: 'zhang@example.com',
        cc: 'li@example.com',
        subject: '关于您的水壶',
        text: '您好',
      });
      return sent.response;
    } finally {
      transport.close();
    }
  }

  const taken = (): number => mail.ledger.entries.filter((entry) => entry.kind === 'taken').length;
  const endings = (): unknown[] =>
    mail.ledger.entries.flatMap((entry) => (entry.kind === 'smtp' ? entry.ending : []));

  test('takes a mail and puts it into every recipient’s inbox and into Sent', async () => {
    await expect(send()).resolves.toContain('250');
    expect(mail.ledger.entries.find((entry) => entry.kind === 'taken')).toMatchObject({
      from: HUB,
      to: ['zhang@example.com', 'li@example.com'],
    });
    const [got] = await mail.customer('zhang@example.com').inbox();
    expect(got).toMatchObject({ subject: '关于您的水壶', text: '您好' });
    expect(mail.mailboxes.mails('li@example.com', 'INBOX')).toHaveLength(1);
    expect(mail.mailboxes.mails(HUB, 'Sent')).toHaveLength(1);
  });

  test('refuses a wrong password with 535', async () => {
    await expect(send('wrong')).rejects.toMatchObject({ responseCode: 535, code: 'EAUTH' });
    expect(taken()).toBe(0);
  });

  const refusals: readonly (readonly [string, SmtpRule, number])[] = [
    ['greylisting at RCPT', { at: 'rcpt', times: 2, then: answer(450, '4.7.1 Greylisted') }, 450],
    [
      'an unknown recipient',
      { at: 'rcpt', times: 2, then: answer(550, '5.1.1 No such user') },
      550,
    ],
    ['a full mailbox', { then: answer(552, '5.2.2 Mailbox full') }, 552],
    ['spam', { then: answer(554, '5.7.1 Message looks like spam') }, 554],
    ['a server that closes', { then: answer(421, '4.3.2 Closing') }, 421],
    ['a refused sender', { at: 'mail', then: answer(530, '5.7.0 Not allowed') }, 530],
    ['a busy server', { at: 'connect', then: answer(421, '4.7.0 Too many connections') }, 421],
  ];
  test.each(refusals)('answers as scripted: %s', async (_name, rule, code) => {
    mail.scriptSmtp(rule);
    await expect(send()).rejects.toMatchObject({ responseCode: code });
    expect(taken()).toBe(0);
    await expect(send()).resolves.toContain('250');
  });

  const breaks: readonly (readonly [string, AnswerFault, number])[] = [
    ['before the mail is read', resetBeforeBody(), 0],
    ['after the final dot, the mail lost', resetWithoutAnswer({ taken: false }), 0],
    ['after the final dot, the mail kept', resetWithoutAnswer({ taken: true }), 1],
    ['in the middle of the final answer', halfAnswer({ taken: true }), 1],
  ];
  test.each(breaks)('breaks the connection %s', async (_name, fault, kept) => {
    mail.scriptSmtp({ then: fault });
    await expect(send()).rejects.toThrow();
    expect(taken()).toBe(kept);
    expect(endings()).toEqual([fault.kind]);
  });

  test('can be told to fail for one recipient only', async () => {
    mail.scriptSmtp({
      at: 'rcpt',
      when: (event) => event.to.includes('li@example.com'),
      then: answer(550, '5.1.1 No such user'),
    });
    await send();
    expect(mail.mailboxes.mails('zhang@example.com', 'INBOX')).toHaveLength(1);
    expect(mail.mailboxes.mails('li@example.com', 'INBOX')).toHaveLength(0);
  });

  test('refuses connections while it is offline', async () => {
    await mail.goOffline();
    await expect(send()).rejects.toMatchObject({ code: 'ESOCKET' });
    await mail.goOnline();
    await expect(send()).resolves.toContain('250');
  });
});
