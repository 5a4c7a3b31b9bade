import type { ReplyAttachment } from '../../src/sdk/index.js';
import type { MailAddress, OutgoingMail } from './transport.js';

export interface MailFile {
  readonly attachment: ReplyAttachment;
  readonly bytes: Buffer;
}

/**
 * The bytes of one mail. Addresses stay typed from end to end and are never joined into a string
 * that somebody parses again; the composer may read neither files nor URLs.
 */
export async function composeMail(
  mail: OutgoingMail,
  files: readonly MailFile[],
  date: number,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const node = new MailComposer({
    from: { ...mail.from },
    to: copies(mail.to),
    cc: copies(mail.cc),
    ...(mail.replyTo === null ? {} : { replyTo: { ...mail.replyTo } }),
    subject: mail.subject,
    messageId: mail.messageId,
    ...(mail.inReplyTo === null ? {} : { inReplyTo: mail.inReplyTo }),
    ...(mail.references.length === 0 ? {} : { references: [...mail.references] }),
    date: new Date(date),
    text: mail.text,
    ...(mail.html === '' ? {} : { html: mail.html }),
    attachments: files.map(({ attachment, bytes }) => ({
      filename: attachment.name,
      contentType: attachment.type,
      content: bytes,
    })),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return node.compile().build();
}

function copies(addresses: readonly MailAddress[]): MailAddress[] {
  return addresses.map((address) => ({ ...address }));
}

/** Every recipient once, as the SMTP envelope names them: exactly `to` and `cc`. */
export function recipientsOf(mail: OutgoingMail): string[] {
  const seen = new Map<string, string>();
  for (const { address } of [...mail.to, ...mail.cc]) {
    const key = address.toLowerCase();
    if (!seen.has(key)) seen.set(key, address);
  }
  return [...seen.values()];
}

/**
 * A value that would become a header line of its own, or null. `render` writes none; an answer
 * that holds one was not written by it, and nothing of it may reach the wire.
 */
export function brokenHeader(mail: OutgoingMail): string | null {
  const addresses = [mail.from, ...mail.to, ...mail.cc];
  if (mail.replyTo !== null) addresses.push(mail.replyTo);
  const values: [string, string][] = [
    ['subject', mail.subject],
    ['messageId', mail.messageId],
    ['inReplyTo', mail.inReplyTo ?? ''],
    ['envelopeFrom', mail.envelopeFrom],
    ...mail.references.map((id): [string, string] => ['references', id]),
    ...addresses.flatMap(({ name, address }): [string, string][] => [
      ['name', name],
      ['address', address],
    ]),
  ];
  return values.find(([, value]) => /[\r\n\0]/.test(value))?.[0] ?? null;
}
