import type { Token } from './tokens.js';
import { attribute } from './tokens.js';

/** What an element means for the visible text. */
export type Meaning =
  /** All inside is history. */
  | 'quote'
  /** The history begins here and runs to the end. */
  | 'cut'
  | 'signature'
  | 'hidden'
  | 'plain';

/** Classes and ids (lower case, whole words) of quote containers of the clients named beside them. */
const QUOTES: ReadonlySet<string> = new Set([
  'gmail_quote', // Gmail
  'gmail_quote_container',
  'gmail_extra',
  'yahoo_quoted', // Yahoo
  'yahooquoted',
  'moz-cite-prefix', // Thunderbird, the attribution line
  'moz-email-headers-table',
  'olk_src_body_section', // Outlook for Mac
  'protonmail_quote', // Proton
  'tutanota_quote',
  'zmail_extra', // Zoho
  'mailru-blockquote', // Mail.ru
  'isreplycontent', // 163
  'ntes-mailmaster-quote', // NetEase mail master
  'replyquote',
  'foxmailquote', // Foxmail
  'outlookmessageheader',
  'originalcontent',
  'sender-info',
]);

const CUTS: ReadonlySet<string> = new Set([
  'divrplyfwdmsg', // Outlook on the web
  'appendonsend', // Outlook
  'stopspelling', // Hotmail
  'reply-intro',
  'quoted-history',
]);

const SIGNATURES: ReadonlySet<string> = new Set([
  'gmail_signature',
  'gmail_signature_prefix',
  'moz-signature',
  'ms-outlook-mobile-signature',
  'ms-outlook-ios-signature',
  'applemailsignature',
  'signature',
  'x_signature',
  'ymail_android_signature',
  'protonmail_signature_block',
  'ntes-mailmaster-signature',
  'foxmailsignature',
]);

/** Reads what an opening tag says about its content. */
export function meaningOf(tag: Token & { kind: 'open' }): Meaning {
  if (tag.name === 'blockquote' || tag.name === 'includetail') return 'quote';
  if (tag.attributes.length < 4) return 'plain';
  if (isHidden(tag.attributes)) return 'hidden';
  for (const name of ['class', 'id', 'name']) {
    for (const word of words(attribute(tag.attributes, name))) {
      if (isIn(QUOTES, word)) return 'quote';
      if (isIn(CUTS, word)) return 'cut';
      if (isIn(SIGNATURES, word)) return 'signature';
    }
  }
  return 'plain';
}

function words(value: string): readonly string[] {
  return value.slice(0, 300).toLowerCase().split(' ');
}

/** Outlook prefixes the ids of quoted mails with `x_`, Yahoo puts numbers behind. */
function isIn(set: ReadonlySet<string>, word: string): boolean {
  if (word === '') return false;
  return (
    set.has(word) ||
    set.has(word.replace(/[\d_-]{1,20}$/, '')) ||
    (word.startsWith('mail-editor-reference') && set === QUOTES)
  );
}

/** Preheaders that only a list of mails shows. */
function isHidden(attributes: string): boolean {
  const style = attribute(attributes, 'style').slice(0, 500).toLowerCase().replaceAll(' ', '');
  return style.includes('display:none') || style.includes('mso-hide:all');
}
