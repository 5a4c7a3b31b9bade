import type { Account, Decoded, Envelope } from '../../src/sdk/index.js';
import { cleanText } from '../../src/sdk/index.js';
import { classify, wantsNoAutoReply } from './classify.js';
import { draftId } from './draft-id.js';
import type { Mail, MailClass } from './mail.js';
import { sameAddressForm } from './mime/addresses.js';
import { readDate } from './mime/date.js';
import { first } from './mime/fields.js';
import { readMail } from './read.js';
import type { ReadMail } from './read.js';
import { readReport } from './report.js';
import type { Report } from './report.js';
import { replyContextOf } from './reply-context.js';
import { sanitise } from './sanitise.js';
import { MAX_MAIL_BYTES, readSettings } from './settings.js';
import { settle } from './settle.js';
import type { Settled } from './settle.js';
import { findThread, isOurs, messageIds } from './thread.js';
import type { Ids, Thread } from './thread.js';
import { addressesOf, readWho } from './who.js';
import type { Who } from './who.js';

/** Characters of visible and of whole text that a mail carries on. */
const TEXT = 200_000;
/** Characters of the body that classification reads. */
const EVIDENCE = 64 * 1024;
/** Verdicts of our own server on DMARC after which no token proves the sender. */
const REFUSED: ReadonlySet<string> = new Set(['fail', 'ambiguous']);
/** Their parts are for machines; the envelope keeps them. */
const REPORTS: ReadonlySet<MailClass> = new Set<MailClass>([
  'bounce',
  'delayed',
  'delivered',
  'readReceipt',
  'report',
]);

/** One envelope is one mail. Never throws: what cannot be read is `unreadable` with a sentence. */
export function decode(envelope: Envelope, account: Account): Decoded {
  if (envelope.body.length > MAX_MAIL_BYTES) {
    return unreadable(`the mail is larger than ${MAX_MAIL_BYTES} bytes`);
  }
  const { unreadable: withheld } = envelope.notes;
  if (envelope.body.length === 0 && withheld !== undefined) return unreadable(withheld);
  const reading = readMail(envelope.body);
  if (reading.kind === 'refused') return unreadable(reading.why);
  const read = reading.mail;
  const settings = readSettings(account);
  const who = readWho(read, envelope, settings);
  const mail = assemble(read, who, { envelope, account });
  const unset = settings === null ? ['the settings of this connection do not hold'] : [];
  return {
    kind: 'raws',
    raws: [{ body: mail }],
    remarks: [...unset, ...lacking(envelope), ...remarksOn(read, mail)],
  };
}

/** What the live half could not take in whole (transport.ts): the body is its header alone. */
function lacking({ notes: { oversize, unreadable: withheld } }: Envelope): string[] {
  if (oversize !== undefined) {
    return [`the mail has ${oversize} bytes, more than are taken in: only its header is here`];
  }
  return withheld === undefined ? [] : [`only the header is here: ${withheld}`];
}

function unreadable(why: string): Decoded {
  return { kind: 'unreadable', why: `not readable as a mail: ${why}` };
}

interface Place {
  readonly envelope: Envelope;
  readonly account: Account;
}

function assemble(read: ReadMail, who: Who, place: Place): Mail {
  const report = readReport(read.leaves, read.bytes);
  const mailClass = classOf(read, who, report);
  const settled = settle(mailClass, read, report);
  const ids = idsOf(read);
  const thread = threadOf(read, who, place, settled);
  const noAutoReply = wantsNoAutoReply(read.fields, who.from);
  const { aligned } = who.authentication;
  return {
    ...settled,
    ...contentOf(read),
    ...headerOf(read),
    attachments: REPORTS.has(mailClass) ? [] : read.attachments,
    class: mailClass,
    id: draftId(read, ids.messageId),
    conversation: thread.conversation,
    sender: senderOf(who, mailClass, thread),
    from: who.from,
    messageId: ids.messageId,
    inReplyTo: ids.inReplyTo[0] ?? null,
    references: ids.references,
    returnPath: who.returnPath,
    deliveredTo: who.deliveredTo,
    authentication: who.authentication,
    token: thread.token,
    replyContext: replyContextOf({
      class: mailClass,
      from: who.from,
      replyTo: read.replyTo,
      cc: read.cc,
      subject: read.subject,
      ids,
      thread,
      aligned,
      own: who.own,
      noAutoReply,
    }),
  };
}

function classOf(read: ReadMail, who: Who, report: Report | null): MailClass {
  return classify({
    fields: read.fields,
    type: read.root.type,
    report,
    from: who.from ?? who.fallback,
    subject: read.subject ?? '',
    text: evidenceText(read.body.fullText),
    returnPath: who.returnPath,
    isEcho: who.echo !== 'no',
    ownAddresses: who.own,
    returnsMail: read.leaves.some(({ type }) => /^(?:message\/|text\/rfc822)/.test(type.value)),
    onlyForward: isOnlyForward(read),
  });
}

