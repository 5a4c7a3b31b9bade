import { hash32, mix32 } from './fold.js';
import type { Facts, Reference } from './facts.js';
import type { MatchingRules } from './rules.js';

/** What a key stands for; the first letter of the key says it too. */
export type KeyKind =
  | 'order'
  | 'part'
  | 'tail'
  | 'shape'
  | 'phone'
  | 'email'
  | 'name'
  | 'nick'
  | 'photo'
  | 'amount'
  | 'wording'
  | 'band'
  | 'class'
  | 'goods'
  | 'problem';

export interface BlockingKey {
  /** At most 40 characters: the kind's letter, for text the bucket of time, then a hash. */
  readonly key: string;
  readonly kind: KeyKind;
  /** Only counted, for rarity; it proposes no candidates. */
  readonly counts?: true;
}

const STORED = 40;
const LOOKED_UP = 100;

const short = (text: string): string => hash32(text).toString(36);

export const orderKey = (n: string): string => `o${short(n)}${n.length.toString(36)}`;
export const phoneKey = (phone: string): string => `h${phone.slice(-8)}`;
export const emailKey = (email: string): string => `e${short(email)}`;
export const nameKey = (name: string): string => `n${short(name)}`;
export const nickKey = (nick: string): string => `k${short(nick)}`;
export const photoKey = (photo: string): string => `p${photo}`;
export const amountKey = (cents: string): string => `m${cents}`;
export const wordingKey = (hash: number): string => `w${hash.toString(36)}`;
export const shapeKey = (n: string): string => `s${shapeOf(n)}`;
export const goodsKey = (category: string): string => `g${category}`;
export const problemKey = (problem: string): string => `q${problem}`;

/** Letters of a short prefix, then how many digits and letters follow: "ab12x" is "ab2x". */
export function shapeOf(n: string): string {
  const prefix = /^[a-z]{1,4}/.exec(n)?.[0] ?? '';
  return `${prefix}${n
    .slice(prefix.length)
    .replace(/\d+/g, (run) => String(run.length))
    .replace(/[a-z]+/g, 'x')}`.slice(0, 20);
}

/** Keys under which a telling is stored; text keys carry their bucket of time, so that look-ups stay flat. */
export function storedKeys(facts: Facts, rules: MatchingRules): readonly BlockingKey[] {
  const bucket = bucketOf(facts.from, rules);
  return distinct(
    [
      ...referenceKeys(facts.refs),
      ...personKeys(facts),
      ...textKeys(facts, [bucket]),
      ...shapes(facts.refs.filter(({ field }) => field)),
      ...classCounts(facts),
    ],
    STORED,
  );
}

/** Keys under which others may have told the same, neighbouring buckets included. */
export function lookedUpKeys(facts: Facts, rules: MatchingRules): readonly BlockingKey[] {
  const bucket = bucketOf(facts.from, rules);
  const buckets = [bucket, bucket - 1, bucket + 1];
  return distinct(
    [
      ...referenceKeys(facts.refs),
      ...personKeys(facts),
      ...facts.tails.flatMap(tailKeys),
      ...textKeys(facts, buckets),
      ...shapes(facts.refs),
      ...classCounts(facts),
    ],
    LOOKED_UP,
  );
}

const bucketOf = (at: number, rules: MatchingRules): number =>
  Math.floor(at / rules.blocking.bucket);

function referenceKeys(refs: readonly Reference[]): BlockingKey[] {
  const own = refs.filter(({ quoted }) => !quoted).slice(0, 4);
  return [
    ...own.map(({ n }): BlockingKey => ({ key: orderKey(n), kind: 'order' })),
    ...own.slice(0, 3).flatMap(({ n }) => partKeys(n)),
  ];
}

/**
 * Parts of a number that survive one slip elsewhere in it: beginning, middle, end. A number with
 * one wrong digit still shares two of them.
 */
function partKeys(n: string): BlockingKey[] {
  const size = n.length >= 8 ? 5 : 3;
  const parts = [`a${n.slice(0, size)}`, `z${n.slice(-size)}`];
  if (n.length >= 14) parts.push(`m${n.slice(size + 1, 2 * size + 1)}`);
  return [
    ...parts.map((part): BlockingKey => ({ key: `f${part}`, kind: 'part' })),
    { key: `d${n.slice(-4)}`, kind: 'tail' },
  ];
}

const tailKeys = (tail: string): BlockingKey[] =>
  tail.length < 4 ? [] : [{ key: `d${tail.slice(-4)}`, kind: 'tail' }];

