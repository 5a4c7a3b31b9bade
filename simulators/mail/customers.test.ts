import { createTransport } from 'nodemailer';
import { answer, duplicate, lose } from '../faults.js';
import { startMail, type MailSimulator } from './mail.js';
import { QUOTING_STYLES } from './quoting.js';
import { readMail, type ReadMail } from './read-mail.js';

const HUB = 'support@hub.test';
const ZHANG = 'zhang@example.com';

/** The line by which each program marks the history. */
const HISTORY_MARKS: Readonly<Record<string, string>> = {
  'gmail-en': 'On Fri, Nov 20, 2026 at 8:15 AM Support <support@hub.test> wrote:',
  'gmail-zh': 'Support <support@hub.test> 于2026年11月20日周五 08:15写道：',
  'outlook-en': 'Sent: Friday, November 20, 2026 8:15 AM\nTo: 张伟 <zhang@example.com>',
  'outlook-zh': '发送时间: 2026年11月20日 08:15\n收件人: 张伟 <zhang@example.com>',
  'foxmail-en': 'From: Support\nDate: 2026-11-20 08:15\nTo: 张伟',
  'foxmail-zh': '发件人： Support\n发送时间： 2026-11-20 08:15\n收件人： 张伟',
  'qq-en': '------------------ Original ------------------\nFrom: "Support"<support@hub.test>;',
  'qq-zh': '发送时间: 2026年11月20日(星期五) 上午8:15\n收件人: "张伟"<zhang@example.com>;',
  'iphone-en':
    'Sent from my iPhone\n\n> On Nov 20, 2026, at 8:15 AM, Support <support@hub.test> wrote:',
  'iphone-zh': '发自我的iPhone\n\n> 在 2026年11月20日，08:15，Support <support@hub.test> 写道：',
};

