import type { Account, Draft, DraftInput, Raw } from '../../src/sdk/index.js';
import { prepare } from './prepared.js';

/** A mapping may call an id proven because deliveries are signed; where nothing is signed, nothing is proven. */
export function refine(draft: Readonly<Draft>, _raw: Raw, account: Account): DraftInput {
  const preparation = prepare(account);
  if (preparation.ok && preparation.prepared.settings.signature !== 'path-secret') return draft;
  const identities = draft.sender.identities.map((identity) => ({
    ...identity,
    proof: 'weak' as const,
  }));
  return { ...draft, sender: { ...draft.sender, identities } };
}
