import { first, readHeaderBlock } from './fields.js';
import type { Fields } from './fields.js';
import { readStructured } from './parameters.js';
import type { Structured } from './parameters.js';

/** Bounds of one mail, checked by the linear scan before anything is decoded. */
export const MIME_LIMITS = {
  /** Lines of the whole mail. */
  lines: 2_000_000,
  parts: 1_000,
  depth: 20,
  /** Bytes of the header blocks of all parts together. */
  headerBytes: 1024 * 1024,
  /** Lines of the header blocks of all parts together. */
  headerLines: 20_000,
} as const;

/** One part of a mail: where it lies in the bytes, and what its header says. Nothing is copied. */
export interface MimePart {
  readonly fields: Fields;
  readonly type: Structured;
  readonly disposition: Structured;
  /** Lower case, e.g. `base64`. */
  readonly encoding: string;
  readonly start: number;
  end: number;
  readonly depth: number;
  readonly parent: MimePart | null;
  readonly children: MimePart[];
}

export type Structure =
  | { readonly kind: 'tree'; readonly root: MimePart; readonly lines: number }
  | { readonly kind: 'refused'; readonly why: string };

interface OpenBoundary {
  readonly delimiter: Buffer;
  readonly part: MimePart;
}

const LF = 0x0a;
const DASH = 0x2d;

/**
 * Finds the parts of a mail in one pass over its lines: memory grows with the number of parts, time
 * with the number of bytes. Limits are met with a sentence instead of a tree.
 */
export function scanStructure(bytes: Buffer): Structure {
  const scan = new Scan(bytes);
  return scan.run();
}

class Scan {
  private readonly bytes: Buffer;
  private readonly open: OpenBoundary[] = [];
  private readonly root: MimePart;
  private at: number;
  private parts = 0;
  private lines = 0;
  private headerLines = 0;
  private headerBytes = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.at = skipMailboxLine(bytes);
    this.root = this.readPart(null);
  }

  run(): Structure {
    while (this.at < this.bytes.length) {
      const why = this.broken();
      if (why !== null) return { kind: 'refused', why };
      this.takeLine();
    }
    const why = this.broken();
    if (why !== null) return { kind: 'refused', why };
    this.root.end = this.bytes.length;
    for (const { part } of this.open) closeOpenParts(part, this.bytes.length);
    return { kind: 'tree', root: this.root, lines: this.lines };
  }

  private broken(): string | null {
    if (this.lines > MIME_LIMITS.lines) return `more than ${MIME_LIMITS.lines} lines`;
    if (this.parts > MIME_LIMITS.parts) return `more than ${MIME_LIMITS.parts} MIME parts`;
    if (this.open.length > MIME_LIMITS.depth) {
      return `parts nested deeper than ${MIME_LIMITS.depth}`;
    }
    if (this.headerLines > MIME_LIMITS.headerLines) {
      return `more than ${MIME_LIMITS.headerLines} header lines`;
    }
    if (this.headerBytes > MIME_LIMITS.headerBytes) {
      return `headers longer than ${MIME_LIMITS.headerBytes} bytes`;
    }
    return null;
  }

  private takeLine(): void {
    const start = this.at;
    const feed = this.bytes.indexOf(LF, start);
    this.at = feed < 0 ? this.bytes.length : feed + 1;
    this.lines += 1;
    if (this.bytes[start] !== DASH || this.bytes[start + 1] !== DASH) return;
    for (let i = this.open.length - 1; i >= 0; i -= 1) {
      const match = this.matches(this.open[i], start);
      if (match === 'none') continue;
      this.meetBoundary(i, start, match === 'last');
      return;
    }
  }

  /** A delimiter line is `--boundary`, perhaps `--`, and blanks; nothing else. */
  private matches(open: OpenBoundary | undefined, start: number): 'none' | 'next' | 'last' {
    if (open === undefined) return 'none';
    const { delimiter } = open;
    const end = start + delimiter.length;
    if (end > this.at || this.bytes.compare(delimiter, 0, delimiter.length, start, end) !== 0) {
      return 'none';
    }
    const last = this.bytes[end] === DASH && this.bytes[end + 1] === DASH;
    if (!this.blankFrom(last ? end + 2 : end)) return 'none';
    return last ? 'last' : 'next';
  }

  /** Only blanks from here to the end of the line. */
  private blankFrom(start: number): boolean {
    for (let i = start; i < this.at; i += 1) {
      const byte = this.bytes[i] ?? 0;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== LF) return false;
    }
    return true;
  }

  private meetBoundary(level: number, start: number, last: boolean): void {
    const meets = this.open[level];
    if (meets === undefined) return;
    const end = beforeLineEnd(this.bytes, start);
    closeOpenParts(meets.part, end);
    this.open.length = last ? level : level + 1;
    if (last) {
      meets.part.end = start;
      return;
    }
    meets.part.children.push(this.readPart(meets.part));
  }

  private readPart(parent: MimePart | null): MimePart {
    const from = this.at;
    const block = readHeaderBlock(this.bytes, from, this.headerEnd(from));
    this.at = block.bodyStart;
    this.parts += 1;
    this.lines += block.lines;
    this.headerLines += block.lines;
    this.headerBytes += block.bodyStart - from;
    const part = describePart(block.fields, block.bodyStart, parent);
    part.end = -1;
    this.openBoundary(part);
    return part;
  }

  /** A header block is read up to the limit and a little: what is longer is refused afterwards. */
  private headerEnd(from: number): number {
    return Math.min(this.bytes.length, from + MIME_LIMITS.headerBytes + 4_096);
  }

  private openBoundary(part: MimePart): void {
    if (!part.type.value.startsWith('multipart/')) return;
    const named = part.type.parameters.get('boundary') ?? '';
    const boundary = named.trimEnd() === '' ? sniffBoundary(this.bytes, this.at) : named.trimEnd();
    if (boundary === '') return;
    this.open.push({ delimiter: Buffer.from(`--${boundary}`, 'latin1'), part });
  }
}

