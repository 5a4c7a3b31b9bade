/** How bytes became text. */
export interface DecodedText {
  readonly text: string;
  /** The charset that was used; null when the declared one is refused or unknown to us. */
  readonly charset: string | null;
}

/** Spellings that the WHATWG labels lack and that real mailers write. Keys have no separators. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['utf8mb4', 'utf-8'],
  ['cp936', 'gb18030'],
  ['ms936', 'gb18030'],
  ['windows936', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['gbk', 'gb18030'],
  ['gb231280', 'gb18030'],
  ['euccn', 'gb18030'],
  ['cp950', 'big5'],
  ['ms950', 'big5'],
  ['windows950', 'big5'],
  ['big5hkscs', 'big5'],
  ['cp932', 'shift_jis'],
  ['ms932', 'shift_jis'],
  ['windows31j', 'shift_jis'],
  ['shiftjis', 'shift_jis'],
  ['sjis', 'shift_jis'],
  ['eucjp', 'euc-jp'],
  ['iso2022jp', 'iso-2022-jp'],
  ['iso2022jp1', 'iso-2022-jp'],
  ['iso2022jp2', 'iso-2022-jp'],
  ['iso2022jpms', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['jis', 'iso-2022-jp'],
  ['euckr', 'euc-kr'],
  ['cp949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['ksc56011987', 'euc-kr'],
  ['tis620', 'windows-874'],
  ['iso88598i', 'iso-8859-8'],
  ['cp1250', 'windows-1250'],
  ['cp1251', 'windows-1251'],
  ['cp1252', 'windows-1252'],
  ['latin1', 'windows-1252'],
]);

/** Labels that say nothing: the bytes are looked at instead. */
const SILENT = new Set([
  '',
  'usascii',
  'ascii',
  'unknown8bit',
  'xunknown',
  'unknown',
  '8bit',
  'binary',
  'default',
  'none',
  'ansix341968',
]);

/** UTF-7 hides markup from every check that reads bytes (RFC 2152 text is pure ASCII), so it is never decoded. */
const REFUSED = new Set([
  'utf7',
  'unicode11utf7',
  'unicode20utf7',
  'csutf7',
  'xunicode20utf7',
  'utf7imap',
]);

/** Windows-1252 for 0x80-0x9F, which some Node releases decode as control characters. */
const WINDOWS_1252 =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

export function looksEightBit(latin1: string): boolean {
  for (let i = 0; i < latin1.length; i += 1) if (latin1.charCodeAt(i) > 0x7f) return true;
  return false;
}

/**
 * Decodes text of a mail. A silent or missing label is replaced by a look at the bytes; a leading
 * `?` marks the label as a hint that valid UTF-8 overrules. Never throws.
 */
export function decodeBytes(bytes: Buffer, label: string): DecodedText {
  const hint = label.startsWith('?');
  const key = plainLabel(hint ? label.slice(1) : label);
  if (REFUSED.has(key)) return { text: '', charset: null };
  if (SILENT.has(key)) return guess(bytes);
  if (hint || key === 'utf8') return guess(bytes, key === 'utf8' ? 'utf-8' : key);
  return decodeAs(bytes, ALIASES.get(key) ?? label.trim()) ?? guess(bytes);
}

function plainLabel(label: string): string {
  const bare = label
    .trim()
    .toLowerCase()
    .replace(/[\s._:-]/g, '')
    .slice(0, 40);
  return bare.startsWith('x') && ALIASES.has(bare.slice(1)) ? bare.slice(1) : bare;
}

function decodeAs(bytes: Buffer, label: string, fatal = false): DecodedText | null {
  try {
    const decoder = new TextDecoder(label, { fatal });
    const text = decoder.decode(bytes);
    return {
      text: decoder.encoding === 'windows-1252' ? mendWindows1252(text) : text,
      charset: decoder.encoding,
    };
  } catch {
    return null;
  }
}

/** Puts the characters of Windows-1252 in the place of control characters 0x80-0x9F, which no text means. */
export function mendWindows1252(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80));
}

/** ISO-2022-JP by its escapes, UTF-8 when valid, the preferred charset, Chinese by its byte pairs, else Western. */
function guess(bytes: Buffer, preferred = ''): DecodedText {
  for (const label of candidates(bytes, preferred)) {
    const decoded = decodeAs(bytes, label.replace('!', ''), label.endsWith('!'));
    if (decoded !== null) return decoded;
  }
  return { text: bytes.toString('latin1'), charset: 'iso-8859-1' };
}

/** Labels to try in order; `!` accepts only bytes that are valid in it. */
function* candidates(bytes: Buffer, preferred: string): Generator<string> {
  if (bytes.includes('\u001b$B', 0, 'latin1') || bytes.includes('\u001b$@', 0, 'latin1')) {
    yield 'iso-2022-jp';
  }
  yield 'utf-8!';
  if (preferred !== '' && preferred !== 'utf-8') yield ALIASES.get(preferred) ?? preferred;
  if (looksChinese(bytes)) yield 'gb18030';
  yield preferred === 'utf-8' ? 'utf-8' : 'windows-1252';
}

/** Bytes looked at for a guess. */
const SAMPLE = 64 * 1024;

/** GB 2312 hanzi and punctuation come as pairs of two high bytes; Western accents stand alone. */
function looksChinese(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, SAMPLE);
  let pairs = 0;
  let strays = 0;
  for (let i = 0; i < end; i += 1) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x80) continue;
    const trail = bytes[i + 1] ?? 0;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1 && trail <= 0xfe) {
      pairs += 1;
      i += 1;
    } else strays += 1;
  }
  return pairs > 0 && strays * 10 <= pairs;
}
