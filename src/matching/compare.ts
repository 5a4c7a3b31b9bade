import type { Evidence } from '../model/evidence.js';
import { identityEvidence, nameEvidence } from './compare-persons.js';
import { referenceEvidence } from './compare-references.js';
import { matterEvidence, wordingEvidence } from './compare-matter.js';
import { circumstanceEvidence } from './compare-circumstances.js';
import { crowdKeys } from './keys.js';
import { SENTENCES, sentenceOf } from './sentences.js';
import type { Pair, Rarity, Seen, Side } from './pair.js';
import type { MatchingRules } from './rules.js';
import type { Feature } from './weights.js';

export interface Comparison {
  /** Sum of the evidence. */
  readonly weight: number;
  readonly evidence: readonly Weighed[];
}

/** A feature that was seen, and what it weighs. */
export interface Weighed {
  readonly kind: Feature;
  readonly weight: number;
  /** What its sentence is about. */
  readonly about: readonly string[];
}

/**
 * Compares a telling (`one`, the newer) with a ticket (`other`): the match weight of Fellegi and
 * Sunter (1969), the sum of log2(m/u) over the features seen.
 */
export const compare = (one: Side, other: Side, rarity: Rarity, rules: MatchingRules): Comparison =>
  comparing(one, rarity, rules)(other);

/** The same with many tickets: what depends on the telling alone is found once. */
export function comparing(
  one: Side,
  rarity: Rarity,
  rules: MatchingRules,
): (other: Side) => Comparison {
  const crowded = crowdKeys(one.facts, rules).some(
    (key) => rarity.tickets(key) >= rules.rarity.crowd,
  );
  return (other) => sumOf({ one, other, rarity, rules, crowded });
}

const KINDS: readonly ((pair: Pair) => readonly Seen[])[] = [
  identityEvidence,
  nameEvidence,
  referenceEvidence,
  wordingEvidence,
  matterEvidence,
  circumstanceEvidence,
];

function sumOf(pair: Pair): Comparison {
  let weight = 0;
  const evidence: Weighed[] = [];
  for (const evidenceOf of KINDS) {
    for (const { feature, about = NOTHING } of evidenceOf(pair)) {
      const bits = pair.rules.weights[feature];
      if (bits === 0) continue;
      weight += bits;
      evidence.push({ kind: feature, weight: bits, about });
    }
  }
  return { weight, evidence };
}

const NOTHING: readonly string[] = [];

/** The same with the sentences an agent reads: most comparisons are never read. */
export const inWords = (evidence: readonly Weighed[]): readonly Evidence[] =>
  evidence.map(({ kind, weight, about }) => ({
    ...{ kind, weight },
    sentence: sentenceOf(SENTENCES[kind], about),
  }));
