import { isBlank, isRule } from './lines.js';
import type { Line } from './lines.js';
import { CLOSINGS, SENT_FROM } from './words.js';

/** A signature below `--` is at most this long; a longer tail is content. */
const DASHED_LINES = 40;
const DASHED_CHARACTERS = 3_000;

/** What follows a closing like `Regards,` is at most this long. */
const CLOSING_LINES = 6;
const CLOSING_WIDTH = 60;

/** The lines without the signature; unchanged when nothing else would be left. `sender` as From has them. */
export function withoutSignature(
  lines: readonly Line[],
  sender: readonly string[],
): readonly Line[] {
  const unmarked = lines.filter((line) => line.mark !== 'signature');
  const cut = Math.min(signatureStart(unmarked), bareNameStart(unmarked, sender));
  const kept = unmarked.slice(0, cut);
  return kept.some((line) => !isBlank(line)) ? kept : lines;
}

/** Some programs (Foxmail) sign with nothing but the sender's name or address, apart below the text. */
function bareNameStart(lines: readonly Line[], sender: readonly string[]): number {
  const names = new Set(sender.map(plain).filter((name) => name !== ''));
  let start = lines.length;
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const line = lines[i];
    if (line === undefined || isBlank(line)) continue;
    if (line.depth > 0 || !names.has(plain(line.text))) break;
    start = i;
  }
  const apart = start > 0 && (isBlank(lines[start - 1]) || isRule(lines[start - 1]?.text ?? '', 2));
  return start < lines.length && apart ? trimRules(lines, start) : lines.length;
}

const plain = (text: string): string => text.slice(0, 300).trim().toLowerCase();

function signatureStart(lines: readonly Line[]): number {
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    if (line === undefined || line.depth > 0 || isBlank(line)) continue;
    if (isDashes(line.text) && tailIsShort(lines, i + 1)) return i;
    if (isSentFrom(line.text) || isClosing(lines, i)) return trimRules(lines, i);
  }
  return lines.length;
}

/** `-- ` of RFC 3676 4.3 (often without its blank), or the underscores above a list's footer. */
function isDashes(text: string): boolean {
  const bare = text.trim();
  if (bare === '--') return true;
  return bare.startsWith('__') && isRule(bare, 2) && !bare.includes('-') && !bare.includes('*');
}

function tailIsShort(lines: readonly Line[], from: number): boolean {
  if (lines.length - from > DASHED_LINES) return false;
  let characters = 0;
  for (let i = from; i < lines.length; i += 1) characters += lines[i]?.text.length ?? 0;
  return characters <= DASHED_CHARACTERS;
}

/** `Sent from my iPhone`, `发自我的iPhone`, `Get Outlook for iOS<…>`: a short line that names a device or an app. */
export function isSentFrom(text: string): boolean {
  const line = withoutLink(text.slice(0, 300)).trim().toLowerCase();
  if (line.length > 70 || line.length < 4) return false;
  const start = SENT_FROM.find((words) => line.startsWith(words));
  if (start === undefined) return line.endsWith('から送信') || line.endsWith('에서 보냄');
  const rest = line
    .slice(start.length)
    .trim()
    .replace(/[.。]$/, '');
  return (
    rest !== '' &&
    rest.split(' ').length <= 7 &&
    !/[,，。;；?？!！]/.test(rest) &&
    namesDevice(line, start)
  );
}

/** Short Chinese openers need a device or an app behind them, or they begin a sentence. */
function namesDevice(line: string, start: string): boolean {
  if (
    [
      '通过',
      '用我的',
      '由我的',
      '从我的',
      '從我的',
      '自我的',
      '发自',
      '發自',
      'sent by',
      'lähetetty',
      'enviado de',
    ].includes(start)
  ) {
    return /iphone|ipad|android|手机|手機|邮箱|郵箱|mail|outlook|foxmail|华为|小米|huawei|xiaomi|oppo|vivo|samsung|honor|mi |qq|iphonesta|laite/.test(
      line,
    );
  }
  return !/^sent from (?:the|our|a|an) /.test(line);
}

function withoutLink(text: string): string {
  const open = text.search(/[<(（[]/);
  return open > 0 ? text.slice(0, open) : text.replaceAll(/[<>[\]()]/g, '');
}

function isClosing(lines: readonly Line[], at: number): boolean {
  const line = (lines[at]?.text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[,.!]$/, '');
  if (line.length > 20 || !CLOSINGS.has(line)) return false;
  let following = 0;
  for (let i = at + 1; i < lines.length; i += 1) {
    const next = lines[i];
    if (next === undefined || isBlank(next)) continue;
    following += 1;
    if (following > CLOSING_LINES || next.text.length > CLOSING_WIDTH) return false;
  }
  return true;
}

function trimRules(lines: readonly Line[], at: number): number {
  let start = at;
  while (start > 0 && (isBlank(lines[start - 1]) || isRule(lines[start - 1]?.text ?? '', 2))) {
    start -= 1;
  }
  return start === 0 ? at : start;
}
