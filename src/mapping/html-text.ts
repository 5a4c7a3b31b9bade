const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);
const NEW_LINE_AT: ReadonlySet<string> = new Set(
  'br p div li tr h1 h2 h3 h4 h5 h6 blockquote'.split(' '),
);
const WITHOUT_TEXT: ReadonlySet<string> = new Set(['script', 'style', 'head', 'title']);
const LONGEST_ENTITY = 10;

/**
 * The text a reader of this HTML sees, by one pass from left to right. For short fragments of chat
 * and form platforms; it is no sanitiser, its result is shown as text.
 */
export function htmlToText(html: string): string {
  let text = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) return tidy(text + decoded(html.slice(at)));
    text += decoded(html.slice(at, open));
    const close = html.indexOf('>', open);
    if (close < 0) return tidy(text);
    const tag = tagName(html, open + 1);
    if (NEW_LINE_AT.has(tag)) text += '\n';
    const hidden = WITHOUT_TEXT.has(tag) && html.charAt(open + 1) !== '/';
    at = hidden ? endOfElement(html, close, tag) : close + 1;
  }
  return tidy(text);
}

/** `br` of `<br/>`, `p` of `</p>`. */
function tagName(html: string, from: number): string {
  const start = html.charAt(from) === '/' ? from + 1 : from;
  const name = /^[A-Za-z0-9]{1,12}/.exec(html.slice(start, start + 12));
  return (name?.[0] ?? '').toLowerCase();
}

function endOfElement(html: string, from: number, tag: string): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (tagName(html, at + 1) === tag) return at;
  }
  return html.length;
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  let out = '';
  let at = 0;
  for (let amp = text.indexOf('&'); amp >= 0; amp = text.indexOf('&', at)) {
    const near = text.slice(amp + 1, amp + LONGEST_ENTITY);
    const length = near.indexOf(';');
    const character = length < 0 ? null : characterOf(near.slice(0, length));
    out += text.slice(at, amp) + (character ?? '&');
    at = character === null ? amp + 1 : amp + length + 2;
  }
  return out + text.slice(at);
}

function characterOf(name: string): string | null {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name) ?? [];
  if (hex === undefined && decimal === undefined) return ENTITIES.get(name.toLowerCase()) ?? null;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines
    .filter((line, i) => line !== '' || (i > 0 && lines[i - 1] !== ''))
    .join('\n')
    .trim();
}
