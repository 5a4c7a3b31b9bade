/** The content of a part, with its transfer encoding undone. Unknown encodings leave the bytes as they are. */
export function undoTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'base64':
      return fromBase64(bytes);
    case 'quoted-printable':
      return fromQuotedPrintable(bytes);
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return fromUuencode(bytes);
    default:
      return bytes;
  }
}

/** Up to this size the platform's own decoder is used, where there is no padding inside. */
const SMALL = 1024 * 1024;

/**
 * Padding ends a group, not the part: some mailers pad every line, and list servers put a footer
 * below. Large parts are decoded from the bytes, without a copy as text.
 */
function fromBase64(bytes: Buffer): Buffer {
  if (bytes.length <= SMALL) {
    const text = bytes.toString('latin1');
    const padding = text.indexOf('=');
    if (padding < 0 || text.length - padding < 5) return Buffer.from(text, 'base64');
  }
  return fromBase64Bytes(bytes);
}

function fromBase64Bytes(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil((bytes.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let value = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === EQUALS) {
      bits = 0;
      continue;
    }
    const six = SIX_BITS[byte] ?? NONE;
    if (six === NONE) continue;
    value = ((value << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[length] = (value >>> bits) & 255;
      length += 1;
    }
  }
  return out.subarray(0, length);
}

const EQUALS = 0x3d;
const NONE = 64;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIX_BITS: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, code) => {
  const six = ALPHABET.indexOf(String.fromCharCode(code));
  return six < 0 ? NONE : six;
});

function fromQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i] ?? 0;
    if (byte !== 0x3d) {
      out[length] = byte;
      length += 1;
      i += 1;
      continue;
    }
    const soft = softBreak(bytes, i + 1);
    if (soft > 0) {
      i = soft;
      continue;
    }
    const value = hexPair(bytes, i + 1);
    out[length] = value < 0 ? byte : value;
    length += 1;
    i += value < 0 ? 1 : 3;
  }
  return out.subarray(0, length);
}

/** Offset behind a soft line break (blanks before the line end are tolerated), or 0. Looks at 80 bytes at most. */
function softBreak(bytes: Buffer, start: number): number {
  let i = start;
  const stop = Math.min(bytes.length, start + 80);
  while (i < stop && (bytes[i] === 0x20 || bytes[i] === 0x09)) i += 1;
  if (bytes[i] === 0x0d && bytes[i + 1] === 0x0a) return i + 2;
  if (bytes[i] === 0x0a) return i + 1;
  return i >= bytes.length && start <= bytes.length ? bytes.length : 0;
}

function hexPair(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at] ?? 0);
  const low = hexDigit(bytes[at + 1] ?? 0);
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return -1;
}

function fromUuencode(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let started = false;
  for (const line of bytes.toString('latin1').split('\n')) {
    const text = line.trimEnd();
    if (!started) started = text.startsWith('begin ');
    else if (text === 'end') break;
    else if (text !== '') chunks.push(uuLine(text));
  }
  return started ? Buffer.concat(chunks) : bytes;
}

function uuLine(line: string): Buffer {
  const six = (i: number): number => (Math.max(line.charCodeAt(i) || 0x20, 0x20) - 0x20) & 63;
  const size = six(0);
  const out: number[] = [];
  for (let i = 1; i < line.length && out.length < size; i += 4) {
    const group = (six(i) << 18) | (six(i + 1) << 12) | (six(i + 2) << 6) | six(i + 3);
    out.push((group >> 16) & 255, (group >> 8) & 255, group & 255);
  }
  return Buffer.from(out.slice(0, size));
}
