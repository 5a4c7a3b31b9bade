import { asBuffer, describeAttachments } from './attachments.js';
import { readBody } from './body.js';
import type { Body } from './body.js';
import { calendarText, readCalendar } from './calendar.js';
import type { Calendar, MailAttachment } from './mail.js';
import { mailboxes } from './mime/addresses.js';
import type { Mailbox } from './mime/addresses.js';
import { contentOf } from './attachments.js';
import { every, first, readable } from './mime/fields.js';
import type { Fields } from './mime/fields.js';
import { isAttachedMail } from './mime/names.js';
import { leaves, scanStructure } from './mime/structure.js';
import type { MimePart } from './mime/structure.js';
import { decodeHeaderWords } from './mime/words.js';
import { isForwardSubject, trimBlankEnds, visibleText } from './text/visible.js';

/** Characters of an encoded subject that are decoded. */
const SUBJECT_CHARACTERS = 8_000;

/** A mail taken apart; nothing is decided yet. */
export interface ReadMail {
  readonly fields: Fields;
  readonly root: MimePart;
  readonly leaves: readonly MimePart[];
  readonly bytes: Buffer;
  /** Charset of the body, for raw 8-bit headers. */
  readonly hint: string;
  readonly subject: string | null;
  readonly from: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly body: Body;
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
  readonly calendar: Calendar | null;
}

export type Reading =
  | { readonly kind: 'mail'; readonly mail: ReadMail }
  | { readonly kind: 'refused'; readonly why: string };

/** Bytes → parts, body, attachments. The limits are met before anything is decoded. */
export function readMail(content: Uint8Array): Reading {
  const bytes = asBuffer(content);
  const structure = scanStructure(bytes);
  if (structure.kind === 'refused') return structure;
  const { root } = structure;
  if (!hasMailHeader(root.fields)) return { kind: 'refused', why: 'there is no mail header' };
  return { kind: 'mail', mail: describe(root, bytes) };
}

/** Any text has lines with a colon; only a mail has one of these. */
const MAIL_FIELDS =
  'from sender reply-to to cc bcc subject date received return-path delivered-to message-id in-reply-to references mime-version content-type content-transfer-encoding auto-submitted x-mailer'.split(
    ' ',
  );

function hasMailHeader(fields: Fields): boolean {
  return MAIL_FIELDS.some((name) => every(fields, name).length > 0);
}

function describe(root: MimePart, bytes: Buffer): ReadMail {
  const parts = leaves(root);
  const hint = charsetHint(parts);
  const body = readBody(root, bytes);
  const subject = subjectOf(root.fields, hint);
  const from = mailboxes(root.fields, 'from', hint);
  const calendar = readCalendar(parts, bytes);
  const attachments = describeAttachments(root, body.attached, bytes, hint);
  return {
    fields: root.fields,
    root,
    leaves: parts,
    bytes,
    hint,
    subject,
    from,
    replyTo: mailboxes(root.fields, 'reply-to', hint),
    to: mailboxes(root.fields, 'to', hint),
    cc: mailboxes(root.fields, 'cc', hint),
    body,
    text: textOf(body, { subject: subject ?? '', sender: signs(from), calendar, bytes }),
    attachments,
    calendar,
  };
}

/** UTF-8 says nothing about raw headers: they are tried as UTF-8 anyway. */
function charsetHint(parts: readonly MimePart[]): string {
  for (const part of parts) {
    const charset = part.type.parameters.get('charset') ?? '';
    if (part.type.value.startsWith('text/') && charset !== '' && !/^utf-?8$/i.test(charset)) {
      return charset;
    }
  }
  return '';
}

function subjectOf(fields: Fields, hint: string): string | null {
  if (every(fields, 'subject').length === 0) return null;
  const raw = readable(first(fields, 'subject').slice(0, SUBJECT_CHARACTERS), hint);
  return decodeHeaderWords(raw)
    .replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .toWellFormed()
    .trim();
}

/** What a text is read by. */
interface Around {
  readonly subject: string;
  /** As From has them. */
  readonly sender: readonly string[];
  readonly calendar: Calendar | null;
  readonly bytes: Buffer;
}

const signs = (from: ReadMail['from']): readonly string[] =>
  from.flatMap(({ name, address }) => [name, address]);

/** The visible text; without one, what stands in its place: a forwarded mail, an invitation, else the whole body. */
function textOf(body: Body, { subject, sender, calendar, bytes }: Around): string {
  const visible = visibleText(body.lines, isForwardSubject(subject), sender);
  if (visible !== '') return visible;
  const nested = body.attached.find(isAttachedMail);
  if (nested !== undefined) return forwardedText(contentOf(nested, bytes));
  if (calendar !== null) return calendarText(calendar);
  return body.attached.length === 0 ? trimBlankEnds(body.fullText) : '';
}

/** A mail that was forwarded as a file, without a word above it. */
function forwardedText(content: Buffer): string {
  const structure = scanStructure(content);
  if (structure.kind === 'refused') return '';
  const { fields } = structure.root;
  const body = readBody(structure.root, content);
  const from = mailboxes(fields, 'from', '')[0];
  const head = [
    '---------- Forwarded message ----------',
    `From: ${from?.name ?? ''} <${from?.address ?? ''}>`,
    `Subject: ${subjectOf(fields, '') ?? ''}`,
  ];
  return trimBlankEnds(`${head.join('\n')}\n\n${body.fullText}`);
}
