/** Twilio sends some 20 to 60 parameters; a body with more is not one of its own. */
const MAX_PARAMETERS = 1_000;

export type FormPairs = readonly (readonly [name: string, value: string])[];

/**
 * Reads `application/x-www-form-urlencoded` bytes as UTF-8, in order and with repetitions, because
 * the signature covers them all. The charset of the header is not asked: the route decides the
 * parser. A broken percent sign stays as it is. Null when there are absurdly many parameters.
 */
export function readForm(bytes: Buffer): FormPairs | null {
  const pairs: [string, string][] = [];
  for (let start = 0; start < bytes.length;) {
    const stop = indexOr(bytes, 0x26, start, bytes.length);
    if (stop > start) {
      if (pairs.length >= MAX_PARAMETERS) return null;
      const equals = indexOr(bytes, 0x3d, start, stop);
      const value = equals < stop ? unescape(bytes.subarray(equals + 1, stop)) : '';
      pairs.push([unescape(bytes.subarray(start, equals)), value]);
    }
    start = stop + 1;
  }
  return pairs;
}

/** The first value of each name. */
export function firstValues(pairs: FormPairs): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (name !== '__proto__' && !Object.hasOwn(values, name)) values[name] = value;
  }
  return values;
}

function indexOr(bytes: Buffer, byte: number, from: number, end: number): number {
  const found = bytes.indexOf(byte, from);
  return found === -1 || found > end ? end : found;
}

function unescape(bytes: Buffer): string {
  if (!bytes.includes(0x25) && !bytes.includes(0x2b)) return bytes.toString('utf8');
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const escaped = bytes[at] === 0x25 ? hexPair(bytes, at + 1) : null;
    if (escaped !== null) at += 2;
    out[length] = escaped ?? (bytes[at] === 0x2b ? 0x20 : (bytes[at] ?? 0));
    length += 1;
  }
  return out.toString('utf8', 0, length);
}

function hexPair(bytes: Buffer, at: number): number | null {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high === null || low === null ? null : high * 16 + low;
}

function hexDigit(byte: number | undefined): number | null {
  if (byte === undefined) return null;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : null;
}