function personKeys(facts: Facts): BlockingKey[] {
  const phones = facts.phones.filter((phone) => phone.length >= 7).slice(0, 3);
  return [
    ...phones.flatMap((phone): BlockingKey[] => [
      { key: phoneKey(phone), kind: 'phone' },
      { key: `d${phone.slice(-4)}`, kind: 'tail' },
    ]),
    // A number that nobody called a phone may be one all the same.
    ...facts.refs
      .filter(({ n, kind }) => kind === 'number' && /^\d{8,13}$/.test(n))
      .slice(0, 2)
      .map(({ n }): BlockingKey => ({ key: phoneKey(n), kind: 'phone' })),
    ...facts.emails
      .slice(0, 3)
      .map((email): BlockingKey => ({ key: emailKey(email), kind: 'email' })),
    ...facts.names.slice(0, 3).map((name): BlockingKey => ({ key: nameKey(name), kind: 'name' })),
    ...facts.nicks.slice(0, 3).map((nick): BlockingKey => ({ key: nickKey(nick), kind: 'nick' })),
    ...facts.photos
      .slice(0, 4)
      .map((photo): BlockingKey => ({ key: photoKey(photo), kind: 'photo' })),
    ...facts.amounts
      .slice(0, 2)
      .map((cents): BlockingKey => ({ key: amountKey(cents), kind: 'amount' })),
  ];
}

function textKeys(facts: Facts, buckets: readonly number[]): BlockingKey[] {
  const wordings = facts.wordings.slice(0, 2);
  const inBuckets = (kind: KeyKind, rest: string): BlockingKey[] =>
    buckets.map((bucket) => ({ key: `t${bucket.toString(36)}${rest}`, kind }));
  return [
    ...wordings.map(({ hash }): BlockingKey => ({ key: wordingKey(hash), kind: 'wording' })),
    ...bandsOf(facts).flatMap((band, at) => inBuckets('band', `${at}${band}`)),
    ...facts.problems
      .slice(0, 2)
      .flatMap((problem) =>
        facts.goods.slice(0, 2).flatMap((goods) => inBuckets('class', `c${problem}.${goods}`)),
      ),
  ];
}

const BANDS = 5;
const ROWS = 2;
const FEWEST = 4;

/**
 * MinHash bands (Broder 1997; banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
 * ch. 3): two texts of resemblance r share a band with 1 − (1 − r^ROWS)^BANDS.
 */
function bandsOf(facts: Facts): readonly string[] {
  const known = KNOWN_BANDS.get(facts);
  if (known !== undefined) return known;
  const bands = facts.grams.length < FEWEST ? [] : bandsFrom(smallestOf(facts.grams));
  KNOWN_BANDS.set(facts, bands);
  return bands;
}

/** Storing, looking up and comparing ask for the same bands. */
const KNOWN_BANDS = new WeakMap<Facts, readonly string[]>();

/** The smallest value of every permutation; permutations are multiplications by odd numbers, modulo 2³². */
function smallestOf(grams: readonly number[]): Uint32Array {
  const smallest = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const gram of grams) {
    const mixed = mix32(gram);
    for (let at = 0; at < smallest.length; at += 1) {
      const value = Math.imul(mixed ^ (mixed >>> 15), MULTIPLIERS[at] ?? 1) >>> 0;
      if (value < (smallest[at] ?? 0)) smallest[at] = value;
    }
  }
  return smallest;
}

const MULTIPLIERS = Uint32Array.from({ length: BANDS * ROWS }, (_, at) => mix32(at + 1) | 1);

function bandsFrom(smallest: Uint32Array): string[] {
  return Array.from({ length: BANDS }, (_, band) =>
    short(smallest.subarray(band * ROWS, (band + 1) * ROWS).join('.')),
  );
}

const shapes = (refs: readonly Reference[]): BlockingKey[] =>
  refs.slice(0, 4).map(({ n }) => ({ key: shapeKey(n), kind: 'shape', counts: true }));

const classCounts = (facts: Facts): BlockingKey[] => [
  ...facts.goods
    .slice(0, 2)
    .map((name): BlockingKey => ({ key: goodsKey(name), kind: 'goods', counts: true })),
  ...facts.problems
    .slice(0, 2)
    .map((name): BlockingKey => ({ key: problemKey(name), kind: 'problem', counts: true })),
];

function distinct(keys: readonly BlockingKey[], limit: number): readonly BlockingKey[] {
  return [...new Map(keys.map((one) => [one.key, one])).values()].slice(0, limit);
}

/** Text keys of a telling, once: every comparison of it asks for them. */
const CROWD_KEYS = new WeakMap<Facts, readonly string[]>();

/** Keys whose frequency says how many tell something like this at the time. */
export function crowdKeys(facts: Facts, rules: MatchingRules): readonly string[] {
  const known = CROWD_KEYS.get(facts);
  if (known !== undefined) return known;
  const bucket = bucketOf(facts.from, rules);
  const keys = textKeys(facts, [bucket, bucket - 1, bucket + 1]).map(({ key }) => key);
  CROWD_KEYS.set(facts, keys);
  return keys;
}