describe('customers with mail', () => {
  let mail: MailSimulator;

  beforeEach(async () => {
    mail = await startMail({
      mailboxes: { [HUB]: 'hub-secret' },
      retryPausesMs: [1],
      now: () => new Date('2026-11-20T00:15:02Z'),
    });
  });
  afterEach(() => mail.close());

  const inbox = (): Promise<ReadMail[]> =>
    Promise.all(mail.mailboxes.mails(HUB, 'INBOX').map((stored) => readMail(stored.raw)));

  /** The hub's answer as it lies in the customer's inbox. */
  async function answered(): Promise<ReadMail> {
    const transport = createTransport({ ...mail.smtp, ignoreTLS: true });
    await transport.sendMail({
      envelope: { from: 'bounces+7@hub.test', to: ZHANG },
      from: { name: 'Support', address: HUB },
      replyTo: 'support+token@hub.test',
      to: ZHANG,
      messageId: '<answer-1@hub.test>',
      references: ['<first@example.com>'],
      subject: 'Re: 水壶坏了',
      date: new Date('2026-11-20T00:15:02Z'),
      text: 'Please send a photo.\n请发照片。',
    });
    transport.close();
    const [got] = await mail.customer(ZHANG, '张伟').inbox();
    if (got === undefined) throw new Error('the answer did not arrive');
    return got;
  }

  test('write to a mailbox here, marked by the provider', async () => {
    const customer = mail.customer(ZHANG, '张伟');
    const files = [{ name: '照片.jpg', contentType: 'image/jpeg', body: Buffer.from([1, 2]) }];
    const letter = { to: HUB, subject: '水壶坏了', text: '它漏水', attachments: files };
    const report = await customer.write(letter);
    expect(report.acknowledged).toBe(true);
    const [got] = await inbox();
    expect(got).toMatchObject({
      messageId: report.messageId,
      subject: '水壶坏了',
      text: '它漏水',
      from: { name: '张伟', address: ZHANG },
      attachments: [{ name: '照片.jpg', body: Buffer.from([1, 2]) }],
    });
    const marks = new Map(got?.headers.map((header) => [header.name, header.value]));
    expect(marks.get('authentication-results')).toBe(
      'mx.mail.test; dmarc=pass header.from=example.com',
    );
    expect(marks.get('return-path')).toBe(`<${ZHANG}>`);
    mail.setDmarc('example.com', 'fail');
    await customer.write(letter);
    expect((await inbox())[1]?.headers.some((one) => one.value.includes('dmarc=fail'))).toBe(true);
  });

  test('mail to a plus address lies in the mailbox without it', async () => {
    await mail.customer(ZHANG).write({ to: 'support+token@hub.test', subject: 'x', text: 'y' });
    expect(await inbox()).toHaveLength(1);
  });

  test('write to the hub’s own listener, trying again after 4xx', async () => {
    const hub = await startMail();
    mail.route('hub.test', { ...hub.smtp });
    hub.scriptSmtp({ at: 'rcpt', then: answer(450, '4.7.1 Greylisted') });
    const report = await mail.customer(ZHANG).write({ to: HUB, subject: 'x', text: 'y' });
    expect(report.attempts.map((attempt) => attempt.code)).toEqual([450, 250]);
    expect(hub.ledger.entries.find((entry) => entry.kind === 'taken')).toMatchObject({
      from: ZHANG,
      to: [HUB],
    });
    hub.scriptSmtp({ then: answer(554, '5.7.1 no') });
    const refused = await mail.customer(ZHANG).write({ to: HUB, subject: 'x', text: 'y' });
    expect(refused).toMatchObject({ acknowledged: false, attempts: [{ code: 554 }] });
    await hub.goOffline();
    const unreachable = await mail.customer(ZHANG).write({ to: HUB, subject: 'x', text: 'y' });
    expect(unreachable.attempts.map((attempt) => attempt.code)).toEqual([null, null]);
    await hub.close();
  });

  test('raw bytes reach the hub’s listener as they are', async () => {
    const hub = await startMail();
    mail.route('hub.test', { ...hub.smtp });
    const raw = 'From: <>\r\nSubject: =?broken\r\n\r\n.\r\n..dots\r\n\xff';
    const report = await mail.sendRaw({ from: '', to: HUB, raw: Buffer.from(raw, 'latin1') });
    expect(report.acknowledged).toBe(true);
    const taken = hub.ledger.entries.find((entry) => entry.kind === 'taken');
    expect(taken?.raw.toString('latin1').trimEnd()).toBe(raw);
    await hub.close();
  });

  test('a letter can arrive twice or never', async () => {
    mail.scriptDeliveries({ then: duplicate() });
    mail.scriptDeliveries({ then: lose() });
    await mail.customer(ZHANG).write({ to: HUB, subject: 'twice', text: 'y' });
    await mail.customer(ZHANG).write({ to: HUB, subject: 'never', text: 'y' });
    const subjects = (await inbox()).map((one) => one.subject);
    expect(subjects).toEqual(['twice', 'twice']);
  });

  const manners = QUOTING_STYLES.flatMap((style) => [
    { style, language: 'en' as const },
    { style, language: 'zh' as const },
  ]);
  test.each(manners)('reply as $style in $language does', async (manner) => {
    const got = await answered();
    await mail.customer(ZHANG, '张伟').reply(got, { text: '照片在此', ...manner });
    const [reply] = await inbox();
    const headers = new Map(reply?.headers.map((header) => [header.name, header.value]));
    expect(headers.get('in-reply-to')).toBe('<answer-1@hub.test>');
    expect(reply?.references).toEqual(['<first@example.com>', '<answer-1@hub.test>']);
    expect(reply?.to).toMatchObject([{ address: 'support+token@hub.test' }]);
    expect(reply?.text.startsWith('照片在此')).toBe(true);
    expect(reply?.text).toContain('Please send a photo.');
    expect(reply?.subject).toContain('水壶坏了');
    expect(reply?.text).toContain(HISTORY_MARKS[`${manner.style}-${manner.language}`]);
  });

  test('a bounce comes back to the envelope sender as a delivery report', async () => {
    const got = await answered();
    await mail.customer(ZHANG).bounce(got, { status: '5.2.2', diagnostic: '552 5.2.2 full' });
    const [stored] = mail.mailboxes.mails('bounces@hub.test', 'INBOX');
    const raw = stored?.raw.toString() ?? '';
    expect(raw).toMatch(/^Return-Path: <>\r\n/);
    expect(raw).toContain('multipart/report; report-type=delivery-status');
    expect(raw).toContain(`Final-Recipient: rfc822; ${ZHANG}\r\n`);
    expect(raw).toContain('Action: failed\r\nStatus: 5.2.2\r\n');
    expect(raw).toContain('Message-ID: <answer-1@hub.test>');
  });

  test('an out-of-office notice says that it is automatic', async () => {
    const got = await answered();
    await mail.customer(ZHANG, '张伟').outOfOffice(got, 'zh');
    const [notice] = await inbox();
    const headers = new Map(notice?.headers.map((header) => [header.name, header.value]));
    expect(headers.get('auto-submitted')).toBe('auto-replied');
    expect(headers.get('return-path')).toBe('<>');
    expect(headers.get('in-reply-to')).toBe('<answer-1@hub.test>');
    expect(notice?.subject).toContain('自动回复');
  });
});
