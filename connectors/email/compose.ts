import type { ReplyAttachment } from '../../src/sdk/index.js';
import type { MailAddress, MailPayload } from './transport.js';

export interface MailFile {
  readonly attachment: ReplyAttachment;
  readonly bytes: Buffer;
}

/**
 * The bytes of one mail. Addresses stay typed from end to end and are never joined into a string
 * that somebody parses again; the composer may read neither files nor URLs.
 */
export async function composeMail(
  payload: MailPayload,
  files: readonly MailFile[],
  date: number,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const node = new MailComposer({
    from: { ...payload.from },
    to: copies(payload.to),
    cc: copies(payload.cc),
    ...(payload.replyTo === null ? {} : { replyTo: { ...payload.replyTo } }),
    subject: payload.subject,
    messageId: payload.messageId,
    ...(payload.inReplyTo === null ? {} : { inReplyTo: payload.inReplyTo }),
    ...(payload.references.length === 0 ? {} : { references: [...payload.references] }),
    date: new Date(date),
    text: payload.text,
    ...(payload.html === '' ? {} : { html: payload.html }),
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
export function recipientsOf(payload: MailPayload): string[] {
  const seen = new Map<string, string>();
  for (const { address } of [...payload.to, ...payload.cc]) {
    const key = address.toLowerCase();
    if (!seen.has(key)) seen.set(key, address);
  }
  return [...seen.values()];
}

/**
 * A value that would become a header line of its own, or null. `render` writes none; a payload
 * that holds one was not written by it, and nothing of it may reach the wire.
 */
export function brokenHeader(payload: MailPayload): string | null {
  const addresses = [payload.from, ...payload.to, ...payload.cc];
  if (payload.replyTo !== null) addresses.push(payload.replyTo);
  const values: [string, string][] = [
    ['subject', payload.subject],
    ['messageId', payload.messageId],
    ['inReplyTo', payload.inReplyTo ?? ''],
    ['envelopeFrom', payload.envelopeFrom],
    ...payload.references.map((id): [string, string] => ['references', id]),
    ...addresses.flatMap(({ name, address }): [string, string][] => [
      ['name', name],
      ['address', address],
    ]),
  ];
  return values.find(([, value]) => /[\r\n\0]/.test(value))?.[0] ?? null;
}
