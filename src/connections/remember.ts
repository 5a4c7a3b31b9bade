import type { Remembered } from '../sdk/treaty.js';
import type { Clock } from '../model/time.js';

/**
 * Where remembered values live. In memory they serve one process; several processes share one
 * account's tokens when this is a table.
 */
export interface Memory {
  read(name: string): Promise<Remembered | null>;
  write(name: string, remembered: Remembered): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface Rememberer {
  /**
   * The value under this name; when there is none, or it has expired, one caller computes it and
   * all who ask meanwhile get that. A computation that fails fails for those who waited and is not
   * kept: the next caller tries again.
   */
  readonly remember: (name: string, compute: () => Promise<Remembered>) => Promise<string>;
  /**
   * Drops the value, for a token the platform refused before its time. `refused` names the value
   * that was refused: of twenty sends that saw one token refused, the late ones must not drop the
   * token the first has fetched meanwhile.
   */
  readonly forget: (name: string, refused?: string) => void;
}

export function memoryInProcess(): Memory {
  const kept = new Map<string, Remembered>();
  return {
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write(name, remembered) {
      kept.set(name, remembered);
      return Promise.resolve();
    },
    remove(name) {
      kept.delete(name);
      return Promise.resolve();
    },
  };
}

/** Single-flight memory of one connection's tokens; each connection opens its own. */
export function openRememberer(memory: Memory, clock: Clock): Rememberer {
  const flights = new Map<string, Promise<string>>();
  const removals = new Map<string, Promise<void>>();

  async function fly(name: string, compute: () => Promise<Remembered>): Promise<string> {
    await removals.get(name);
    const kept = await memory.read(name);
    if (kept !== null && kept.expiresAt > clock.now()) return kept.value;
    const fresh = await compute();
    if (fresh.expiresAt > clock.now()) await memory.write(name, fresh);
    return fresh.value;
  }

  async function remove(name: string, refused: string | undefined): Promise<void> {
    const kept = refused === undefined ? null : await memory.read(name);
    if (kept === null || kept.value === refused) await memory.remove(name);
  }

  return {
    remember(name, compute) {
      const flying = flights.get(name);
      if (flying !== undefined) return flying;
      const flight = fly(name, compute).finally(() => flights.delete(name));
      flights.set(name, flight);
      return flight;
    },
    forget(name, refused) {
      // While a fresh value is being computed, what was refused is the one before it.
      if (flights.has(name) || removals.has(name)) return;
      const removal = remove(name, refused)
        .catch(() => undefined)
        .finally(() => removals.delete(name));
      removals.set(name, removal);
    },
  };
}