function describePart(fields: Fields, start: number, parent: MimePart | null): MimePart {
  const digest = parent?.type.value === 'multipart/digest';
  const declared = readStructured(first(fields, 'content-type'));
  const fallback = digest ? 'message/rfc822' : 'text/plain';
  const value = declared.value.includes('/') ? declared.value : plainWord(declared.value, fallback);
  const encoding = readStructured(first(fields, 'content-transfer-encoding')).value;
  return {
    fields,
    type: { value, parameters: declared.parameters },
    disposition: readStructured(first(fields, 'content-disposition')),
    encoding: (encoding.replaceAll('"', '').split(' ')[0] ?? '').trim(),
    start,
    end: start,
    depth: parent === null ? 0 : parent.depth + 1,
    parent,
    children: [],
  };
}

/** Old mailers write `text` or `html` alone. */
function plainWord(word: string, fallback: string): string {
  return word === 'html' ? 'text/html' : fallback;
}

/** Ends the last open chain of children below a part. */
function closeOpenParts(part: MimePart, end: number): void {
  let child = part.children.at(-1);
  while (child !== undefined) {
    if (child.end < 0) child.end = Math.max(child.start, end);
    child = child.children.at(-1);
  }
  if (part.end < 0 && part.parent === null) part.end = end;
}

/** The line end before a delimiter belongs to the delimiter. */
function beforeLineEnd(bytes: Buffer, start: number): number {
  let end = start;
  if (end > 0 && bytes[end - 1] === LF) end -= 1;
  if (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
  return end;
}

/** A multipart that lost its boundary parameter names it in its first delimiter line. */
function sniffBoundary(bytes: Buffer, from: number): string {
  const window = bytes.toString('latin1', from, Math.min(bytes.length, from + 4_096)).split('\n');
  const line = window.find((text) => text.startsWith('--') && text.trimEnd().length > 4);
  return line === undefined ? '' : line.trimEnd().slice(2);
}

/** Passes over a byte order mark, empty lines and the `From ` line of an mbox. */
function skipMailboxLine(bytes: Buffer): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (bytes[at] === LF || bytes[at] === 0x0d) at += 1;
  const start = bytes.toString('latin1', at, at + 80);
  if (!/^>?From [^:\s]/.test(start)) return at;
  const feed = bytes.indexOf(LF, at);
  return feed < 0 ? bytes.length : feed + 1;
}

/** The leaves of a tree in the order of the mail; a leaf's position is its attachment ref. */
export function leaves(root: MimePart): readonly MimePart[] {
  const out: MimePart[] = [];
  const waiting: MimePart[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.children.length === 0) out.push(part);
    else for (let i = part.children.length - 1; i >= 0; i -= 1) pushPart(waiting, part.children[i]);
  }
  return out;
}

function pushPart(list: MimePart[], part: MimePart | undefined): void {
  if (part !== undefined) list.push(part);
}
