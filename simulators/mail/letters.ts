import { randomBytes } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { writeAnswer, type QuotingLanguage, type QuotingStyle } from './quoting.js';
import type { MailAddress, ReadMail } from './read-mail.js';

/** A mail that a customer writes. */
export interface Letter {
  readonly to: string | readonly string[];
  readonly cc?: string | readonly string[] | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html?: string | undefined;
  readonly inReplyTo?: string | undefined;
  readonly references?: readonly string[] | undefined;
  /** With its angle brackets; invented when left out. */
  readonly messageId?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly attachments?: readonly LetterAttachment[] | undefined;
}

export interface LetterAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A letter in its envelope. */
export interface WrittenLetter {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** Puts a letter into MIME. */
export async function writeLetter(
  author: MailAddress,
  letter: Letter,
  date: Date,
): Promise<WrittenLetter> {
  const messageId = letter.messageId ?? newMessageId(author.address);
  const to = [letter.to].flat();
  const cc = [letter.cc ?? []].flat();
  const { replyTo, html, inReplyTo } = letter;
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const composed = await composer.sendMail({
    from: author,
    to,
    cc,
    messageId,
    date,
    subject: letter.subject,
    text: letter.text,
    ...(html === undefined ? {} : { html }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    references: [...(letter.references ?? [])],
    headers: { ...letter.headers },
    attachments: (letter.attachments ?? []).map((file) => ({
      filename: file.name,
      contentType: file.contentType,
      content: file.body,
    })),
  });
  const raw = composed.message;
  if (!Buffer.isBuffer(raw)) {
    throw new Error('The composer gave a stream although a buffer was asked for');
  }
  return { messageId, from: author.address, to: [...to, ...cc], raw };
}

/** How a customer answers a mail. */
export interface ReplyManner {
  readonly text: string;
  /** `gmail` when left out. */
  readonly style?: QuotingStyle | undefined;
  /** `en` when left out. */
  readonly language?: QuotingLanguage | undefined;
  readonly attachments?: readonly LetterAttachment[] | undefined;
}

/** The answer to a mail as a mail program writes it: to Reply-To or From, threaded, with the history below. */
export function answerTo(author: MailAddress, mail: ReadMail, manner: ReplyManner): Letter {
  const quoted = {
    from: mail.from,
    to: author,
    date: mail.date,
    subject: withoutPrefix(mail.subject),
    text: mail.text,
  };
  const answer = writeAnswer(manner.text, quoted, {
    style: manner.style ?? 'gmail',
    language: manner.language ?? 'en',
  });
  return {
    to: mail.answerTo.address,
    subject: answer.subject,
    text: answer.text,
    html: answer.html ?? undefined,
    inReplyTo: mail.messageId,
    references: [...mail.references, mail.messageId],
    attachments: manner.attachments,
  };
}

/** A Message-ID in the domain of this address. */
export function newMessageId(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return `<${randomBytes(12).toString('hex')}@${domain}>`;
}

function withoutPrefix(subject: string): string {
  return subject.replace(/^(?:re|回复|答复) {0,2}[:：] {0,2}/i, '');
}
