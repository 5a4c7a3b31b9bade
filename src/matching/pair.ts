import type { Identity } from '../model/identity.js';
import type { Status } from '../model/ticket-state.js';
import type { Facts } from './facts.js';
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
  tickets(key: string): number;
  persons(key: string): number;
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
