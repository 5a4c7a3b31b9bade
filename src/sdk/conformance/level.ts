import type { CheckResult, Group } from './check.js';

/** How far a connector has come; computed from its checks, never claimed. */
export const LEVELS = ['none', 'bronze', 'silver', 'gold'] as const;
export type Level = (typeof LEVELS)[number];

/** What meets a platform that misbehaves. Everything else stands on the connector alone. */
const REHEARSED: ReadonlySet<Group> = new Set<Group>([
  ...(['outcomes', 'faults', 'tokens', 'windows', 'cursors', 'media', 'lifecycle'] as const),
]);

/**
 * `bronze`: nothing fails of what the connector says and reads. `silver`: nothing fails at all.
 * `gold`: and nothing is waived. Whether it was ever run against the live platform is another
 * question, which its page answers.
 */
export function levelOf(results: readonly CheckResult[]): Level {
  const failed = results.filter(({ state }) => state === 'failed');
  if (failed.some(({ group }) => !REHEARSED.has(group))) return 'none';
  if (failed.length > 0) return 'bronze';
  return results.some(({ state }) => state === 'waived') ? 'silver' : 'gold';
}
