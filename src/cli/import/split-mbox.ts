import type { Piece } from './piece.js';

export const MAX_MAIL_BYTES = 50 * 1024 * 1024;
/** A separator is one line; a line longer than this is part of a mail. */
const LONGEST_SEPARATOR = 1_000;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 62;
const FROM = Buffer.from('From ');

/** Mails of an mbox: each begins after a `From ` line that follows an empty one; `>From ` loses its mark. */
export async function* splitMbox(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  const splitter = new MboxSplitter();
  for await (const chunk of chunks) yield* splitter.take(chunk);
  yield* splitter.finish();
}

interface Mail {
  readonly line: number;
  readonly start: number;
  readonly receivedAt: number | null;
  slices: Buffer[];
  size: number;
}

/** Walks line by line over chunks; holds one mail and one unfinished line at most. */
class MboxSplitter {
  private mail: Mail | null = null;
  private rest: Buffer = Buffer.alloc(0);
  private offset = 0;
  private line = 0;
  private afterEmpty = true;
  private midLine = false;

  *take(chunk: Buffer): Generator<Piece> {
    const data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let from = 0;
    let kept = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, from)) {
      const turn = this.turnAt(data, from, end);
      if (turn !== null) {
        this.keep(data.subarray(kept, from));
        yield* this.finish(this.offset + from);
        this.mail = { ...turn, line: this.line, start: this.offset + from, slices: [], size: 0 };
        kept = end + 1;
      } else if (!this.midLine && isQuotedFrom(data, from)) {
        this.keep(data.subarray(kept, from));
        kept = from + 1;
      }
      this.afterEmpty = !this.midLine && isEmpty(data, from, end);
      this.midLine = false;
      from = end + 1;
    }
    this.hold(data, kept, from);
  }

  /** The last mail; `end`: where the next one begins. */
  *finish(end?: number): Generator<Piece> {
    if (end === undefined) {
      this.keep(this.rest);
      this.offset += this.rest.length;
      this.rest = Buffer.alloc(0);
    }
    const { mail } = this;
    this.mail = null;
    if (mail === null) return;
    const { line, start, receivedAt, slices, size } = mail;
    const bytes = size > MAX_MAIL_BYTES ? null : withoutLastEmptyLine(Buffer.concat(slices));
    yield { line, start, end: end ?? this.offset, bytes, receivedAt };
  }

  /** What a line says when it begins a mail. */
  private turnAt(
    data: Buffer,
    from: number,
    end: number,
  ): { readonly receivedAt: number | null } | null {
    if (!this.midLine) this.line += 1;
    if (this.midLine || !this.afterEmpty || end - from > LONGEST_SEPARATOR) return null;
    if (!isFromAt(data, from)) return null;
    return readSeparator(data.toString('latin1', from, end).trimEnd());
  }

  /** A short unfinished line waits for its end; a long one is certainly no separator. */
  private hold(data: Buffer, kept: number, from: number): void {
    const unfinished = data.length - from;
    if (unfinished > LONGEST_SEPARATOR || this.midLine) {
      if (!this.midLine && unfinished > 0) this.line += 1;
      this.keep(data.subarray(kept));
      this.midLine ||= unfinished > 0;
      this.rest = Buffer.alloc(0);
      this.offset += data.length;
      return;
    }
    this.keep(data.subarray(kept, from));
    this.rest = data.subarray(from);
    this.offset += from;
  }

  private keep(slice: Buffer): void {
    const { mail } = this;
    if (mail === null || slice.length === 0) return;
    mail.size += slice.length;
    if (mail.size > MAX_MAIL_BYTES) mail.slices = [];
    else mail.slices.push(slice);
  }
}

/** `From anna@example.com Fri Jul  8 12:08:34 2011`: without a time of day and a year it is a sentence. */
function readSeparator(line: string): { readonly receivedAt: number | null } | null {
  const words = line.split(' ').filter((word) => word !== '');
  const time = words.findIndex((word) => /^\d{1,2}:\d{2}(:\d{2})?$/.test(word));
  const hasYear = words.some((word) => /^\d{4}$/.test(word));
  if (time < 0 || !hasYear) return null;
  const rest = words.slice(time + 1);
  const zone = rest.find((word) => /^[+-]\d{4}$/.test(word)) ?? 'UTC';
  const year = rest.find((word) => /^\d{4}$/.test(word)) ?? '';
  const parsed = Date.parse([...words.slice(time - 2, time), year, words[time], zone].join(' '));
  return { receivedAt: parsed >= 0 ? parsed : null };
}

function isQuotedFrom(data: Buffer, from: number): boolean {
  if (data[from] !== QUOTE) return false;
  let at = from;
  while (data[at] === QUOTE) at += 1;
  return isFromAt(data, at);
}

function isFromAt(data: Buffer, at: number): boolean {
  return FROM.equals(data.subarray(at, at + FROM.length));
}

function isEmpty(data: Buffer, from: number, end: number): boolean {
  return end === from || (end === from + 1 && data[from] === RETURN);
}

/** The empty line before the next `From ` belongs to the file, not to the mail. */
function withoutLastEmptyLine(mail: Buffer): Buffer {
  if (mail.at(-1) !== NEWLINE) return mail;
  const end = mail.at(-2) === RETURN ? mail.length - 2 : mail.length - 1;
  return mail[end - 1] === NEWLINE ? mail.subarray(0, end) : mail;
}
