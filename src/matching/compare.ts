import type { Evidence } from '../model/evidence.js';
import type { Identity } from '../model/identity.js';
import type { Status } from '../model/ticket-state.js';
import { identityEvidence, nameEvidence } from './compare-persons.js';
import { referenceEvidence } from './compare-references.js';
import { matterEvidence, wordingEvidence } from './compare-matter.js';
import { circumstanceEvidence } from './compare-circumstances.js';
import type { Facts } from './facts.js';
import { crowdKeys } from './keys.js';
import { SENTENCES, sentenceOf } from './sentences.js';
import type { MatchingRules } from './rules.js';
import type { Feature } from './weights.js';

/** One ticket (a whole root, or a new telling) as matching compares it. */
export interface Side {
  readonly facts: Facts;
  /** Roots of the persons behind its conversations. */
  readonly persons: readonly number[];
  /** Addresses of its senders, each once, at their best proof. */
  readonly identities: readonly Identity[];
  readonly openedAt: number;
  readonly lastAt: number;
  readonly status: Status;
  readonly conversations: readonly ConversationOf[];
}

export interface ConversationOf {
  readonly id: number;
  readonly connection: string;
  readonly channel: string;
}

/** How common a key is in the group: the distinct tickets, and persons, that carry it. */
export interface Rarity {
  of(key: string): { readonly tickets: number; readonly persons: number };
  /** Tickets there are. */
  readonly total: number;
}

export interface Comparison {
  /** Sum of the evidence. */
  readonly weight: number;
  readonly evidence: readonly Evidence[];
}

/** What a comparison looks at. */
export interface Pair {
  readonly one: Side;
  readonly other: Side;
  readonly rarity: Rarity;
  readonly rules: MatchingRules;
  /** Many tell something like `one` these days: that two do is no evidence. */
  readonly crowded: boolean;
}

/** A feature that was seen, and what its sentence is about. */
export interface Seen {
  readonly feature: Feature;
  readonly about?: readonly string[];
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
