import { z } from 'zod';
import { plainPhone, type Region } from './phone.js';

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

/** What an address means where it was told. */
export interface Told {
  /** Of a platform's ids that name no scope: the connection. */
  readonly scope: string;
  /** Whose numbers are meant when a phone number names no country. */
  readonly region: Region;
}

/**
 * The form in which two spellings of one address are equal. E-mail addresses and phone numbers are
 * the same in every scope; ids of a platform mean something only inside theirs.
 */
export function normaliseIdentity(identity: Identity, { scope, region }: Told): Identity {
  switch (identity.kind) {
    case 'email':
      return { ...identity, value: identity.value.trim().toLowerCase(), scope: '' };
    case 'phone':
      return { ...identity, value: plainPhone(identity.value, region), scope: '' };
    case 'openid':
    case 'unionid':
    case 'uid':
    case 'customerId':
      return { ...identity, scope: identity.scope === '' ? scope : identity.scope };
  }
}

/** An address as somebody is known by it. */
export interface Held {
  readonly kind: string;
  readonly scope: string;
  readonly value: string;
  readonly proof: string;
}

/** One address at one proof. */
export const isSameHandle = (one: Held, other: Held): boolean =>
  one.kind === other.kind &&
  one.scope === other.scope &&
  one.value === other.value &&
  one.proof === other.proof;

/** A phone or a mailbox can be a family's or a company's; an account is one person's. */
export const isShareable = ({ kind }: Pick<Held, 'kind'>): boolean =>
  kind === 'phone' || kind === 'email';

/** True for a proven account: of these a person has one in each scope. */
export const isOwnAccount = (held: Held): boolean => held.proof === 'proven' && !isShareable(held);

/**
 * Two proven accounts of one kind and scope that differ: whoever holds the one is hardly who holds the
 * other. Somebody who is known by several of a scope agrees with each of them.
 */
export function conflictBetween(
  some: readonly Held[],
  others: readonly Held[],
): readonly [Held, Held] | undefined {
  for (const one of some.filter(isOwnAccount)) {
    const peers = others.filter(
      (other) => isOwnAccount(other) && other.kind === one.kind && other.scope === one.scope,
    );
    const [first] = peers;
    if (first !== undefined && peers.every(({ value }) => value !== one.value)) return [one, first];
  }
  return undefined;
}

/** The spelling under which an address of unknown kind is compared: a mailbox by its letters, a phone by its digits. */
export function plainHandle(handle: string): string {
  const text = handle.trim();
  if (text.includes('@')) return text.toLowerCase();
  return isUniversalHandle(text) ? internationalDigits(text) : text;
}

/** True for what names the same person wherever it is used: a mailbox, an international phone number. */
export function isUniversalHandle(handle: string): boolean {
  return handle.includes('@') || /^\s*(?:\+|00)[\d\s().-]{6,30}$/.test(handle);
}

function internationalDigits(phone: string): string {
  const digits = phone.replace(/[^\d+]/g, '');
  return digits.startsWith('00') ? `+${digits.slice(2)}` : digits;
}
