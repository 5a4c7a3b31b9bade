import type { Bounce, Mail, MailClass } from './mail.js';
import { first } from './mime/fields.js';
import type { ReadMail } from './read.js';
import { asBounce, originalMessageId, reportedRecipients } from './report.js';
import type { Report } from './report.js';
import { messageIds } from './thread.js';
import { recipientsInText } from './undelivered.js';

/** Characters of a report that are searched for recipients and ids. */
const REPORT_CHARACTERS = 64 * 1024;

export type Settled = Pick<Mail, 'kind' | 'about' | 'receipt' | 'bounce'>;

/**
 * The draft's kind, and what a receipt settles. Without the id of the mail it is about nothing can
 * be settled: then it is kept as `automatic`, never as a complaint.
 */
export function settle(mailClass: MailClass, read: ReadMail, report: Report | null): Settled {
  switch (mailClass) {
    case 'message':
    case 'echo':
      return { kind: mailClass, about: ownId(mailClass, read), receipt: null, bounce: null };
    case 'bounce':
    case 'delivered':
      return byDelivery(mailClass, readBounce(read, report));
    case 'delayed': {
      const bounce = readBounce(read, report);
      return { kind: 'automatic', about: bounce.originalMessageId, receipt: null, bounce };
    }
    case 'readReceipt':
      return asReceipt(shownId(report), { status: 'read', code: null, gone: null }, null);
    case 'autoReply':
    case 'list':
    case 'report':
      return { kind: 'automatic', about: null, receipt: null, bounce: null };
  }
}

/** An echo of our own answer carries the Message-ID that the delivery was sent with. */
function ownId(mailClass: MailClass, read: ReadMail): string | null {
  if (mailClass !== 'echo') return null;
  return messageIds(first(read.fields, 'message-id'))[0] ?? null;
}

function byDelivery(mailClass: 'bounce' | 'delivered', bounce: Bounce): Settled {
  const code = bounce.recipients.find(({ status }) => status !== '')?.status ?? null;
  const receipt =
    mailClass === 'bounce'
      ? ({ status: 'failed', code, gone: goneOf(bounce) } as const)
      : ({ status: 'delivered', code: null, gone: null } as const);
  return asReceipt(bounce.originalMessageId, receipt, bounce);
}

/** The mailbox does not exist (X.1.1, X.1.10) or is closed (X.2.1); moved, full and refused ones may take mail again. */
const GONE = /^5\.(1\.1|1\.10|2\.1)$/;

function goneOf({ recipients }: Bounce): string | null {
  const gone = recipients.filter(({ status, address }) => GONE.test(status) && address !== '');
  return gone.length === 0
    ? null
    : gone
        .map(({ address }) => address)
        .join(' ')
        .slice(0, 2_000);
}

function asReceipt(
  about: string | null,
  receipt: NonNullable<Mail['receipt']>,
  bounce: Bounce | null,
): Settled {
  return { kind: about === null ? 'automatic' : 'receipt', about, receipt, bounce };
}

function shownId(report: Report | null): string | null {
  for (const group of report?.groups ?? []) {
    const id = messageIds(first(group, 'original-message-id'))[0];
    if (id !== undefined) return id;
  }
  return null;
}

function readBounce(read: ReadMail, report: Report | null): Bounce {
  const reported = report === null ? [] : reportedRecipients(report.groups);
  const text = read.body.fullText.slice(0, REPORT_CHARACTERS);
  const recipients = reported.length > 0 ? reported : recipientsInText(text, read.fields);
  return asBounce(recipients, originalMessageId(read.leaves, read.bytes, text));
}
