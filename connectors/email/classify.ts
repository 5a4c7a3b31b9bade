import {
  AUTO_REPLY_SUBJECTS,
  DAEMONS,
  DELAYED_WORDS,
  FAILED_SUBJECTS,
  FAILED_TEXT,
} from './bounce-words.js';
import type { MailClass } from './mail.js';
import type { Mailbox } from './mime/addresses.js';
import { every, first, has } from './mime/fields.js';
import type { Fields } from './mime/fields.js';
import type { Structured } from './mime/parameters.js';
import { reportedRecipients } from './report.js';
import type { Report } from './report.js';

/** What classification looks at. */
export interface Evidence {
  readonly fields: Fields;
  readonly type: Structured;
  readonly report: Report | null;
  readonly from: Mailbox | null;
  readonly subject: string;
  /** The body, lower case, single blanks; the first 64 kB. */
  readonly text: string;
  /** SMTP envelope sender where the listener knows it, else Return-Path; null when unknown, '' for the null sender. */
  readonly returnPath: string | null;
  readonly isEcho: boolean;
  /** Names of our own addresses: a list of that name is our own inbox, not a list. */
  readonly ownAddresses: readonly string[];
  /** The mail carries a returned mail or its header. */
  readonly returnsMail: boolean;
  /** Nothing but a forwarded mail: the sender wrote no word of their own. */
  readonly onlyForward: boolean;
}

/** Sorts a mail; the order is by how certain each sign is. */
export function classify(mail: Evidence): MailClass {
  if (mail.isEcho) return 'echo';
  return byReport(mail) ?? byDelivery(mail) ?? byAutomation(mail) ?? 'message';
}

function byReport(mail: Evidence): MailClass | null {
  const declared = mail.type.parameters.get('report-type')?.toLowerCase() ?? '';
  if (mail.report?.kind === 'feedback' || declared === 'feedback-report') return 'report';
  if (isComplaintNotice(mail)) return 'report';
  if (mail.report?.kind === 'disposition') return byDisposition(mail.report);
  if (mail.report?.kind === 'delivery') return byActions(mail, mail.report);
  return declared === 'delivery-status' ? undelivered(mail) : null;
}

/** Hotmail's, Apple's and older providers' complaints come without the report part. */
function isComplaintNotice({ fields, subject, from }: Evidence): boolean {
  if (has(fields, 'x-hmxmroriginalrecipient') || has(fields, 'x-apple-unsubscribe')) return true;
  const sender = from?.address.toLowerCase() ?? '';
  const words = subject.toLowerCase();
  return (
    words.startsWith('complaint about message from') ||
    words.startsWith('email feedback report') ||
    (sender.startsWith('staff@hotmail') && words.includes('complaint'))
  );
}

function byDisposition(report: Report): MailClass {
  const disposition = report.groups.map((group) => first(group, 'disposition')).join(' ');
  return /displayed/i.test(disposition.slice(0, 500)) ? 'readReceipt' : 'autoReply';
}

function byActions(mail: Evidence, report: Report): MailClass {
  const actions = reportedRecipients(report.groups).map(({ action }) => action);
  if (actions.some((action) => action.startsWith('fail'))) return 'bounce';
  if (actions.some((action) => action.startsWith('delay'))) return 'delayed';
  if (actions.some((action) => ['delivered', 'relayed', 'expanded'].includes(action))) {
    return 'delivered';
  }
  return undelivered(mail);
}

/** Reports that are written for people only. */
function byDelivery(mail: Evidence): MailClass | null {
  if (has(mail.fields, 'x-failed-recipients')) return undelivered(mail);
  const subject = withoutForward(mail.subject.toLowerCase());
  const says = FAILED_SUBJECTS.some((words) => subject.includes(words)) || isLate(subject);
  const tells = FAILED_TEXT.some((words) => mail.text.includes(words));
  if (daemonReports(mail, says || tells)) return undelivered(mail);
  if (says && tells && confirmsFailure(mail)) return undelivered(mail);
  if (tells && mail.returnsMail && isSilent(mail)) return undelivered(mail);
  return forwardedReport(mail, says);
}

/** A mailer daemon writes nothing else; a postmaster may. */
function daemonReports(mail: Evidence, failed: boolean): boolean {
  return isMailerDaemon(mail.from) || (failed && isDaemon(mail));
}

/** Subject and text speak of a failure; a third sign tells the report from a complaint about one. */
function confirmsFailure(mail: Evidence): boolean {
  const passedOn = mail.onlyForward && mail.text.includes('transcript of session');
  return isSilent(mail) || has(mail.fields, 'x-mlserver') || passedOn;
}

