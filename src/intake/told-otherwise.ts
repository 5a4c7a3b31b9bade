/**
 * Called by: api/hooks, after the commit of a delivery whose signature does not cover its body.
 * Given: the delivery as it came.
 * Leaves behind: nothing; says whether another body stands under its key, which makes this one a forgery.
 */
import { createHash } from 'node:crypto';
import type { Arrival } from '../model/arrival.js';
import { bodyUnder } from '../store/envelopes.js';
import type { Store } from '../store/store.js';

export type ToldOtherwise = (connection: string, arrival: Arrival) => Promise<boolean>;

export function createToldOtherwise(store: Pick<Store, 'read'>): ToldOtherwise {
  return async (connection, { key, body }) => {
    const kept = await store.read(() => bodyUnder(connection, key));
    if (kept === undefined) return false;
    if (kept.body !== null) return !body.equals(kept.body);
    return kept.blob !== createHash('sha256').update(body).digest('hex');
  };
}
