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
export function compare(one: Side, other: Side, rarity: Rarity, rules: MatchingRules): Comparison {
  const crowded = crowdKeys(one.facts, rules).some(
    (key) => rarity.tickets(key) >= rules.rarity.crowd,
  );
  const pair: Pair = { one, other, rarity, rules, crowded };
  const seen: readonly Seen[] = [
    ...identityEvidence(pair),
    ...nameEvidence(pair),
    ...referenceEvidence(pair),
    ...wordingEvidence(pair),
    ...matterEvidence(pair),
    ...circumstanceEvidence(pair),
  ];
  let weight = 0;
  const evidence: Weighed[] = [];
  for (const { feature, about = NOTHING } of seen) {
    const bits = rules.weights[feature];
    if (bits === 0) continue;
    weight += bits;
    evidence.push({ kind: feature, weight: bits, about });
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
