import { z } from 'zod';

/**
 * How far an address proves the person behind it.
 * - `proven`: the platform id of a signature-verified delivery, a signed login, a reply token that
 *   came back from the address it was mailed to.
 * - `strong`: a DMARC-aligned From, a carrier's caller id.
 * - `weak`: typed into a text or form, an unaligned From, a visitor id.
 */
export const Proof = z.enum(['proven', 'strong', 'weak']);
export type Proof = z.infer<typeof Proof>;

export const HandleKind = z.enum(['email', 'phone', 'openid', 'unionid', 'uid', 'customerId']);
export type HandleKind = z.infer<typeof HandleKind>;

/** One address of a person. `scope` bounds where `value` is unique: a provider, a shop, a connection. */
export const Identity = z.object({
  kind: HandleKind,
  value: z.string().min(1).max(320),
  scope: z.string().max(200).default(''),
  proof: Proof,
});
export type Identity = z.infer<typeof Identity>;

const RANK: Record<Proof, number> = { weak: 0, strong: 1, proven: 2 };
const rankOf = ({ proof }: { readonly proof: string }): number => RANK[proof as Proof];

/** Each address once, in its first place, with the best proof there is of it: a claim that was proven later is no second address. */
export function atBestProof<
  T extends Pick<Identity, 'scope' | 'value'> & { readonly kind: string; readonly proof: string },
>(handles: readonly T[]): readonly T[] {
  const best = new Map<string, T>();
  for (const handle of handles) {
    const key = JSON.stringify([handle.kind, handle.scope, handle.value]);
    const known = best.get(key);
    if (known === undefined || rankOf(handle) > rankOf(known)) best.set(key, handle);
  }
  return [...best.values()];
}

type Held = Pick<Identity, 'scope' | 'value'> & { readonly kind: string; readonly proof: string };

/** One person has one of these in a scope; of phones and mailboxes many have several. */
export const isUniqueKind = (kind: string): boolean =>
  kind === 'customerId' || kind === 'unionid' || kind === 'openid';

const isUnique = ({ kind, proof }: Held): boolean => proof === 'proven' && isUniqueKind(kind);

/** True when both hold a proven id of which a person has one in its scope, and not the same one. */
export function proofsConflict(some: readonly Held[], others: readonly Held[]): boolean {
  return some.filter(isUnique).some((x) => {
    const peers = others.filter((y) => isUnique(y) && y.kind === x.kind && y.scope === x.scope);
    return peers.length > 0 && peers.every((y) => y.value !== x.value);
  });
}

/**
 * The form in which two spellings of one address are equal. E-mail addresses and phone numbers are
 * the same in every scope; ids of a platform mean something only inside theirs.
 */
export function normaliseIdentity(identity: Identity, defaultScope: string): Identity {
  switch (identity.kind) {
    case 'email':
      return { ...identity, value: identity.value.trim().toLowerCase(), scope: '' };
    case 'phone':
      return { ...identity, value: plainPhone(identity.value), scope: '' };
    case 'openid':
    case 'unionid':
    case 'uid':
    case 'customerId':
      return { ...identity, scope: identity.scope === '' ? defaultScope : identity.scope };
  }
}

/** The spelling under which an address of unknown kind is compared: a mailbox by its letters, a phone by its digits. */
export function plainHandle(handle: string): string {
  const text = handle.trim();
  if (text.includes('@')) return text.toLowerCase();
  return isUniversalHandle(text) ? plainPhone(text) : text;
}

/** True for what names the same person wherever it is used: a mailbox, an international phone number. */
export function isUniversalHandle(handle: string): boolean {
  return handle.includes('@') || /^\s*(?:\+|00)[\d\s().-]{6,30}$/.test(handle);
}

/** Digits with a leading +; national numbers stay as they are until the matching of phones reads regions. */
function plainPhone(value: string): string {
  const digits = value.normalize('NFKC').replace(/[^\d+]/g, '');
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
