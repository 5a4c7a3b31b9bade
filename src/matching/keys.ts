import { hash32, mix32 } from './fold.js';
import type { Facts, Reference } from './facts.js';
import type { MatchingRules } from './rules.js';

/**
 * Blocking keys: texts of at most 40 characters that begin with the letter of their kind. What is true
 * for ever (an order, an address, a name) stands under itself. What brings two tellings together only
 * because they were told in the same days (words, problem and goods, money, parts of numbers) stands
 * under its bucket of time, so that it stays selective however many tickets there are, and the keys in
 * use stand together on few pages.
 */

const STORED = 40;
const LOOKED_UP = 100;

const short = (text: string): string => hash32(text).toString(36);

export const orderKey = (n: string): string => `o${short(n)}${n.length.toString(36)}`;
export const phoneKey = (phone: string): string => `h${phone.slice(-8)}`;
export const emailKey = (email: string): string => `e${short(email)}`;
export const nameKey = (name: string): string => `n${short(name)}`;
export const nickKey = (nick: string): string => `k${short(nick)}`;
export const photoKey = (photo: string): string => `p${photo}`;
export const shapeKey = (n: string): string => `s${shapeOf(n)}`;

/** Of a shape it only counts how many orders have it; it brings nobody together. */
export const isCount = (key: string): boolean => key.startsWith('s');

/** What two share under it says something for these days alone. */
export const isOfDays = (key: string): boolean => key.startsWith('t');

/** Letters of a short prefix, then how many digits and letters follow: "ab12x" is "ab2x". */
export function shapeOf(n: string): string {
  const prefix = /^[a-z]{1,4}/.exec(n)?.[0] ?? '';
  return `${prefix}${n
    .slice(prefix.length)
    .replace(/\d+/g, (run) => String(run.length))
    .replace(/[a-z]+/g, 'x')}`.slice(0, 20);
}

/** Keys under which a telling is found. */
export function storedKeys(facts: Facts, rules: MatchingRules): readonly string[] {
  const { lasting, momentary, endings } = partsOf(facts);
  const [day = ''] = daysOf(facts, rules);
  const kept = distinct([
    ...momentary,
    ...endings.map((end) => `d${end}`),
    ...facts.tails.flatMap((tail) => tailKey('x', tail)),
  ]);
  const counted = shapes(facts.refs.filter(({ field }) => field));
  return [...lasting, ...inDays(kept, [day]), ...counted].slice(0, STORED);
}

/** Keys under which others may have told the same, in neighbouring days too. */
export function lookedUpKeys(facts: Facts, rules: MatchingRules): readonly string[] {
  const { lasting, momentary, endings } = partsOf(facts);
  const sought = distinct([
    ...momentary,
    ...endings.map((end) => `x${end}`),
    ...facts.tails.flatMap((tail) => tailKey('d', tail)),
  ]);
  const counted = shapes(facts.refs);
  return [...lasting, ...inDays(sought, daysOf(facts, rules)), ...counted].slice(0, LOOKED_UP);
}

/** What keys are made of. */
interface Parts {
  readonly lasting: readonly string[];
  /** What is told and how; how many tell the same these days, these count too. */
  readonly text: readonly string[];
  /** With the text, what else is looked for in neighbouring days alone. */
  readonly momentary: readonly string[];
  /** Last four digits of a telling's own numbers: found by who gives them (d), and finding them (x). */
  readonly endings: readonly string[];
}

/** Storing, looking up and comparing ask for the same. */
const KNOWN = new WeakMap<Facts, Parts>();

function partsOf(facts: Facts): Parts {
  const known = KNOWN.get(facts);
  if (known !== undefined) return known;
  const refs = facts.refs.filter(({ quoted }) => !quoted).slice(0, 4);
  const phones = facts.phones.filter((phone) => phone.length >= 7).slice(0, 3);
  const text = textKeys(facts);
  const parts = {
    lasting: distinct(lastingKeys(facts, refs, phones)),
    text,
    momentary: [
      ...text,
      ...refs.slice(0, 3).flatMap(({ n }) => partKeys(n)),
      ...facts.amounts.slice(0, 2).map((cents) => `m${cents}`),
    ],
    endings: [...refs.map(({ n }) => n), ...phones].map((n) => n.slice(-4)),
  };
  KNOWN.set(facts, parts);
  return parts;
}

