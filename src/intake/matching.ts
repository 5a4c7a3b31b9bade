import { openComplaintReader, type ComplaintReader } from './complaint.js';
import type { Comparison } from '../matching/compare.js';
import type { MatchingRules } from '../matching/rules.js';

/** What the match step needs for as long as the hub runs. */
export interface Matching {
  readonly rules: MatchingRules;
  readonly complaintsOf: ComplaintReader;
  /** Hears of every comparison that is made: who estimates the weights listens. */
  readonly compared?: (seen: Compared) => void;
}

/** The simple rule: a new ticket of a proven person joins the open one of the same person. */
export interface SamePerson {
  /** How far back or ahead the other ticket's last message may lie, milliseconds. */
  readonly samePersonWithin: number;
}

/** How complaints are found to be one. */
export type MatchingBy = Matching | SamePerson;

export const isByEvidence = (by: MatchingBy): by is Matching => 'rules' in by;

/** Two roots that were compared. */
export interface Compared {
  readonly one: number;
  readonly other: number;
  readonly comparison: Comparison;
}

export function openMatching(rules: MatchingRules, compared?: (seen: Compared) => void): Matching {
  return {
    rules,
    complaintsOf: openComplaintReader(),
    ...(compared === undefined ? {} : { compared }),
  };
}
