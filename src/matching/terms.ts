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

/** Words of goods by their first letter or character, longest first. */
const WORDS: ReadonlyMap<string, readonly Word[]> = goodsByLetter();

function goodsByLetter(): Map<string, Word[]> {
  const map = new Map<string, Word[]>();
  for (const [category, terms] of Object.entries(GOODS)) {
    for (const term of terms) {
      const words = map.get(term.charAt(0)) ?? [];
      words.push({ term, category });
      map.set(term.charAt(0), words);
    }
  }
  for (const words of map.values()) words.sort((a, b) => b.term.length - a.term.length);
  return map;
}

const isLetter = (code: number): boolean => code >= 97 && code <= 122;

/** Categories of goods named in a text, in order of first mention, at most four. */
export function goodsIn(text: string): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < 4; at += 1) {
    const words = WORDS.get(text.charAt(at));
    if (words === undefined) continue;
    // An English word is read from its beginning.
    if (isLetter(text.charCodeAt(at)) && isLetter(text.charCodeAt(at - 1))) continue;
    const word = words.find(({ term }) => text.startsWith(term, at));
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
  for (const [run] of text.matchAll(WORD)) {
    if (grams.size >= GRAMS) break;
    if (run.charCodeAt(0) < 128) addWord(grams, run);
    else for (let at = 0; at + 1 < run.length; at += 1) grams.add(gram(run.slice(at, at + 2)));
  }
  return [...grams].sort((a, b) => a - b).slice(0, GRAMS);
}

function addWord(grams: Set<number>, word: string): void {
  if (word.length < 3 || STOP_WORDS.has(word)) return;
  grams.add(
    gram(
      word
        .replace(/'.*$/, '')
        .replace(/(?:ing|ed|es|s|ly)$/, '')
        .slice(0, 12),
    ),
  );
}

/** 26 bits: short in JSON, and two features of one text hardly ever fall together. */
const gram = (feature: string): number => hash32(feature) >>> 6;

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

/** Union of sorted lists, sorted, at most `limit`. */
export function union(one: readonly number[], other: readonly number[], limit = GRAMS): number[] {
  return [...new Set([...one, ...other])].sort((a, b) => a - b).slice(0, limit);
}