/** The null sender of RFC 5321, or the daemon as its own return path. */
function isSilent({ returnPath }: Evidence): boolean {
  return (
    returnPath !== null &&
    (returnPath === '' || /^(?:mailer-daemon|postmaster)\b/i.test(returnPath))
  );
}

/** A report that somebody passed on: its transcript stands in the text, with the fields of a report. */
function forwardedReport(mail: Evidence, says: boolean): MailClass | null {
  const machine = mail.text.includes('final-recipient:') && mail.text.includes('action: failed');
  return says && machine ? 'bounce' : null;
}

function withoutForward(subject: string): string {
  return subject.replace(/^(?:fwd?|wg|tr|rv): ?/, '');
}

function isLate(subject: string): boolean {
  return subject.includes('delayed mail') || subject.includes('delivery delayed');
}

function undelivered({ subject, text }: Evidence): MailClass {
  const head = `${subject.toLowerCase()} ${text.slice(0, 600)}`;
  const late = DELAYED_WORDS.some((words) => head.includes(words));
  const dead = /permanent|giving up|given up|fatal error|not going to try again|failure\)/.test(
    head,
  );
  return late && !dead ? 'delayed' : 'bounce';
}

function isDaemon({ from }: Evidence): boolean {
  if (from === null) return false;
  const local = from.address.split('@')[0]?.toLowerCase() ?? '';
  const name = from.name.toLowerCase();
  return DAEMONS.some((word) => local.startsWith(word) || name.startsWith(word));
}

function isMailerDaemon(from: Mailbox | null): boolean {
  const text = `${from?.address ?? ''} ${from?.name ?? ''}`.toLowerCase();
  return /mailer[-_ ]?daemon|mail delivery (?:sub)?system/.test(text.slice(0, 400));
}

/** RFC 3834 and what came before it. */
function byAutomation(mail: Evidence): MailClass | null {
  const { fields } = mail;
  const automatic = first(fields, 'auto-submitted').toLowerCase();
  const precedence = first(fields, 'precedence').trim().toLowerCase();
  const ownList = isOwnList(mail);
  if (automatic !== '' && !automatic.startsWith('no')) return 'autoReply';
  if (isVacation(fields) || precedence === 'auto_reply') return 'autoReply';
  const subject = withoutReply(mail.subject.toLowerCase());
  if (AUTO_REPLY_SUBJECTS.some((words) => subject.startsWith(words))) return 'autoReply';
  if (!ownList && isList(fields, precedence)) return 'list';
  return mail.returnPath === '' || isMailerDaemon(mail.from) ? 'autoReply' : null;
}

function withoutReply(subject: string): string {
  return subject.trim().replace(/^(?:re|aw|sv|回复|答复): ?/, '');
}

function isVacation(fields: Fields): boolean {
  const flags = [
    'x-autoreply',
    'x-autorespond',
    'x-autoresponder',
    'x-auto-response',
    'x-vacation',
    'x-mail-autoreply',
    'x-autoreply-from',
  ];
  if (flags.some((name) => has(fields, name) && first(fields, name).toLowerCase() !== 'no')) {
    return true;
  }
  return (
    first(fields, 'x-loop').toLowerCase() === 'yes' ||
    first(fields, 'x-post-mailservice') === 'mail_auto_reply' ||
    /auto-?reply|vacation/i.test(first(fields, 'x-mailer').slice(0, 100)) ||
    first(fields, 'x-qq-auto-reply') !== ''
  );
}

function isList(fields: Fields, precedence: string): boolean {
  if (['bulk', 'list', 'junk'].includes(precedence)) return true;
  return (
    has(fields, 'list-id') ||
    has(fields, 'list-unsubscribe') ||
    has(fields, 'list-post') ||
    has(fields, 'x-mlserver')
  );
}

/** A group address that is our own inbox (a Google group in front of it) adds list fields to every complaint. */
function isOwnList({ fields, ownAddresses }: Evidence): boolean {
  const marks = [
    ...every(fields, 'list-id'),
    ...every(fields, 'list-post'),
    ...every(fields, 'mailing-list'),
  ]
    .join(' ')
    .toLowerCase()
    .slice(0, 4_000);
  return ownAddresses.some((own) => {
    const address = own.toLowerCase();
    return marks.includes(address) || marks.includes(`<${address.replace('@', '.')}>`);
  });
}

/** The sender's side asks that no program answers. */
export function wantsNoAutoReply(fields: Fields, from: Mailbox | null): boolean {
  const local = from?.address.split('@')[0]?.toLowerCase() ?? '';
  if (/^(?:no-?reply|do-?not-?reply|noreply)/.test(local)) return true;
  return has(fields, 'x-auto-response-suppress');
}
