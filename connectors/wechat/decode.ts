import type { Account, Decoded, Envelope } from '../../src/sdk/index.js';
import { aesKeysOf, appIdOf } from './account.js';
import { readFields, textOf } from './document.js';
import type { ReadFields } from './document.js';
import { factOf } from './fact.js';
import { unseal } from './seal.js';

/**
 * One push as one raw fact for the mapping, see {@link factOf}. Of a body that holds `Encrypt` only the sealed
 * message is read: in compatible mode the plain half stands beside it, and nothing vouches for that.
 */
export function decode(envelope: Envelope, account: Account): Decoded {
  const outer = readFields(envelope.body);
  const read = opened(outer, account);
  if (!read.ok) return { kind: 'unreadable', why: read.why };
  const remarks = read.replaced ? ['characters no text may hold were replaced by U+FFFD'] : [];
  const isVouchedFor = hasSeal(outer) && hasSealedSignature(envelope);
  return { kind: 'raws', raws: [{ body: factOf(read.fields, account, isVouchedFor) }], remarks };
}

type Sealed = Extract<ReadFields, { ok: true }>;

const hasSeal = (outer: ReadFields): outer is Sealed =>
  outer.ok && Object.hasOwn(outer.fields, 'Encrypt');

/** `verify` took the delivery by this signature, which covers the seal; the plain one covers no body. */
const hasSealedSignature = ({ query }: Envelope): boolean =>
  new URLSearchParams(query).has('msg_signature');

function opened(outer: ReadFields, account: Account): ReadFields {
  if (!hasSeal(outer)) return outer;
  const encrypt = textOf(outer.fields, 'Encrypt');
  const unsealed = unseal(encrypt, aesKeysOf(account), appIdOf(account));
  return unsealed.ok ? readFields(unsealed.message) : unsealed;
}
