import type { Pump } from './pump.js';
import type { ConnectorLog } from '../sdk/treaty.js';
import { leaveWake, takeWake, waitingWakes } from '../store/wakes.js';
import type { Store } from '../store/store.js';

/** A hint that another process left is seen within this time. */
const LOOK_EVERY_MS = 500;

export interface WakeDependencies {
  readonly store: Store;
  readonly log: ConnectorLog;
  /** Whether this process draws from platforms. */
  readonly pumps: boolean;
}

/** Brings hints to the pumps they are for. */
export interface Wakes {
  wake(connection: string, hint: string): void;
  close(): Promise<void>;
}

/**
 * Whoever reads a hint need not hold the pump it is for: then the hint waits in a row that the process
 * with the pump finds. A hint that is lost costs the pump's own interval and nothing else.
 */
export function carryWakes(
  { store, log, pumps }: WakeDependencies,
  pumpOf: (connection: string) => Pump | undefined,
): Wakes {
  const trouble = (error: unknown): void =>
    log.warn('a hint for a connection was not carried; it is polled by itself', {
      why: String(error).slice(0, 200),
    });
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    for (const row of await store.read(waitingWakes)) {
      const pump = pumpOf(row.connection_id);
      if (pump !== undefined && (await store.write(() => takeWake(row)))) pump.wake(row.hint);
    }
  }

  function lookAgain(): void {
    looking = looking.then(look).catch(trouble);
  }

  const timer = pumps ? setInterval(lookAgain, LOOK_EVERY_MS).unref() : undefined;
  return {
    wake(connection, hint) {
      const pump = pumps ? pumpOf(connection) : undefined;
      if (pump !== undefined) pump.wake(hint);
      else store.write(() => leaveWake(connection, hint)).catch(trouble);
    },
    close() {
      clearInterval(timer);
      return looking;
    },
  };
}
