import type { Account, Localised, Part, Rendered, Reply } from '../../src/sdk/index.js';
import { MAX_OUTGOING_BYTES, MAX_OUTGOING_FILES, MAX_OUTGOING_TEXT } from './definition.js';
import { escaped } from './body.js';
import { plainAddress, sameAddressForm } from './mime/addresses.js';
import { sanitise } from './sanitise.js';
import { readSettings } from './settings.js';
import { mintToken, shortHash } from './token.js';
import type { Answer, MailAddress } from './transport.js';

/** References that one answer carries at most; the root stays first. */
const MAX_REFERENCES = 20;
const MAX_COPIES = 50;

/** One answer is one mail, in the customer's thread, with the reply token in its Message-ID. */
export function render(reply: Reply, account: Account): Rendered {
  const settings = readSettings(account);
  const from = settings === null ? null : plainAddress(settings.address);
  if (settings === null || from === null) return REFUSALS.settings;
  const to = plainAddress(textOf(reply.conversation.context['to']) || reply.conversation.handle);
  if (to === null) return REFUSALS.recipient;
  const tooLarge = overLimit(reply);
  if (tooLarge !== null) return tooLarge;
  const part: Part = {
    payload: answerOf(reply, account, { from, to }),
    preview: reply.text,
    attachments: reply.attachments,
  };
  return { kind: 'parts', parts: [part] };
}

interface Ends {
  readonly from: string;
  readonly to: string;
}

function answerOf(reply: Reply, account: Account, { from, to }: Ends): Answer {
  const { context, key, subject, handle, name } = reply.conversation;
  const token = mintToken(account.macKeys, key, to, reply.composedAt);
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const messageId = messageIdOf(context['messageId']);
  const isCustomer = sameAddressForm(to) === sameAddressForm(handle);
  return {
    token,
    to: [{ name: isCustomer ? oneLine(name ?? '') : '', address: to }],
    cc: copiesOf(context['cc'], to),
    subject: replySubject(textOf(context['subject']) || (subject ?? '')),
    messageId: `<${shortHash(reply.id, 12)}.${token}@${domain}>`,
    inReplyTo: messageId,
    references: referencesOf(context['references'], messageId),
    text: reply.text,
    html: reply.html === null ? escaped(reply.text) : sanitise(reply.html).html,
  };
}

/** Prefixes that say "reply", in the languages mail clients speak. */
const REPLY_PREFIX =
  /^(?:re|aw|sv|antw|ref|rif|odp|vs|回复|回覆|答复|答覆)(?:\[\d{1,3}\])?\s?[:：]\s*/i;

/** One `Re:`, however often the subject went back and forth. */
export function replySubject(subject: string): string {
  let bare = oneLine(subject).slice(0, 900);
  for (let i = 0; i < 20 && REPLY_PREFIX.test(bare); i += 1) bare = bare.replace(REPLY_PREFIX, '');
  return `Re: ${bare}`.trimEnd();
}

/** No line break, no control character, no line or paragraph separator ever reaches a header. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .toWellFormed()
    .trim();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A Message-ID is repeated only in its plain form. */
function messageIdOf(value: unknown): string | null {
  const id = textOf(value);
  return /^<[\u0021-\u003b\u003d\u003f-\u007e]{1,248}>$/.test(id) ? id : null;
}

function referencesOf(value: unknown, last: string | null): readonly string[] {
  const all = [...(Array.isArray(value) ? (value as unknown[]) : []), last];
  const ids = [...new Set(all.map(messageIdOf).filter((id) => id !== null))];
  return ids.length <= MAX_REFERENCES
    ? ids
    : [...ids.slice(0, 1), ...ids.slice(1 - MAX_REFERENCES)];
}

function copiesOf(value: unknown, customer: string): readonly MailAddress[] {
  const left = new Set([sameAddressForm(customer)]);
  const copies: MailAddress[] = [];
  for (const entry of Array.isArray(value) ? (value as unknown[]) : []) {
    const address = plainAddress(textOf(entry));
    if (address === null || left.has(sameAddressForm(address)) || copies.length >= MAX_COPIES) {
      continue;
    }
    left.add(sameAddressForm(address));
    copies.push({ name: '', address });
  }
  return copies;
}

function overLimit(reply: Reply): Rendered | null {
  if (reply.text.length > MAX_OUTGOING_TEXT) return REFUSALS.text;
  if (reply.attachments.length > MAX_OUTGOING_FILES) return REFUSALS.files;
  const bytes = reply.attachments.reduce((sum, { size }) => sum + size, 0);
  return bytes > MAX_OUTGOING_BYTES ? REFUSALS.bytes : null;
}

function refused(why: Localised): Rendered {
  return { kind: 'refused', cause: 'content', why };
}

const REFUSALS = {
  settings: refused({
    en: 'The settings of this mail connection do not hold: check the mail address.',
    zh: '该邮箱连接的设置无效：请检查邮箱地址。',
  }),
  recipient: refused({
    en: 'This conversation has no mail address that can be answered.',
    zh: '该会话没有可回复的邮箱地址。',
  }),
  text: refused({
    en: `The text is longer than ${MAX_OUTGOING_TEXT} characters.`,
    zh: `正文超过 ${MAX_OUTGOING_TEXT} 个字符。`,
  }),
  files: refused({
    en: `More than ${MAX_OUTGOING_FILES} files.`,
    zh: `附件超过 ${MAX_OUTGOING_FILES} 个。`,
  }),
  bytes: refused({
    en: 'The files together are larger than 25 MB: most mail servers refuse that.',
    zh: '附件合计超过 25 MB：多数邮件服务器会拒收。',
  }),
} as const;
