/** A piece of HTML: text as written, or a tag with its attributes unread. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'open'; readonly name: string; readonly attributes: string }
  | { readonly kind: 'close'; readonly name: string };

/** Elements whose content is no text of the mail. */
const RAW = new Set([
  'script',
  'style',
  'title',
  'xml',
  'noscript',
  'template',
  'svg',
  'select',
  'textarea',
  'object',
  'iframe',
  'math',
]);

/**
 * Cuts HTML into tokens in one pass: no tree, no recursion, and every character is looked at a bounded
 * number of times, whatever is left open.
 */
export function* tokens(html: string): Generator<Token> {
  const reader = new Reader(html);
  let token = reader.next();
  while (token !== null) {
    yield token;
    token = reader.next();
  }
}

class Reader {
  private readonly html: string;
  private at = 0;
  private ended: Set<string> = new Set();

  constructor(html: string) {
    this.html = html;
  }

  next(): Token | null {
    while (this.at < this.html.length) {
      const open = this.html.indexOf('<', this.at);
      if (open !== this.at) return this.text(open < 0 ? this.html.length : open);
      if (!isTagStart(this.html.charCodeAt(open + 1))) return this.text(open + 1);
      if (this.passedMarkup(open)) continue;
      return this.tag(open);
    }
    return null;
  }

  private text(end: number): Token {
    const text = this.html.slice(this.at, end);
    this.at = end;
    return { kind: 'text', text };
  }

  /** Passes over comments, conditional comments, doctype and processing instructions. */
  private passedMarkup(open: number): boolean {
    const mark = this.html.charAt(open + 1);
    if (mark !== '!' && mark !== '?') return false;
    const comment = this.html.startsWith('<!--', open);
    this.at = this.after(comment ? '-->' : '>', open + 2);
    return true;
  }

  private tag(open: number): Token {
    const closing = this.html.charAt(open + 1) === '/';
    let nameEnd = open + (closing ? 2 : 1);
    const nameStart = nameEnd;
    while (nameEnd - nameStart < 40 && isNameCode(this.html.charCodeAt(nameEnd))) nameEnd += 1;
    const name = this.html.slice(nameStart, nameEnd).toLowerCase();
    const end = this.tagEnd(nameEnd);
    const attributes = this.html.slice(nameEnd, end);
    this.at = Math.min(end + 1, this.html.length);
    if (closing) return { kind: 'close', name };
    if (RAW.has(name) && !attributes.endsWith('/')) this.skipRaw(name);
    return { kind: 'open', name, attributes };
  }

  /** The `>` of a tag, outside quoted values; a quote that is never closed does not swallow the mail. */
  private tagEnd(from: number): number {
    let i = from;
    while (i < this.html.length) {
      const c = this.html.charAt(i);
      if (c === '>') return i;
      if ((c === '"' || c === "'") && this.html.charAt(i - 1) === '=') {
        const close = this.find(c, i + 1);
        if (close >= 0) i = close;
      }
      i += 1;
    }
    return this.html.length;
  }

  private skipRaw(name: string): void {
    const close = this.findClose(name);
    if (close >= 0) this.at = close;
    else if (name === 'script' || name === 'style') this.at = this.html.length;
  }

  private findClose(name: string): number {
    const key = `</${name}`;
    if (this.ended.has(key)) return -1;
    let at = this.html.indexOf('</', this.at);
    while (at >= 0 && this.html.slice(at, at + key.length).toLowerCase() !== key) {
      at = this.html.indexOf('</', at + 2);
    }
    if (at < 0) this.ended.add(key);
    return at;
  }

  /** indexOf that remembers what does not come any more, so that repeated misses stay linear. */
  private find(what: string, from: number): number {
    if (this.ended.has(what)) return -1;
    const found = this.html.indexOf(what, from);
    if (found < 0) this.ended.add(what);
    return found;
  }

  private after(what: string, from: number): number {
    const found = this.find(what, from);
    return found < 0 ? this.html.length : found + what.length;
  }
}

function isTagStart(code: number): boolean {
  return isLetter(code) || code === 0x2f || code === 0x21 || code === 0x3f;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isNameCode(code: number): boolean {
  return isLetter(code) || (code >= 0x30 && code <= 0x39) || code === 0x3a || code === 0x2d;
}

/** The value of one attribute of a tag, or an empty string. Looks at the first 20,000 characters. */
export function attribute(attributes: string, name: string): string {
  const raw = attributes.length > 20_000 ? attributes.slice(0, 20_000) : attributes;
  const lower = raw.toLowerCase();
  let at = lower.indexOf(name);
  while (at >= 0) {
    const value = valueAt(raw, at + name.length);
    const before = at === 0 ? ' ' : raw.charAt(at - 1);
    if (value !== null && /[\s"'/]/.test(before)) return value;
    at = lower.indexOf(name, at + name.length);
  }
  return '';
}

function valueAt(raw: string, from: number): string | null {
  let i = from;
  while (/\s/.test(raw.charAt(i)) && i - from < 20) i += 1;
  if (raw.charAt(i) !== '=') return null;
  i += 1;
  while (/\s/.test(raw.charAt(i)) && i - from < 40) i += 1;
  const quote = raw.charAt(i);
  if (quote === '"' || quote === "'") {
    const close = raw.indexOf(quote, i + 1);
    return raw.slice(i + 1, close < 0 ? raw.length : close);
  }
  const end = raw.slice(i).search(/[\s>]/);
  return end < 0 ? raw.slice(i) : raw.slice(i, i + end);
}
