import { newMessageId, type Letter, type WrittenLetter } from './letters.js';
import type { QuotingLanguage } from './quoting.js';
import type { MailAddress, ReadMail } from './read-mail.js';

/** Why a mail comes back. */
export interface BounceReason {
  /** Enhanced status code (RFC 3463); `5.1.1` when left out. 4.x.x makes it a delay notice. */
  readonly status?: string | undefined;
  /** What the other server said; fits the status when left out. */
  readonly diagnostic?: string | undefined;
}

/** A bounce (RFC 3464) of a mail that this address got, from its provider to the envelope sender. */
export function writeBounce(
  recipient: string,
  mail: ReadMail,
  details: { readonly to: string; readonly date: Date; readonly reason: BounceReason },
): WrittenLetter {
  const { status = '5.1.1' } = details.reason;
  const isDelay = status.startsWith('4');
  const code = isDelay ? 450 : 550;
  const diagnostic =
    details.reason.diagnostic ?? `${code} ${status} The email account does not exist`;
  const domain = recipient.slice(recipient.lastIndexOf('@') + 1);
  const messageId = newMessageId(recipient);
  const boundary = `=_bounce_${messageId.slice(1, 17)}`;
  const action = isDelay ? 'delayed' : 'failed';
  const lines = [
    `From: Mail Delivery System <mailer-daemon@${domain}>`,
    `To: <${details.to}>`,
    `Subject: ${isDelay ? 'Delayed Mail (still being retried)' : 'Undelivered Mail Returned to Sender'}`,
    `Date: ${rfc5322(details.date)}`,
    `Message-ID: ${messageId}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'Your message could not be delivered to one or more recipients.',
    '',
    `<${recipient}>: ${diagnostic}`,
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; mx.${domain}`,
    `Arrival-Date: ${rfc5322(details.date)}`,
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    `Original-Recipient: rfc822; ${recipient}`,
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${diagnostic}`,
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    headOf(mail.raw),
    `--${boundary}--`,
    '',
  ];
  return { messageId, from: '', to: [details.to], raw: Buffer.from(lines.join('\r\n'), 'latin1') };
}

const ABSENCE: Readonly<Record<QuotingLanguage, { prefix: string; text: string }>> = {
  en: {
    prefix: 'Automatic reply: ',
    text: 'I am out of the office until Monday and will read your mail then.',
  },
  zh: { prefix: '自动回复: ', text: '您好，我正在休假，周一回来后会尽快回复您的邮件。' },
};

/** An out-of-office notice (RFC 3834). */
export function absenceNotice(
  author: MailAddress,
  mail: ReadMail,
  language: QuotingLanguage,
): Letter {
  const { prefix, text } = ABSENCE[language];
  return {
    to: mail.answerTo.address,
    subject: `${prefix}${mail.subject}`,
    text: `${text}\r\n\r\n${author.name}\r\n`,
    inReplyTo: mail.messageId,
    references: [...mail.references, mail.messageId],
    headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' },
  };
}

/** The header of a mail, at most 64 KiB of it. */
function headOf(raw: Buffer): string {
  const end = raw.indexOf('\r\n\r\n');
  return raw.subarray(0, Math.min(end < 0 ? raw.length : end, 65_536)).toString('latin1') + '\r\n';
}

function rfc5322(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
