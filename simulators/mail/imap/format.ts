/** A quoted string, or a literal where quotes will not do (RFC 3501, 4.3). */
export function imapString(text: string): Buffer {
  const isPlain = /^[\x20-\x7e]*$/.test(text) && text.length < 1_000;
  if (isPlain) return Buffer.from(`"${text.replaceAll(/["\\]/g, '\\$&')}"`);
  return imapLiteral(Buffer.from(text, 'utf8'));
}

/** `{n}` and the bytes. */
export function imapLiteral(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{${bytes.length}}\r\n`), bytes]);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `"20-Nov-2026 00:15:02 +0000"` */
export function imapDateTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = date.toISOString().slice(11, 19);
  return `"${day}-${MONTHS[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${time} +0000"`;
}

/** Reads `20-Nov-2026`, with or without a time behind it; null if it is none. */
export function parseImapDate(text: string): Date | null {
  const parsed = /^ ?([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})(?: ([0-9:]{8}) ([+-][0-9]{4}))?$/.exec(
    text,
  );
  if (parsed === null) return null;
  const [, day = '', month = '', year = '', time = '00:00:00', zone = '+0000'] = parsed;
  const date = new Date(`${day} ${month} ${year} ${time} ${zone}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A folder name in modified UTF-7 (RFC 3501, 5.1.3). */
export function encodeFolder(path: string): string {
  return path.replaceAll('&', '&-').replaceAll(/[^\x20-\x7e]+/g, (run) => {
    const bytes = Buffer.from(run, 'utf16le').swap16();
    return `&${bytes.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`;
  });
}

/** The folder name behind modified UTF-7. */
export function decodeFolder(wire: string): string {
  return wire.replaceAll(/&([A-Za-z0-9+,]*)-/g, (_whole, run: string) => {
    if (run === '') return '&';
    const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
    return bytes
      .subarray(0, bytes.length - (bytes.length % 2))
      .swap16()
      .toString('utf16le');
  });
}
