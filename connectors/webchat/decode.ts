import { readJson } from '../../src/sdk/index.js';
import type { Decoded, Envelope, Raw } from '../../src/sdk/index.js';

/** What the door stored: a message as `{ what: 'message', … }`, or receipts, one raw fact each. */
export function decode(envelope: Envelope): Decoded {
  const read = readJson(envelope.body);
  if (!read.ok) return { kind: 'unreadable', why: read.why };
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value)) {
    return { kind: 'unreadable', why: 'a JSON object was expected' };
  }
  const fact = read.value as Readonly<Record<string, unknown>>;
  const remarks = read.replaced ? ['characters no text may hold were replaced by U+FFFD'] : [];
  if (fact['what'] === 'receipts') return { kind: 'raws', raws: receiptsOf(fact), remarks };
  return { kind: 'raws', raws: [{ body: { ...fact, key: envelope.key } }], remarks };
}

function receiptsOf(fact: Readonly<Record<string, unknown>>): readonly Raw[] {
  const { visitor = null, state = null, ids, at = null } = fact;
  return (Array.isArray(ids) ? ids : []).map((about: unknown) => ({
    body: { what: 'receipt', visitor, state, about, at },
  }));
}
