import { htmlLines } from './html/lines.js';
import { isAttachedMail, partName } from './mime/names.js';
import { decodeBytes } from './mime/charset.js';
import type { MimePart } from './mime/structure.js';
import { undoTransfer } from './mime/transfer.js';
import { unfoldFlowed } from './text/flowed.js';
import { EMPTY_LINE, isBlank, linesToText, plainLines } from './text/lines.js';
import type { Line } from './text/lines.js';

/** Encoded bytes of a text part that are read, and characters of a body that are looked at. */
const TEXT_BYTES = 3 * 1024 * 1024;
const TEXT_CHARACTERS = 250_000;
const HTML_CHARACTERS = 1_000_000;

/** One place of the body: its plain and its HTML form, of which at least one is there. */
interface Passage {
  plain: MimePart | null;
  html: MimePart | null;
}

export interface Body {
  readonly lines: readonly Line[];
  readonly fullText: string;
  /** As it came, not sanitised; null when no part is HTML. */
  readonly html: string | null;
  /** Leaves that are not the body. */
  readonly attached: readonly MimePart[];
  readonly remarks: readonly string[];
  readonly truncated: readonly string[];
}

/** Sorts the leaves of a mail into its body and its attachments, and reads the body. */
export function readBody(root: MimePart, bytes: Buffer): Body {
  const passages: Passage[] = [];
  const attached: MimePart[] = [];
  sort(root, passages, attached);
  return new BodyReader(bytes).read(passages, attached);
}

function sort(part: MimePart, passages: Passage[], attached: MimePart[]): void {
  if (part.children.length === 0) {
    if (isBodyText(part)) passages.push(asPassage(part));
    else attached.push(part);
    return;
  }
  if (part.type.value === 'multipart/alternative') {
    sortAlternative(part, passages, attached);
    return;
  }
  for (const child of part.children) sort(child, passages, attached);
}

function asPassage(part: MimePart): Passage {
  const html = part.type.value === 'text/html';
  return { plain: html ? null : part, html: html ? part : null };
}

/** Of an alternative the last plain and the last HTML form count as one passage. */
function sortAlternative(part: MimePart, passages: Passage[], attached: MimePart[]): void {
  const inner: Passage[] = [];
  for (const child of part.children) sort(child, inner, attached);
  const plain = inner.map((passage) => passage.plain).filter((found) => found !== null);
  const html = inner.map((passage) => passage.html).filter((found) => found !== null);
  const single = inner.length <= 2 && plain.length <= 1 && html.length <= 1;
  if (single && inner.length > 0) passages.push({ plain: plain[0] ?? null, html: html[0] ?? null });
  else if (html.length > 0) passages.push({ plain: plain[0] ?? null, html: html.at(-1) ?? null });
  else passages.push(...inner);
}

/** Text without a file name is the body, wherever it stands; named text is a file, but for the root and alternatives. */
function isBodyText(part: MimePart): boolean {
  const { value } = part.type;
  const textual = value === 'text/plain' || value === 'text/html';
  if (value.startsWith('multipart/')) return part.parent === null;
  if (!textual || part.disposition.value === 'attachment') return false;
  const free = part.parent === null || part.parent.type.value === 'multipart/alternative';
  return free || partName(part) === null;
}

class BodyReader {
  private readonly bytes: Buffer;
  private readonly remarks = new Set<string>();
  private readonly truncated = new Set<string>();

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  read(passages: readonly Passage[], attached: readonly MimePart[]): Body {
    const lines: Line[] = [];
    for (const passage of passages) {
      if (lines.length > 0) lines.push(EMPTY_LINE);
      for (const line of this.passageLines(passage)) lines.push(line);
    }
    const html = this.wholeHtml(passages);
    for (const part of attached) this.remarkOn(part);
    return {
      lines,
      fullText: linesToText(lines),
      html,
      attached,
      remarks: [...this.remarks],
      truncated: [...this.truncated],
    };
  }

  private passageLines({ plain, html }: Passage): readonly Line[] {
    if (plain !== null) {
      const lines = plainLines(this.plainText(plain));
      if (html === null || lines.some((line) => !isBlank(line))) return lines;
    }
    return html === null ? [] : htmlLines(this.text(html, HTML_CHARACTERS));
  }

  private plainText(part: MimePart): string {
    const text = this.text(part, TEXT_CHARACTERS);
    const { parameters } = part.type;
    if (parameters.get('format')?.toLowerCase() !== 'flowed') return text;
    return unfoldFlowed(text, parameters.get('delsp')?.toLowerCase() === 'yes');
  }

  private text(part: MimePart, limit: number): string {
    const encoded = this.bytes.subarray(part.start, Math.min(part.end, part.start + TEXT_BYTES));
    const charset = part.type.parameters.get('charset') ?? '';
    const decoded = decodeBytes(undoTransfer(encoded, part.encoding), charset);
    if (decoded.charset === null) {
      this.remarks.add(`text in the charset ${charset.slice(0, 40)} is not decoded`);
      return `[unreadable charset ${charset.slice(0, 40)}]`;
    }
    if (part.end - part.start > TEXT_BYTES || decoded.text.length > limit) {
      this.truncated.add('text');
    }
    return decoded.text
      .slice(0, limit)
      .replaceAll('\r\n', '\n')
      .replaceAll('\r', '\n')
      .toWellFormed();
  }

  private wholeHtml(passages: readonly Passage[]): string | null {
    if (!passages.some((passage) => passage.html !== null)) return null;
    const pieces = passages.map(({ plain, html }) =>
      html !== null
        ? this.text(html, HTML_CHARACTERS)
        : plain === null
          ? ''
          : escaped(this.plainText(plain)),
    );
    return pieces.join('<br>\n').slice(0, HTML_CHARACTERS);
  }

  private remarkOn(part: MimePart): void {
    if (part.type.value === 'application/ms-tnef') {
      this.remarks.add('winmail.dat (TNEF) is kept as it is; its content is not unpacked');
    }
    if (isAttachedMail(part)) this.remarks.add('a mail is attached to this mail');
  }
}

/** Plain text inside an HTML body. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>\n');
}
