import { EMPTY_LINE, quotedLine } from '../text/lines.js';
import type { Line } from '../text/lines.js';
import { meaningOf } from './containers.js';
import type { Meaning } from './containers.js';
import { LineBuffer } from './line-buffer.js';
import { decodeEntities } from './entities.js';
import { attribute, tokens } from './tokens.js';
import type { Token } from './tokens.js';

/** Elements that begin and end a line. */
const BLOCKS = new Set(
  'address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html includetail li main nav ol p pre section table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);

/** Elements with an empty line around them. */
const SPACED = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'pre']);

/** Elements that have no closing tag. */
const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr o:p'.split(' '),
);

/** Open elements that are followed at most; deeper ones only lose their meaning. */
const DEPTH = 2_000;

interface Open {
  readonly name: string;
  readonly meaning: Meaning;
}

/** HTML as lines of text, with the quote and signature containers of the mail clients marked. */
export function htmlLines(html: string): readonly Line[] {
  const writer = new Writer();
  for (const token of tokens(html)) writer.take(token);
  return writer.finish();
}

class Writer {
  private readonly lines: Line[] = [];
  private readonly open: Open[] = [];
  private readonly line = new LineBuffer();
  private quoted = 0;
  private signed = 0;
  private hidden = 0;
  private pre = 0;
  private cut = false;
  private link: { href: string; from: number } | null = null;

  take(token: Token): void {
    if (token.kind === 'text') this.words(token.text);
    else if (token.kind === 'open') this.enter(token);
    else this.leave(token.name);
  }

  finish(): readonly Line[] {
    this.closeLink();
    this.breakLine();
    return this.lines;
  }

  private words(raw: string): void {
    if (this.hidden > 0) return;
    const text = decodeEntities(raw)
      .replaceAll('\u00ad', '')
      .replaceAll('\u200b', '')
      .replaceAll('\u00a0', ' ');
    if (this.pre > 0) this.preformatted(text);
    else this.line.add(text.replace(/[ \t\r\n\f]+/g, ' '));
  }

  private preformatted(text: string): void {
    const [first = '', ...rest] = text.replaceAll('\r', '').split('\n');
    this.line.addExactly(first);
    for (const line of rest) {
      this.endLine();
      this.line.addExactly(line);
    }
  }

  private enter(tag: Token & { kind: 'open' }): void {
    const meaning = meaningOf(tag);
    if (BLOCKS.has(tag.name)) this.breakLine();
    if (meaning === 'cut') this.markCut();
    this.element(tag);
    if (
      VOID.has(tag.name) ||
      (tag.attributes.endsWith('/') && !BLOCKS.has(tag.name)) ||
      this.open.length >= DEPTH
    ) {
      return;
    }
    this.open.push({ name: tag.name, meaning });
    this.count(meaning, tag.name, 1);
  }

  private element(tag: Token & { kind: 'open' }): void {
    switch (tag.name) {
      case 'br':
        this.endLine();
        break;
      case 'hr':
        this.line.addExactly('---');
        this.endLine();
        break;
      case 'li':
        this.line.addExactly('- ');
        break;
      case 'td':
      case 'th':
        this.line.addBlank();
        break;
      case 'img':
        this.image(attribute(tag.attributes, 'alt'));
        break;
      case 'a':
        this.closeLink();
        this.link = {
          href: decodeEntities(attribute(tag.attributes, 'href')).trim(),
          from: this.line.size,
        };
        break;
      default:
        if (SPACED.has(tag.name)) this.emptyLine();
    }
  }

  private leave(name: string): void {
    if (name === 'a') this.closeLink();
    if (BLOCKS.has(name)) this.breakLine();
    if (SPACED.has(name)) this.emptyLine();
    const at = this.lastOpen(name);
    if (at < 0) return;
    for (const element of this.open.splice(at)) this.count(element.meaning, element.name, -1);
  }

  /** Looks at the innermost hundred: a stray closing tag must not cost a walk over all. */
  private lastOpen(name: string): number {
    const from = Math.max(0, this.open.length - 100);
    for (let i = this.open.length - 1; i >= from; i -= 1) if (this.open[i]?.name === name) return i;
    return -1;
  }

  private count(meaning: Meaning, name: string, step: 1 | -1): void {
    if (meaning === 'quote') this.quoted += step;
    else if (meaning === 'signature') this.signed += step;
    else if (meaning === 'hidden') this.hidden += step;
    if (name === 'pre') this.pre += step;
  }

  /** Emoji that a client sends as small pictures keep their character; other pictures leave no text. */
  private image(alt: string): void {
    const text = decodeEntities(alt);
    if (text !== '' && text.length <= 8 && /^[^\u0000-\u02ff]+$/.test(text)) this.words(text);
  }

  /** A link's address stands behind its text when the text does not show it. */
  private closeLink(): void {
    const link = this.link;
    this.link = null;
    if (link === null || this.hidden > 0) return;
    const shown = this.line.since(link.from);
    const href = link.href.replace(/^mailto:/i, '');
    if (shown === '' || !/^(?:https?:|mailto:|tel:)/i.test(link.href) || href.length > 2_000) {
      return;
    }
    if (sameTarget(shown, href)) return;
    this.line.addBlank();
    this.line.addExactly(`<${href}>`);
  }

  private markCut(): void {
    if (!this.cut) this.lines.push({ ...EMPTY_LINE, mark: 'cut' });
    this.cut = true;
  }

  private breakLine(): void {
    if (this.line.hasInk) this.endLine();
    else this.line.take();
    if (this.link !== null) this.link = { href: this.link.href, from: 0 };
  }

  private emptyLine(): void {
    const last = this.lines.at(-1);
    if (last !== undefined && last.text !== '') this.push('');
  }

  private endLine(): void {
    this.push(this.line.take());
  }

  private push(text: string): void {
    this.lines.push(quotedLine(text, this.quoted, this.signed > 0 ? 'signature' : ''));
  }
}

function sameTarget(shown: string, href: string): boolean {
  const bare = (text: string): string =>
    text
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/^www\./, '')
      .replace(/\/$/, '');
  return bare(shown) === bare(href) || (bare(href).endsWith(bare(shown)) && bare(shown).length > 8);
}
