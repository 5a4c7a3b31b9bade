import { MINUTE, SECOND } from '../../src/sdk/index.js';
import type { Clock } from '../../src/sdk/index.js';

/** Keys remembered at most; the one that was silent longest is forgotten first. */
const MAX_KEYS = 20_000;

export interface Buckets {
  /** Takes one token of this key. Returns 0, or the milliseconds until there is one. */
  take(key: string, perMinute: number): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket a key: `perMinute` on average, and a quarter of it, at least five, at once. */
export function openBuckets(clock: Clock): Buckets {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, perMinute) {
      const now = clock.now();
      const capacity = Math.max(5, perMinute / 4);
      const known = buckets.get(key) ?? { tokens: capacity, at: now };
      const gained = (Math.max(0, now - known.at) * perMinute) / MINUTE;
      const tokens = Math.min(capacity, known.tokens + gained);
      const allowed = tokens >= 1;
      buckets.delete(key);
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
      forgetOldest(buckets);
      return allowed ? 0 : Math.max(SECOND, ((1 - tokens) * MINUTE) / perMinute);
    },
  };
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const oldest = buckets.keys().next();
  if (buckets.size > MAX_KEYS && oldest.done !== true) buckets.delete(oldest.value);
}
