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
  readonly evidence: readonly Evidence[];
}

/**
 * Compares a telling (`one`, the newer) with a ticket (`other`): the match weight of Fellegi and
 * Sunter (1969), the sum of log2(m/u) over the features seen.
 */
export function compare(one: Side, other: Side, rarity: Rarity, rules: MatchingRules): Comparison {
  const crowded = crowdKeys(one.facts, rules).some(
    (key) => rarity.of(key).tickets >= rules.rarity.crowd,
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
  const evidence = seen.flatMap(({ feature, about = [] }) => {
    const weight = rules.weights[feature];
    return weight === 0 ? [] : [evidenceOf(feature, weight, about)];
  });
  return { weight: evidence.reduce((sum, { weight }) => sum + (weight ?? 0), 0), evidence };
}

/** Most comparisons are never read: the sentence is written when somebody asks for it. */
function evidenceOf(kind: Feature, weight: number, about: readonly string[]): Evidence {
  return {
    kind,
    weight,
    get sentence() {
      return sentenceOf(SENTENCES[kind], about);
    },
  };
}
