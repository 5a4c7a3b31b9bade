import PostalMime from 'postal-mime';
import { createSender } from './send.js';
import { contextFor, mailPart } from './testing/context.js';
import { scriptedSmtp } from './testing/smtp-script.js';

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
    context.change({ settings: { ...settings, address: '' } });
    expect(await sender.send(mailPart(), 'k2')).toMatchObject({
      failure: { kind: 'misconfigured', setting: 'address' },
    });
  } finally {
    await sender.close();
    await server.close();
  }
});
