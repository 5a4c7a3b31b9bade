import PostalMime from 'postal-mime';

/** A mail as its reader sees it; as much as is needed to answer it. */
export interface ReadMail {
  readonly raw: Buffer;
  readonly messageId: string;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: MailAddress;
  /** Where an answer goes: Reply-To, else From. */
  readonly answerTo: MailAddress;
  readonly to: readonly MailAddress[];
  readonly date: Date;
  /** Lines end in `\n`; nothing blank at the end. */
  readonly text: string;
  readonly html: string | null;
  /** Header lines in order, names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly { readonly name: string; readonly body: Buffer }[];
}

export interface MailAddress {
  readonly name: string;
  readonly address: string;
}

/** Reads a mail as a mail program does. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const parsed = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
  const from = toAddress(parsed.from);
  return {
    raw,
    messageId: parsed.messageId ?? '',
    references: idsIn(parsed.references ?? ''),
    subject: parsed.subject ?? '',
    from,
    answerTo: parsed.replyTo?.[0] === undefined ? from : toAddress(parsed.replyTo[0]),
    to: (parsed.to ?? []).map(toAddress),
    date: new Date(parsed.date ?? 0),
    text: (parsed.text ?? '').replaceAll('\r\n', '\n').trimEnd(),
    html: parsed.html ?? null,
    headers: parsed.headers.map(({ key, value }) => ({ name: key, value })),
    attachments: parsed.attachments.map((file) => ({
      name: file.filename ?? '',
      body: Buffer.from(file.content as ArrayBuffer),
    })),
  };
}

function toAddress(
  parsed: { readonly name?: string | undefined; readonly address?: string | undefined } | undefined,
): MailAddress {
  return { name: parsed?.name ?? '', address: parsed?.address ?? '' };
}

function idsIn(text: string): string[] {
  return text.split(/\s+/).filter((id) => id.startsWith('<') && id.endsWith('>'));
}