/** Its own bucket of time first, then the one before, and the next one if that is near: few tellings arrive before what was said before them. */
function daysOf(facts: Facts, { blocking: { bucket } }: MatchingRules): readonly string[] {
  const own = Math.floor(facts.from / bucket);
  const isLate = facts.from / bucket - own > 1 - NEXT;
  const buckets = isLate ? [own, own - 1, own + 1] : [own, own - 1];
  return buckets.map((each) => each.toString(36));
}

/** The last part of a bucket, from which the next is looked into. */
const NEXT = 1 / 3;

const inDays = (keys: readonly string[], days: readonly string[]): string[] =>
  days.flatMap((day) => keys.map((key) => `t${day}${key}`));

function lastingKeys(
  facts: Facts,
  refs: readonly Reference[],
  phones: readonly string[],
): readonly string[] {
  return [
    ...refs.map(({ n }) => orderKey(n)),
    ...phones.map(phoneKey),
    // A number that nobody called a phone may be one all the same.
    ...facts.refs
      .filter(({ n, kind }) => kind === 'number' && /^\d{8,13}$/.test(n))
      .slice(0, 2)
      .map(({ n }) => phoneKey(n)),
    ...facts.emails.slice(0, 3).map(emailKey),
    ...facts.names.slice(0, 3).map(nameKey),
    ...facts.nicks.slice(0, 3).map(nickKey),
    ...facts.photos.slice(0, 4).map(photoKey),
  ];
}

/**
 * One slip spoils the beginning of a number or its end; by the other the two are found. A digit too few
 * must not change how much of it is taken, so that goes by large steps.
 */
function partKeys(n: string): string[] {
  const size = n.length >= 14 ? 7 : n.length >= 9 ? 5 : 3;
  return [`fa${n.slice(0, size)}`, `fz${n.slice(-size)}`];
}

const tailKey = (letter: 'd' | 'x', tail: string): string[] =>
  tail.length < 4 ? [] : [`${letter}${tail.slice(-4)}`];

function textKeys(facts: Facts): string[] {
  return [
    ...facts.wordings.slice(0, 2).map(({ hash }) => `w${hash.toString(36)}`),
    ...bandsOf(facts).map((band, at) => `b${at}${band}`),
    ...facts.problems
      .slice(0, 2)
      .flatMap((problem) => facts.goods.slice(0, 2).map((goods) => `c${problem}.${goods}`)),
  ];
}

const BANDS = 4;
const ROWS = 2;
const FEWEST = 4;

/**
 * MinHash bands (Broder 1997; banding: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
 * ch. 3): two texts of resemblance r share a band with 1 − (1 − r^ROWS)^BANDS.
 */
const bandsOf = ({ grams }: Facts): readonly string[] =>
  grams.length < FEWEST ? [] : bandsFrom(smallestOf(grams));

/** The smallest value of every permutation; permutations are multiplications by odd numbers, modulo 2³². */
function smallestOf(grams: readonly number[]): Uint32Array {
  const smallest = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const gram of grams) {
    const mixed = mix32(gram);
    const spread = mixed ^ (mixed >>> 15);
    for (let at = 0; at < smallest.length; at += 1) {
      const value = Math.imul(spread, MULTIPLIERS[at] ?? 1) >>> 0;
      if (value < (smallest[at] ?? 0)) smallest[at] = value;
    }
  }
  return smallest;
}

const MULTIPLIERS = Uint32Array.from({ length: BANDS * ROWS }, (_, at) => mix32(at + 1) | 1);

function bandsFrom(smallest: Uint32Array): string[] {
  return Array.from({ length: BANDS }, (_, band) =>
    smallest
      .subarray(band * ROWS, (band + 1) * ROWS)
      .reduce((hash, value) => mix32(Math.imul(hash, 31) ^ value), 0)
      .toString(36),
  );
}

const shapes = (refs: readonly Reference[]): readonly string[] =>
  distinct(refs.slice(0, 4).map(({ n }) => shapeKey(n)));

/** Keys of two sorts, or of two buckets of time, are never equal: each sort is looked at by itself. */
const distinct = (keys: readonly string[]): readonly string[] => [...new Set(keys)];

/** Keys whose frequency says how many tell something like this at the time; once, every comparison asks. */
export function crowdKeys(facts: Facts, rules: MatchingRules): readonly string[] {
  const known = CROWD_KEYS.get(facts);
  if (known !== undefined) return known;
  const keys = inDays(partsOf(facts).text, daysOf(facts, rules));
  CROWD_KEYS.set(facts, keys);
  return keys;
}

const CROWD_KEYS = new WeakMap<Facts, readonly string[]>();
