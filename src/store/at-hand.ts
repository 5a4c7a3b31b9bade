import type { WaitingDraft } from './drafts.js';
import type { EnvelopeRow } from './envelopes.js';
import { JustWritten } from './just-written.js';

/** What the stages of a single process hand on to each other; where others may take a row there is none of it. */
export interface AtHand {
  readonly envelopes: JustWritten<EnvelopeRow>;
  readonly drafts: JustWritten<WaitingDraft>;
}

export function openAtHand(): AtHand {
  return { envelopes: new JustWritten(), drafts: new JustWritten() };
}
