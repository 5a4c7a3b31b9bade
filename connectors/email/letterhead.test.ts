import PostalMime from 'postal-mime';
import { createSender } from './send.js';
import { contextFor, mailPart } from './testing/context.js';
import { scriptedSmtp } from './testing/smtp-script.js';
import type { Answer, OutgoingMail } from './transport.js';

test('a mail has the sender and the signature of the moment it leaves', async () => {
  const server = await scriptedSmtp({});
  const smtp = { host: '127.0.0.1', port: server.port, tls: 'none', user: 'help' };
  const context = contextFor({ settings: { smtp }, credentials: { smtpPassword: 'canary' } });
  const sender = createSender(context, { patience: 5_000 });
  try {
    const { settings } = context.account();
    context.change({ settings: { ...settings, displayName: 'Care', signature: 'Yours, Care' } });
    expect(await sender.send(mailPart(), 'k1')).toMatchObject({ kind: 'sent' });
    const mail = await PostalMime.parse(server.mails[0] ?? '');
    expect(mail.from).toEqual({ name: 'Care', address: 'help@shop.example' });
    expect(mail.text).toMatch(/-- \n+Yours, Care\s*$/);
  } finally {
    await sender.close();
    await server.close();
  }
});

test('a mail that was queued with its sender and signature leaves as it was written', async () => {
  const server = await scriptedSmtp({});
  const smtp = { host: '127.0.0.1', port: server.port, tls: 'none', user: 'help' };
  const context = contextFor({
    settings: { smtp, plusAddress: true, signature: 'Yours, Care' },
    credentials: { smtpPassword: 'canary' },
  });
  const sender = createSender(context, { patience: 5_000 });
  const { token, ...lasting } = mailPart().payload as Answer;
  const payload: OutgoingMail = {
    ...lasting,
    from: { name: 'Help', address: 'help@shop.example' },
    replyTo: { name: 'Help', address: `help+${token}@shop.example` },
    envelopeFrom: `help+${token}@shop.example`,
    text: `${lasting.text}\n\n-- \nYours, Care`,
    html: `<div>${lasting.html}<br>\n<br>\n-- <br>\nYours, Care</div>`,
  };
  try {
    expect(await sender.send({ ...mailPart(), payload }, 'k1')).toMatchObject({ kind: 'sent' });
    const mail = await PostalMime.parse(server.mails[0] ?? '');
    expect(mail.replyTo).toEqual([payload.replyTo]);
    expect(mail.text?.match(/Yours, Care/g)).toHaveLength(1);
    expect(server.heard).toContainEqual(
      expect.stringContaining(`MAIL FROM:<help+${token}@shop.example>`),
    );
  } finally {
    await sender.close();
    await server.close();
  }
});

test.each([
  ['an address nothing can be sent from', 'address', { address: `${'a'.repeat(65)}@shop.example` }],
  ['a field that does not hold', 'smtp.host', { smtp: { host: '' } }],
])('%s is named as what is misconfigured', async (_, setting, settings) => {
  const sender = createSender(contextFor({ settings }));
  const outcome = await sender.send(mailPart(), 'k1');
  await sender.close();
  expect(outcome).toMatchObject({ failure: { kind: 'misconfigured', setting } });
});
