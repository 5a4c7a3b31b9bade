import type { Response } from 'express';
import { pipeline } from 'node:stream/promises';
import type { Blobs } from '../store/blobs.js';

/**
 * What a platform may be told the bytes are. Nothing that a browser would run or show as a page; what
 * is not here goes as bytes without a name for them.
 */
const TOLD = new Set([
  ...[
    'image/png',
    'image/jpeg',
    'image/gif',
    'image/webp',
    'image/bmp',
    'image/tiff',
    'image/heic',
  ],
  ...['audio/mpeg', 'audio/mp4', 'audio/x-m4a', 'audio/aac', 'audio/ogg', 'audio/amr', 'audio/wav'],
  ...['audio/x-wav', 'audio/flac', 'video/mp4', 'video/mpeg', 'video/webm', 'video/quicktime'],
  ...['video/3gpp', 'application/ogg', 'application/pdf', 'application/zip', 'application/msword'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ...['application/vnd.ms-excel', 'application/vnd.ms-powerpoint', 'text/plain', 'text/vcard'],
]);
/** Pictures a browser shows without running anything. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export interface FileToSend {
  readonly id: number;
  readonly sha256: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly size: number | null;
  /**
   * `download`: for people, bytes that nothing opens by itself · `inline`: for people, shown in place
   * where that is safe · `platform`: a download that says its type, since platforms go by that.
   */
  readonly purpose: 'download' | 'inline' | 'platform';
}

/** Streams a file as a download that no browser runs; false when its bytes are gone. */
export async function sendFile(
  response: Response,
  blobs: Blobs,
  file: FileToSend,
): Promise<boolean> {
  const stream = blobs.stream(file.sha256);
  const opened = await new Promise<boolean>((resolve) => {
    stream.once('open', () => resolve(true)).once('error', () => resolve(false));
  });
  if (!opened) return false;
  const shown = file.purpose === 'inline' && SHOWN.has(file.type ?? '');
  const told = shown || (file.purpose === 'platform' && TOLD.has(file.type ?? ''));
  response.status(200).set({
    'content-type': told ? (file.type ?? '') : 'application/octet-stream',
    'content-disposition': disposition(shown ? 'inline' : 'attachment', nameOf(file)),
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'private, max-age=3600',
    ...(file.size === null ? {} : { 'content-length': String(file.size) }),
  });
  // A reader who goes away is nobody's fault.
  await pipeline(stream, response).catch(() => undefined);
  return true;
}

const nameOf = ({ name, id }: FileToSend): string => name ?? `attachment-${id}`;

/** RFC 6266: the name in ASCII for old readers, and as it is in UTF-8. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const clean = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f/\\]/g, '_')
    .slice(0, 200);
  const ascii = clean.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_');
  const utf8 = encodeURIComponent(clean.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}
