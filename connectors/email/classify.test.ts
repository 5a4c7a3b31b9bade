import { accountWith, envelopeOf, fixture, fixtureMail, mail, mailOf } from './testing/mails.js';

describe('a report of a failed delivery settles it', () => {
  test.each([
    ['bounce-rfc3464', '<r1.token@shop.example>', '5.1.1'],
    ['bounce-qmail-plain', '<r2.token@shop.example>', '5.1.1'],
    ['bounce-qq-chinese', '<r3.token@shop.example>', '5.1.1'],
  ])('%s', (name, about, code) => {
    const read = fixtureMail(name);
    expect(read).toMatchObject({ kind: 'receipt', class: 'bounce', about });
    const address = read.bounce?.recipients[0]?.address;
    expect(address).toMatch(/^zhang@/);
    expect(read.receipt).toEqual({ status: 'failed', code, gone: address });
    expect(read.sender.identities).toEqual([]);
  });

  test('without the id of the returned mail it is kept, and is no complaint', () => {
    const text = fixture('bounce-qmail-plain').toString().split('--- Below')[0] ?? '';
    expect(mailOf(envelopeOf(text))).toMatchObject({ kind: 'automatic', about: null });
  });

  test('a delay settles nothing', () => {
    expect(fixtureMail('bounce-delayed')).toMatchObject({ kind: 'automatic', class: 'delayed' });
  });

  test('a read receipt settles as read', () => {
    expect(fixtureMail('read-receipt')).toMatchObject({
      kind: 'receipt',
      about: '<r1.token@shop.example>',
      receipt: { status: 'read' },
    });
  });
});

describe('programs are never answered and never complain', () => {
  test.each([
    ['feedback-report', 'report'],
    ['out-of-office-chinese', 'autoReply'],
    ['newsletter-list', 'list'],
  ])('%s', (name, mailClass) => {
    const read = fixtureMail(name);
    expect(read).toMatchObject({ kind: 'automatic', class: mailClass, replyContext: {} });
  });

  test.each([
    ['Auto-Submitted: auto-generated'],
    ['X-Autoreply: yes'],
    ['Precedence: auto_reply'],
    ['Precedence: junk'],
    ['Return-Path: <>'],
    ['Subject: Automatic reply: kettle'],
    ['Subject: Abwesenheitsnotiz'],
    ['X-Post-MailService: mail_auto_reply'],
  ])('%s', (line) => {
    const read = mailOf(envelopeOf(mail(['From: a@x.example', line])));
    expect(read.kind).toBe('automatic');
  });
});

describe('a person is a person', () => {
  test.each([['complaint-through-our-own-group'], ['complaint-that-quotes-a-bounce']])(
    '%s',
    (name) => expect(fixtureMail(name).kind).toBe('message'),
  );

  test('Auto-Submitted: no says so itself', () => {
    const read = mailOf(envelopeOf(mail(['From: a@x.example', 'Auto-Submitted: no'])));
    expect(read.kind).toBe('message');
  });

  test('no-reply senders complain too, but get no automatic answer', () => {
    const read = mailOf(envelopeOf(mail(['From: no-reply@form.example'])));
    expect(read).toMatchObject({ kind: 'message', replyContext: { noAutoReply: true } });
  });
});

describe('what our own side wrote is an echo', () => {
  const head = ['Message-ID: <r9@shop.example>', 'References: <m1@x.example>'];
  const sent = mail([...head, 'From: support@shop.example']).replace(
    'To: support@shop.example',
    'To: zhang@customer.example',
  );
  const customer = mailOf(
    envelopeOf(mail(['From: zhang@customer.example', 'Message-ID: <m1@x.example>'])),
  );

  test('from the Sent folder it stands in the customer’s thread and names its Message-ID', () => {
    const read = mailOf(envelopeOf(sent, { role: 'sent' }));
    expect(read).toMatchObject({ kind: 'echo', about: '<r9@shop.example>' });
    expect(read.conversation).toBe(customer.conversation);
  });

  test('somebody who only claims our address does not get into the customer’s thread', () => {
    const read = mailOf(envelopeOf(sent));
    expect(read.kind).toBe('echo');
    expect(read.conversation).not.toBe(customer.conversation);
  });

  test('our other addresses count', () => {
    const account = accountWith({ ownAddresses: ['boss@shop.example'] });
    expect(mailOf(envelopeOf(mail(['From: Boss@Shop.example'])), account).kind).toBe('echo');
  });
});
