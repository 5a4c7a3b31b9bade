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
  const read = opened(readFields(envelope.body), account);
  if (!read.ok) return { kind: 'unreadable', why: read.why };
  const remarks = read.replaced ? ['characters no text may hold were replaced by U+FFFD'] : [];
  return { kind: 'raws', raws: [{ body: factOf(read.fields, account) }], remarks };
}

function opened(outer: ReadFields, account: Account): ReadFields {
  if (!outer.ok || !Object.hasOwn(outer.fields, 'Encrypt')) return outer;
  const encrypt = textOf(outer.fields, 'Encrypt');
  const unsealed = unseal(encrypt, aesKeysOf(account), appIdOf(account));
  return unsealed.ok ? readFields(unsealed.message) : unsealed;
}