function contentOf(
  read: ReadMail,
): Pick<Mail, 'text' | 'fullText' | 'html' | 'calendar' | 'truncated'> {
  const html = read.body.html === null ? null : sanitise(read.body.html);
  const cutWords = new Set(read.body.truncated);
  if (read.text.length > TEXT) cutWords.add('text');
  if (html?.truncated === true) cutWords.add('html');
  return {
    text: cut(cleanText(read.text).text, TEXT),
    fullText: cut(cleanText(read.body.fullText).text, TEXT),
    html: html?.html ?? null,
    calendar: read.calendar,
    truncated: cutWords.size === 0 ? null : [...cutWords].join(' '),
  };
}

function headerOf(
  read: ReadMail,
): Pick<
  Mail,
  'replyTo' | 'to' | 'cc' | 'subject' | 'date' | 'autoSubmitted' | 'listId' | 'locale'
> {
  const { fields } = read;
  return {
    replyTo: read.replyTo,
    to: addressesOf(read.to),
    cc: addressesOf(read.cc),
    subject: read.subject === null ? null : cut(read.subject, 2_000),
    date: readDate(first(fields, 'date')),
    autoSubmitted: emptyToNull(first(fields, 'auto-submitted').slice(0, 100)),
    listId: emptyToNull(first(fields, 'list-id').slice(0, 300)),
    locale: localeOf(first(fields, 'content-language')),
  };
}

function idsOf({ fields }: ReadMail): Ids {
  return {
    messageId: messageIds(first(fields, 'message-id'))[0] ?? null,
    inReplyTo: messageIds(first(fields, 'in-reply-to')),
    references: messageIds(first(fields, 'references')),
  };
}

/** Our own mail belongs to the thread with its recipient, a report to the thread of the mail it returns. */
function threadOf(read: ReadMail, who: Who, place: Place, settled: Settled): Thread {
  const ids = idsOf(read);
  const returned = settled.bounce?.originalMessageId ?? null;
  const recipients = [...addressesOf(read.to), ...addressesOf(read.cc)];
  const customer = recipients.find((address) => !isOurs(address, who.own)) ?? recipients[0] ?? '';
  const thread = findThread(
    {
      messageId: ids.messageId ?? draftId(read, null),
      inReplyTo: returned === null ? ids.inReplyTo : [...ids.inReplyTo, returned],
      references: ids.references,
    },
    {
      address: who.echo === 'trusted' ? customer : who.handle,
      recipients: [...who.deliveredTo, ...recipients],
      mayUseToken: who.echo !== 'claimed',
    },
    place.account,
    place.envelope.receivedAt,
  );
  return REFUSED.has(who.authentication.dmarc) ? unproven(thread) : thread;
}

/** Whoever got hold of a token still cannot write from an address whose own domain disowns the mail. */
function unproven(thread: Thread): Thread {
  return { ...thread, token: { ...thread.token, proven: false } };
}

/** Programs and our own side are nobody's handles. */
function senderOf(who: Who, mailClass: MailClass, thread: Thread): Mail['sender'] {
  const person = ['message', 'autoReply', 'readReceipt'].includes(mailClass);
  const address = who.from?.address ?? '';
  const strong = who.authentication.aligned ? 'strong' : 'weak';
  const proof = thread.token.proven && who.single ? 'proven' : strong;
  const value = sameAddressForm(address);
  return {
    handle: who.handle,
    name: emptyToNull(cut(cleanText(who.from?.name ?? '').text, 200)),
    identities: person && address !== '' ? [{ kind: 'email', value, proof }] : [],
  };
}

function evidenceText(text: string): string {
  const folded = text.slice(0, EVIDENCE).toLowerCase().replaceAll('’', "'");
  return folded.replaceAll(/[\s\u00a0]+/g, ' ');
}

/** `Begin forwarded message:` and nothing above it. */
function isOnlyForward(read: ReadMail): boolean {
  const written = read.body.lines.find((line) => line.text.trim() !== '');
  return written === undefined || /forward/i.test(written.text);
}

/** BCP 47, the first one. */
function localeOf(field: string): string | null {
  const tag = field.split(',')[0]?.trim() ?? '';
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/.test(tag) ? tag : null;
}

function remarksOn(read: ReadMail, mail: Mail): readonly string[] {
  const remarks = [...read.body.remarks];
  if (read.from.length > 1) remarks.push('the mail names several senders');
  if (mail.text.includes('\ufffd')) remarks.push('unreadable characters were replaced');
  return remarks;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}

function emptyToNull(text: string): string | null {
  return text === '' ? null : text;
}
