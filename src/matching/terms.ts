import { GOODS } from './lexicon/goods.js';
import { NEAR, PLEASANT, PROBLEMS } from './lexicon/problems.js';
import { CHATTER, STOP_WORDS } from './lexicon/words.js';
import { hash32 } from './fold.js';
import type { MatchingRules } from './rules.js';

/** Classes of problems found in a text, at most `limit`. */
export function problemsIn(text: string): readonly string[] {
  return classesIn(PROBLEMS, text);
}

/** `praise` or `inquiry`: words of somebody who has nothing to complain about. */
export function pleasantIn(text: string): readonly string[] {
  return classesIn(PLEASANT, text);
}

const CLASSES = 5;

function classesIn(patterns: Readonly<Record<string, RegExp>>, text: string): readonly string[] {
  const found: string[] = [];
  for (const name in patterns) {
    if (patterns[name]?.test(text) === true) found.push(name);
    if (found.length >= CLASSES) break;
  }
  return found;
}

const NEIGHBOURS: ReadonlyMap<string, ReadonlySet<string>> = neighbours();

function neighbours(): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const group of NEAR) {
    for (const one of group) {
      const set = map.get(one) ?? new Set<string>();
      for (const other of group) set.add(other);
      map.set(one, set);
    }
  }
  return map;
}

/** True when one person may call one matter by either class. */
export function isNear(one: string, other: string): boolean {
  return NEIGHBOURS.get(one)?.has(other) === true;
}

interface Word {
  readonly term: string;
  readonly category: string;
}

/** Words of goods by their first two letters or characters, longest first, and those of one character. */
interface Beginning {
  readonly longer: Map<number, Word[]>;
  single: Word | undefined;
}

const WORDS: ReadonlyMap<number, Beginning> = goodsByBeginning();

function goodsByBeginning(): Map<number, Beginning> {
  const map = new Map<number, Beginning>();
  for (const [category, terms] of Object.entries(GOODS)) {
    for (const term of terms) {
      const first: Beginning = map.get(term.charCodeAt(0)) ?? {
        longer: new Map<number, Word[]>(),
        single: undefined,
      };
      map.set(term.charCodeAt(0), first);
      if (term.length === 1) first.single ??= { term, category };
      else {
        const words = first.longer.get(term.charCodeAt(1)) ?? [];
        first.longer.set(term.charCodeAt(1), words);
        words.push({ term, category });
      }
    }
  }
  for (const { longer } of map.values()) {
    for (const words of longer.values()) words.sort((a, b) => b.term.length - a.term.length);
  }
  return map;
}

const isLetter = (code: number): boolean => code >= 97 && code <= 122;

/** Categories of goods named in a text, in order of first mention, at most four. */
export function goodsIn(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < 4; at += 1) {
    const first = WORDS.get(text.charCodeAt(at));
    if (first === undefined) continue;
    // An English word is read from its beginning.
    if (isLetter(text.charCodeAt(at)) && isLetter(text.charCodeAt(at - 1))) continue;
    const longer = first.longer.get(text.charCodeAt(at + 1));
    const word = longer?.find(({ term }) => text.startsWith(term, at)) ?? first.single;
    if (word === undefined) continue;
    if (!found.includes(word.category)) found.push(word.category);
    at += word.term.length - 1;
  }
  return found;
}

/** The text without talk: what is left is about the matter. */
export function withoutTalk(text: string, { words }: MatchingRules): string {
  const left = CHATTER.reduce((rest, pattern) => rest.replace(pattern, ' '), text);
  return words.talk.reduce((rest, phrase) => rest.replaceAll(phrase, ' '), left);
}

const WORD = /[a-z][a-z']+|[\u4e00-\u9fff]+/g;
const GRAMS = 240;

/**
 * Hashed features of a text, sorted and each once: pairs of neighbouring Chinese characters, and
 * English words without their endings. Numbers are left out: they are compared as numbers.
 */
export function gramsOf(text: string): number[] {
  const grams = new Set<number>();
  for (const run of text.match(WORD) ?? []) {
    if (grams.size >= GRAMS) break;
    if (run.charCodeAt(0) < 128) addWord(grams, run);
    else for (let at = 0; at + 1 < run.length; at += 1) grams.add(gram(run, at, at + 2));
  }
  return ascending(grams).slice(0, GRAMS);
}

function addWord(grams: Set<number>, word: string): void {
  if (word.length < 3 || STOP_WORDS.has(word)) return;
  const feature = word.replace(/'.*$/, '').replace(/(?:ing|ed|es|s|ly)$/, '');
  grams.add(gram(feature, 0, Math.min(feature.length, 12)));
}

/** 26 bits of a part of a text: short in JSON, and two features of one text hardly ever fall together. */
const gram = (text: string, from: number, to: number): number => hash32(text, from, to) >>> 6;

/** In ascending order, by insertion: a few dozen numbers, for which a comparing function costs most. */
export function ascending(numbers: Iterable<number>): number[] {
  const list = [...numbers];
  for (let at = 1; at < list.length; at += 1) {
    const value = list[at] ?? 0;
    let to = at;
    for (; to > 0 && (list[to - 1] ?? 0) > value; to -= 1) list[to] = list[to - 1] ?? 0;
    list[to] = value;
  }
  return list;
}

/** Numbers of both sorted lists. */
export function sharedCount(one: readonly number[], other: readonly number[]): number {
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const a = one[i] ?? 0;
    const b = other[j] ?? 0;
    if (a === b) shared += 1;
    if (a <= b) i += 1;
    if (b <= a) j += 1;
  }
  return shared;
}

/** Union of lists that are sorted and hold each number once, likewise, at most `limit`. */
export function union(one: readonly number[], other: readonly number[], limit = GRAMS): number[] {
  const all: number[] = [];
  let i = 0;
  let j = 0;
  while (all.length < limit && (i < one.length || j < other.length)) {
    const [a, b] = [one[i] ?? Infinity, other[j] ?? Infinity];
    all.push(Math.min(a, b));
    if (a <= b) i += 1;
    if (b <= a) j += 1;
  }
  return all;
}
