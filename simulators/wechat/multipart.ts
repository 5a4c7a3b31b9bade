/** The one file of an upload. */
export interface FilePart {
  readonly type: string;
  readonly body: Buffer;
}

/** The part named `media` of a `multipart/form-data` body; null without one, or without its file name. */
export function filePart(contentType: string, body: Buffer): FilePart | null {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return null;
  const opening = Buffer.from(`--${boundary}\r\n`);
  const closing = Buffer.from(`\r\n--${boundary}--`);
  const end = body.indexOf(closing);
  const headEnd = body.indexOf('\r\n\r\n');
  const opens = body.subarray(0, opening.length).equals(opening);
  if (!opens || headEnd < 0 || end < headEnd) return null;
  const head = body.toString('utf8', opening.length, headEnd);
  if (!/name="media"/.test(head) || !/filename="[^"]+\.[a-z0-9]+"/.test(head)) return null;
  const type = /^content-type: *(\S+)/im.exec(head)?.[1] ?? 'application/octet-stream';
  return { type, body: body.subarray(headEnd + 4, end) };
}
