import type { Identity } from '../model/identity.js';
import type { Pair, Seen } from './compare.js';
import { emailKey, nameKey, nickKey, phoneKey } from './keys.js';

/** Kinds of which one person has one in a scope; of phones and mailboxes many have several. */
const UNIQUE: ReadonlySet<string> = new Set(['customerId', 'unionid', 'openid', 'uid']);

const isProof = ({ kind, proof }: Identity): boolean => proof === 'proven' && UNIQUE.has(kind);
const sameAddress = (a: Identity, b: Identity): boolean =>
  a.kind === b.kind && a.scope === b.scope && a.value === b.value;

/** Who wrote, by addresses: proofs, phones, mailboxes. */
export function identityEvidence(pair: Pair): Seen[] {
  return [...proofs(pair), ...phones(pair), ...emails(pair)];
}

function proofs({ one, other }: Pair): Seen[] {
  const mine = one.identities.filter(isProof);
  const theirs = other.identities.filter(isProof);
  const same = mine.find((a) => theirs.some((b) => sameAddress(a, b)));
  if (same !== undefined) {
    return [
      {
        feature: 'personProven',
        sentence: {
          en: `the same person: ${same.kind} proven on both sides`,
          zh: `同一客户:双方的 ${same.kind} 均已验证且相同`,
        },
      },
    ];
  }
  const seen: Seen[] = [];
  if (one.persons.some((person) => other.persons.includes(person))) {
    seen.push({
      feature: 'personClaimed',
      sentence: {
        en: 'the same person, known by an earlier proof or address',
        zh: '同一客户(依据此前的验证或联系方式)',
      },
    });
  }
  const conflict = mine.find((a) => theirs.some((b) => a.kind === b.kind && a.scope === b.scope));
  if (conflict !== undefined) {
    seen.push({
      feature: 'personConflict',
      sentence: {
        en: `but two different proven accounts (${conflict.kind})`,
        zh: `但双方是两个不同的已验证账号(${conflict.kind})`,
      },
    });
  }
  return seen;
}

const end = (value: string): string => `…${value.slice(-4)}`;
const samePhone = (a: string, b: string): boolean =>
  a === b || (a.length >= 8 && b.length >= 8 && a.slice(-8) === b.slice(-8));

function phones({ one, other, rarity, rules }: Pair): Seen[] {
  const maybe = (pair: typeof one): string[] => [
    ...pair.facts.phones,
    ...pair.facts.refs
      .filter(({ n, kind }) => kind === 'number' && /^\d{8,13}$/.test(n))
      .map(({ n }) => n),
  ];
  const theirs = maybe(other);
  const same = maybe(one).find((a) => theirs.some((b) => samePhone(a, b)));
  if (same !== undefined) {
    const shared = rarity.of(phoneKey(same)).persons > rules.rarity.persons;
    return [
      shared
        ? {
            feature: 'phoneShared',
            sentence: {
              en: `the same phone ${end(same)}, which several people use`,
              zh: `电话相同 ${end(same)},但有多人使用`,
            },
          }
        : {
            feature: 'phoneSame',
            sentence: {
              en: `the same phone ${end(same)} in both`,
              zh: `双方电话相同 ${end(same)}`,
            },
          },
    ];
  }
  if (one.facts.phones.length === 0 || other.facts.phones.length === 0)
    return tails(pair2(one, other));
  return [
    {
      feature: 'phoneDiffers',
      sentence: { en: 'but their phone numbers differ', zh: '但双方电话不同' },
    },
    ...tails(pair2(one, other)),
  ];
}

const pair2 = (one: Pair['one'], other: Pair['other']) => ({ one, other });

/** "Ends in 1234", and the other side's phone does. */
function tails({ one, other }: Pick<Pair, 'one' | 'other'>): Seen[] {
  const fits = (a: Pair['one'], b: Pair['one']): string | undefined =>
    a.facts.tails.find(
      (tail) => tail.length >= 4 && b.facts.phones.some((phone) => phone.endsWith(tail)),
    );
  const tail =
    fits(one, other) ??
    fits(other, one) ??
    one.facts.tails.find((each) => each.length >= 4 && other.facts.tails.includes(each));
  if (tail === undefined) return [];
  return [
    {
      feature: 'tailSame',
      sentence: {
        en: `last digits ${tail} fit the other's phone`,
        zh: `尾号 ${tail} 与对方电话相符`,
      },
    },
  ];
}

function emails({ one, other, rarity, rules }: Pair): Seen[] {
  const same = one.facts.emails.find((email) => other.facts.emails.includes(email));
  if (same === undefined) return [];
  const shared = rarity.of(emailKey(same)).persons > rules.rarity.persons;
  return [
    shared
      ? {
          feature: 'emailShared',
          sentence: {
            en: `the same mailbox ${same}, which several people use`,
            zh: `邮箱相同 ${same},但有多人使用`,
          },
        }
      : {
          feature: 'emailSame',
          sentence: { en: `the same mailbox ${same} in both`, zh: `双方邮箱相同 ${same}` },
        },
  ];
}

/** Names: rarely two complainants share one; a nickname that many have says little. */
export function nameEvidence({ one, other, rarity, rules }: Pair): Seen[] {
  const seen: Seen[] = [];
  const name = one.facts.names.find((each) => other.facts.names.includes(each));
  const nick = one.facts.nicks.find((each) => other.facts.nicks.includes(each));
  if (name !== undefined) {
    const common = rarity.of(nameKey(name)).tickets > rules.rarity.tickets;
    seen.push(
      common
        ? {
            feature: 'nameCommon',
            sentence: {
              en: `the same name ${name}, which is common`,
              zh: `姓名相同:${name}(较常见)`,
            },
          }
        : {
            feature: 'nameSame',
            sentence: { en: `the same name ${name} in both`, zh: `双方姓名相同:${name}` },
          },
    );
  } else if (differ(one.facts.names, other.facts.names)) {
    seen.push({
      feature: 'nameDiffers',
      sentence: {
        en: `but the names differ (${one.facts.names[0] ?? ''}, ${other.facts.names[0] ?? ''})`,
        zh: `但姓名不同(${one.facts.names[0] ?? ''}、${other.facts.names[0] ?? ''})`,
      },
    });
  }
  if (nick !== undefined) {
    const common = rarity.of(nickKey(nick)).tickets > rules.rarity.tickets;
    seen.push(
      common
        ? {
            feature: 'nickCommon',
            sentence: {
              en: `the same nickname ${nick}, which is common`,
              zh: `昵称相同:${nick}(较常见)`,
            },
          }
        : {
            feature: 'nickSame',
            sentence: { en: `the same nickname ${nick}`, zh: `昵称相同:${nick}` },
          },
    );
  }
  return seen;
}

/** Names of one script differ; a name in letters may be the same as one in characters. */
function differ(some: readonly string[], others: readonly string[]): boolean {
  const isLatin = (name: string): boolean => /^[a-z]/.test(name);
  return some.some((a) => others.some((b) => isLatin(a) === isLatin(b)));
}
