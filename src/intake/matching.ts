import { openComplaintReader, type ComplaintReader } from './complaint.js';
import type { MatchingRules } from '../matching/rules.js';

/** What the match step needs for as long as the hub runs. */
export interface Matching {
  readonly rules: MatchingRules;
  readonly complaintsOf: ComplaintReader;
}

export function openMatching(rules: MatchingRules): Matching {
  return { rules, complaintsOf: openComplaintReader() };
}
