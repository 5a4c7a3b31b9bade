import { createHash } from 'node:crypto';
import type { Envelope, FetchedFile } from '../../src/sdk/index.js';
import type { MailAttachment } from './mail.js';
import { first } from './mime/fields.js';
import { isAttachedMail, partName, safeName, subjectInside } from './mime/names.js';
import { leaves, scanStructure } from './mime/structure.js';
import type { MimePart } from './mime/structure.js';
import { undoTransfer } from './mime/transfer.js';

/** Names and measures the attached parts. `refs` of the result are positions among all leaves of the mail. */
export function describeAttachments(
  root: MimePart,
  attached: readonly MimePart[],
  bytes: Buffer,
  hint: string,
): readonly MailAttachment[] {
  const places = new Map(leaves(root).map((part, i) => [part, i]));
  return attached.map((part) => describe(part, places.get(part) ?? 0, bytes, hint));
}

function describe(part: MimePart, place: number, bytes: Buffer, hint: string): MailAttachment {
  const content = contentOf(part, bytes);
  const contentId = first(part.fields, 'content-id').trim();
  const inline = part.disposition.value === 'inline' || (contentId !== '' && isRelated(part));
  return {
    ref: String(place),
    name: nameOf(part, content, hint),
    type: part.type.value.slice(0, 200),
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    inline,
    contentId: contentId === '' ? null : contentId.replaceAll(/[<>]/g, '').slice(0, 500),
  };
}

function isRelated(part: MimePart): boolean {
  return part.parent?.type.value === 'multipart/related';
}

function nameOf(part: MimePart, content: Buffer, hint: string): string | null {
  const named = partName(part, hint);
  if (named !== null) return named;
  if (isAttachedMail(part)) {
    return `${safeName(subjectInside(content).slice(0, 120)) ?? 'message'}.eml`;
  }
  if (part.type.value === 'application/ms-tnef') return 'winmail.dat';
  return part.type.value === 'text/calendar' ? 'invite.ics' : null;
}

export function contentOf(part: MimePart, bytes: Buffer): Buffer {
  return undoTransfer(bytes.subarray(part.start, part.end), part.encoding);
}

/** The bytes of one attached part; null when the ref names none. Reads the mail again. */
export function attachment(envelope: Envelope, ref: string): Promise<FetchedFile | null> {
  return Promise.resolve(find(envelope, ref));
}

function find(envelope: Envelope, ref: string): FetchedFile | null {
  if (!/^\d{1,4}$/.test(ref)) return null;
  const bytes = asBuffer(envelope.body);
  const structure = scanStructure(bytes);
  if (structure.kind === 'refused') return null;
  const part = leaves(structure.root)[Number(ref)];
  if (part === undefined) return null;
  const content = contentOf(part, bytes);
  return { name: nameOf(part, content, ''), type: part.type.value, bytes: content };
}

/** Bytes that crossed a thread are a plain Uint8Array. */
export function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
