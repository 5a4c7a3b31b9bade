import { decodeHeaderWords } from './words.js';
import { readStructured } from './parameters.js';
import { first, readable, readHeaderBlock } from './fields.js';
import type { MimePart } from './structure.js';

const LONGEST_NAME = 255;

/** The file name a part gives itself, as plain text without a path, or null. */
export function partName(part: MimePart, hint = ''): string | null {
  const disposition = readStructured(first(part.fields, 'content-disposition'), hint);
  const type = readStructured(first(part.fields, 'content-type'), hint);
  const name = disposition.parameters.get('filename') ?? type.parameters.get('name') ?? '';
  return safeName(name);
}

export function isAttachedMail(part: MimePart): boolean {
  return part.type.value === 'message/rfc822' || part.type.value === 'message/global';
}

/** The subject of a mail inside a mail. */
export function subjectInside(content: Buffer): string {
  const block = readHeaderBlock(content, 0, Math.min(content.length, 64 * 1024));
  return decodeHeaderWords(readable(first(block.fields, 'subject'), '')).slice(0, 500);
}

/** No path, no control characters, no direction marks that turn `gpj.exe` round. */
export function safeName(name: string): string | null {
  const plain = name
    .replaceAll(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/[/\\]/g, '_')
    .trim()
    .toWellFormed();
  return plain === '' ? null : [...plain].slice(0, LONGEST_NAME).join('');
}
