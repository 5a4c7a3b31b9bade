import type { Localised } from './localised.js';

/** Why two tickets are one, or are not: a sentence an agent can read. */
export interface Evidence {
  /** The feature it comes from, one word: `order`, `person`, `text`. */
  readonly kind: string;
  readonly sentence: Localised;
  /** Its share of the score, log2(m/u); null: it decided by itself. */
  readonly weight: number | null;
}
