import {
  clock,
  enClock,
  isoDate,
  longDate,
  mediumDate,
  shortDate,
  zhClock,
  zhDate,
  zhWeekday,
} from './quoting-dates.js';
import type { MailAddress } from './read-mail.js';

/** Mail programs whose way of quoting this simulator imitates. */
export const QUOTING_STYLES = ['gmail', 'outlook', 'foxmail', 'qq', 'iphone'] as const;
export type QuotingStyle = (typeof QUOTING_STYLES)[number];
export type QuotingLanguage = 'en' | 'zh';

/** What is answered, as the answering program shows it. */
export interface Quoted {
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly date: Date;
  readonly subject: string;
  readonly text: string;
}

/** An answer as it lies in the mail: what was written, and below it the quoted history. */
export interface Answer {
  readonly subject: string;
  readonly text: string;
  /** Null for programs that write plain text here. */
  readonly html: string | null;
}

/** Writes an answer the way this program does. Times are shown in Beijing time (UTC+8). */
export function writeAnswer(
  written: string,
  quoted: Quoted,
  manner: { readonly style: QuotingStyle; readonly language: QuotingLanguage },
): Answer {
  const { style, language } = manner;
  const history = HISTORIES[style][language](quoted);
  const text = `${written}\r\n\r\n${history}\r\n`;
  const subject = `${PREFIXES[style][language]}${quoted.subject}`;
  const html = style === 'gmail' ? gmailHtml(written, quoted, attribution(quoted, language)) : null;
  return { subject, text, html };
}

type Writer = (quoted: Quoted) => string;

const PREFIXES: Readonly<Record<QuotingStyle, Record<QuotingLanguage, string>>> = {
  gmail: { en: 'Re: ', zh: 'Re: ' },
  outlook: { en: 'RE: ', zh: '答复: ' },
  foxmail: { en: 'Re: ', zh: '回复: ' },
  qq: { en: 'Re:', zh: '回复：' },
  iphone: { en: 'Re: ', zh: '回复：' },
};

const HISTORIES: Readonly<Record<QuotingStyle, Record<QuotingLanguage, Writer>>> = {
  gmail: {
    en: (quoted) => `${attribution(quoted, 'en')}\r\n\r\n${angled(quoted.text)}`,
    zh: (quoted) => `${attribution(quoted, 'zh')}\r\n\r\n${angled(quoted.text)}`,
  },
  outlook: {
    en: (quoted) =>
      block(quoted, {
        top: ['_'.repeat(32)],
        from: `From: ${full(quoted.from)}`,
        date: `Sent: ${longDate(quoted.date)}`,
        to: `To: ${full(quoted.to)}`,
        subject: `Subject: ${quoted.subject}`,
      }),
    zh: (quoted) =>
      block(quoted, {
        top: ['_'.repeat(32)],
        from: `发件人: ${full(quoted.from)}`,
        date: `发送时间: ${zhDate(quoted.date)} ${clock(quoted.date)}`,
        to: `收件人: ${full(quoted.to)}`,
        subject: `主题: ${quoted.subject}`,
      }),
  },
  foxmail: {
    en: (quoted) =>
      block(quoted, {
        top: ['', quoted.to.name, ' '],
        from: `From: ${bare(quoted.from)}`,
        date: `Date: ${isoDate(quoted.date)} ${clock(quoted.date)}`,
        to: `To: ${bare(quoted.to)}`,
        subject: `Subject: ${quoted.subject}`,
      }),
    zh: (quoted) =>
      block(quoted, {
        top: ['', quoted.to.name, ' '],
        from: `发件人： ${bare(quoted.from)}`,
        date: `发送时间： ${isoDate(quoted.date)} ${clock(quoted.date)}`,
        to: `收件人： ${bare(quoted.to)}`,
        subject: `主题： ${quoted.subject}`,
      }),
  },
  qq: {
    en: (quoted) =>
      block(quoted, {
        top: ['', '', '------------------ Original ------------------'],
        from: `From: "${quoted.from.name}"<${quoted.from.address}>;`,
        date: `Date: ${longDate(quoted.date)}`,
        to: `To: "${quoted.to.name}"<${quoted.to.address}>;`,
        subject: `Subject: ${quoted.subject}`,
      }),
    zh: (quoted) =>
      block(quoted, {
        top: ['', '', '------------------ 原始邮件 ------------------'],
        from: `发件人: "${quoted.from.name}"<${quoted.from.address}>;`,
        date: `发送时间: ${zhDate(quoted.date)}(${zhWeekday(quoted.date)}) ${zhClock(quoted.date)}`,
        to: `收件人: "${quoted.to.name}"<${quoted.to.address}>;`,
        subject: `主题: ${quoted.subject}`,
      }),
  },
  iphone: {
    en: (quoted) => {
      const said = `On ${shortDate(quoted.date)}, at ${enClock(quoted.date)}, ${full(quoted.from)} wrote:`;
      return `Sent from my iPhone\r\n\r\n${angled(`${said}\n\n${quoted.text}`)}`;
    },
    zh: (quoted) => {
      const when = `${zhDate(quoted.date)}，${clock(quoted.date)}`;
      const said = `在 ${when}，${full(quoted.from)} 写道：`;
      return `发自我的iPhone\r\n\r\n${angled(`${said}\n\n${quoted.text}`)}`;
    },
  },
};

interface HeadLines {
  readonly top: readonly string[];
  readonly from: string;
  readonly date: string;
  readonly to: string;
  readonly subject: string;
}

function block(quoted: Quoted, lines: HeadLines): string {
  const { top, from, date, to, subject } = lines;
  return [...top, from, date, to, subject, '', ...linesOf(quoted.text)].join('\r\n');
}

function attribution(quoted: Quoted, language: QuotingLanguage): string {
  if (language === 'zh') {
    const weekday = zhWeekday(quoted.date).replace('星期', '周');
    return `${full(quoted.from)} 于${zhDate(quoted.date)}${weekday} ${clock(quoted.date)}写道：`;
  }
  return `On ${mediumDate(quoted.date)} at ${enClock(quoted.date)} ${full(quoted.from)} wrote:`;
}

function gmailHtml(written: string, quoted: Quoted, said: string): string {
  return (
    `<div dir="ltr">${toHtml(written)}</div><br>` +
    `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${toHtml(said)}<br></div>` +
    '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);' +
    `padding-left:1ex">${toHtml(quoted.text)}</blockquote></div>\r\n`
  );
}

function toHtml(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return linesOf(escaped).join('<br>');
}

function angled(text: string): string {
  return linesOf(text)
    .map((line) => (line === '' || line.startsWith('>') ? `>${line}` : `> ${line}`))
    .join('\r\n');
}

function linesOf(text: string): string[] {
  return text.trimEnd().replaceAll('\r\n', '\n').split('\n');
}

function full(person: MailAddress): string {
  return person.name === '' ? `<${person.address}>` : `${person.name} <${person.address}>`;
}

function bare(person: MailAddress): string {
  return person.name === '' ? person.address : person.name;
}
