import type { Identity } from '../model/identity.js';
import type { Pair, Seen, Side } from './pair.js';
import type { Facts } from './facts.js';
import { emailKey, nameKey, nickKey, phoneKey } from './keys.js';
import { ending } from './sentences.js';
import type { Feature } from './weights.js';

/** Kinds of which one person has one in a scope; of phones and mailboxes many have several. */
const UNIQUE: ReadonlySet<string> = new Set(['customerId', 'unionid', 'openid', 'uid']);
const BY_ADDRESS: ReadonlySet<Feature> = new Set([
  'phoneSame',
  'phoneShared',
  'emailSame',
  'emailShared',
]);

/** Who wrote, by addresses: proofs, phones, mailboxes. */
export function identityEvidence(pair: Pair): Seen[] {
  const addresses = [...phones(pair), ...emails(pair)];
  const isTold = addresses.some(({ feature }) => BY_ADDRESS.has(feature));
  // A person who is known by an address is told by that address.
  return [
    ...proofs(pair).filter(({ feature }) => feature !== 'personClaimed' || !isTold),
    ...addresses,
  ];
}

const isProof = ({ kind, proof }: Identity): boolean => proof === 'proven' && UNIQUE.has(kind);
const isPeer = (a: Identity, b: Identity): boolean => a.kind === b.kind && a.scope === b.scope;

function proofs({ one, other }: Pair): Seen[] {
  const mine = one.identities.filter(isProof);
  const theirs = other.identities.filter(isProof);
  const same = mine.find((a) => theirs.some((b) => isPeer(a, b) && a.value === b.value));
  if (same !== undefined) return [{ feature: 'personProven', about: [same.kind] }];
  const conflict = mine.find((a) => theirs.some((b) => isPeer(a, b)));
  return [
    ...(isSamePerson(one, other) ? [{ feature: 'personClaimed' as const }] : []),
    ...(conflict === undefined
      ? []
      : [{ feature: 'personConflict' as const, about: [conflict.kind] }]),
  ];
}

/** True when the conversations of both belong to one person. */
export const isSamePerson = (one: Side, other: Side): boolean =>
  one.persons.some((person) => other.persons.includes(person));

/** Numbers that are phones, and those that may be. */
function phonesOf({ phones: known, refs }: Facts): readonly string[] {
  const others = refs.filter(({ n, kind }) => kind === 'number' && /^\d{8,13}$/.test(n));
  return others.length === 0 ? known : [...known, ...others.map(({ n }) => n)];
}

/** Equal with or without the prefix of the country. */
const isSamePhone = (a: string, b: string): boolean =>
  a === b || (a.length >= 8 && b.length >= 8 && a.endsWith(b.slice(-8)));

function phones({ one, other, rarity, rules }: Pair): Seen[] {
  const theirs = phonesOf(other.facts);
  const same = phonesOf(one.facts).find((a) => theirs.some((b) => isSamePhone(a, b)));
  if (same !== undefined) {
    const isShared = rarity.persons(phoneKey(same)) > rules.rarity.persons;
    return [{ feature: isShared ? 'phoneShared' : 'phoneSame', about: [ending(same)] }];
  }
  const differ = one.facts.phones.length > 0 && other.facts.phones.length > 0;
  return [
    ...(differ ? [{ feature: 'phoneDiffers' as const }] : []),
    ...tails(one.facts, other.facts),
  ];
}

/** "Ends in 1234", and the other side's phone does. */
function tails(one: Facts, other: Facts): Seen[] {
  const fit = fittingTail(one, other) ?? fittingTail(other, one);
  if (fit !== undefined) return [{ feature: 'tailSame', about: [fit] }];
  const miss = missingTail(one, other) ?? missingTail(other, one);
  return miss === undefined ? [] : [{ feature: 'tailDiffers', about: [miss] }];
}

const fittingTail = (a: Facts, b: Facts): string | undefined =>
  a.tails.find(
    (tail) =>
      tail.length >= 4 &&
      (b.tails.includes(tail) || b.phones.some((phone) => phone.endsWith(tail))),
  );

/** Last digits were given, the other has phones, and none of its numbers ends so. */
function missingTail(a: Facts, b: Facts): string | undefined {
  const numbers = [...b.phones, ...b.refs.map(({ n }) => n)];
  const isMissed =
    b.phones.length > 0 && !a.tails.some((tail) => numbers.some((n) => n.endsWith(tail)));
  return isMissed ? a.tails[0] : undefined;
}

function emails({ one, other, rarity, rules }: Pair): Seen[] {
  const same = one.facts.emails.find((email) => other.facts.emails.includes(email));
  if (same === undefined) return [];
  const isShared = rarity.persons(emailKey(same)) > rules.rarity.persons;
  return [{ feature: isShared ? 'emailShared' : 'emailSame', about: [same] }];
}

/** Names: rarely two complainants share one; a nickname that many have says little. */
export function nameEvidence({ one, other, rarity, rules }: Pair): Seen[] {
  const seen: Seen[] = [];
  const level = (key: string, levels: readonly [Feature, Feature, Feature]): Feature => {
    const tickets = rarity.tickets(key);
    if (tickets <= rules.rarity.few) return levels[0];
    return tickets <= rules.rarity.some ? levels[1] : levels[2];
  };
  const name = one.facts.names.find((each) => other.facts.names.includes(each));
  const nick = one.facts.nicks.find((each) => other.facts.nicks.includes(each));
  if (name !== undefined) {
    const feature = level(nameKey(name), ['nameRare', 'nameSame', 'nameCommon']);
    seen.push({ feature, about: [name] });
  } else {
    const [mine, theirs] = unlikeNames(one.facts.names, other.facts.names);
    if (mine !== undefined) seen.push({ feature: 'nameDiffers', about: [mine, theirs ?? ''] });
  }
  if (nick !== undefined) {
    seen.push({
      feature: level(nickKey(nick), ['nickRare', 'nickSame', 'nickCommon']),
      about: [nick],
    });
  }
  return seen;
}

/** Two names of one script; a name in letters may be the same as one in characters. */
function unlikeNames(some: readonly string[], others: readonly string[]): readonly string[] {
  const isLatin = (name: string): boolean => /^[a-z]/.test(name);
  for (const mine of some) {
    const theirs = others.find((name) => isLatin(name) === isLatin(mine));
    if (theirs !== undefined) return [mine, theirs];
  }
  return [];
}
