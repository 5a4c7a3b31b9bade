import { DAY, HOUR, type Clock } from '../model/time.js';
import { forgetRetiredSecrets } from '../store/connections.js';
import type { Store } from '../store/store.js';

/** Until then an envelope that was read may be read again, after a mapping was mended, under its own secrets. */
const KEEP_RETIRED_SECRETS = 7 * DAY;

export interface UpkeepDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: { warn(sentence: string, fields?: Readonly<Record<string, string>>): void };
}

/** What nobody waits for and nobody would miss for an hour. */
export async function upkeep({ store, clock }: Omit<UpkeepDependencies, 'log'>): Promise<void> {
  const before = clock.now() - KEEP_RETIRED_SECRETS;
  await store.write(() => forgetRetiredSecrets(before));
}

/** At once, then every hour; it may run in several processes. */
export function startUpkeep(deps: UpkeepDependencies): { stop: () => void } {
  const run = (): void =>
    void upkeep(deps).catch((error: unknown) =>
      deps.log.warn('the upkeep failed and is tried again in an hour', { why: String(error) }),
    );
  const timer = setInterval(run, HOUR).unref();
  run();
  return { stop: () => clearInterval(timer) };
}
