import type { Chance, Clock } from '../model/time.js';
import { SECOND } from '../model/time.js';
import type { ConnectorLog, Emit, Live } from '../sdk/treaty.js';
import { cursorsOf } from '../store/connections.js';
import type { Store } from '../store/store.js';

/** A broken link is opened again after 1 s, 2 s, … 30 s, each ± 20 %. */
const FIRST_DELAY = SECOND;
const LONGEST_DELAY = 30 * SECOND;
const JITTER = 0.2;
/** How often `poll` runs when nothing wakes it. */
const POLL_EVERY = 15 * SECOND;
/** A credential refused this often in a row pauses the connection: more tries would lock the account. */
const MOST_REFUSALS = 3;

export interface PumpDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: ConnectorLog;
  readonly connection: string;
  readonly live: Live;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** The platform refuses the credential, again and again. */
  readonly refused: (why: string) => void;
}

/** Draws what a connection's platform holds for us: poll, stream and listen, each as long as it is open. */
export interface Pump {
  wake(hint: string): void;
  port(): number | null;
  readonly ended: Promise<unknown>;
}

export function startPump(deps: PumpDependencies): Pump {
  const { live } = deps;
  let hint: string | undefined;
  let ring: () => void = () => undefined;
  let port: number | null = null;

  async function pollForEver(): Promise<void> {
    const given = hint;
    hint = undefined;
    try {
      // A hint that comes while this poll runs is for the next one.
      if ((await pollOnce(deps, given)) || hint !== undefined) return;
    } catch (error) {
      hint ??= given;
      throw error;
    }
    await pause(POLL_EVERY, deps.signal, (wake) => (ring = wake));
  }

  async function streamOnce(): Promise<void> {
    const cursors = await deps.store.read(() => cursorsOf(deps.connection));
    await live.stream?.(deps.emit, cursors);
    // A stream lives as long as its connection: one that ends early is opened again like a broken one.
    if (!deps.signal.aborted) throw new Error('the stream ended');
  }

  async function listenUntilClosed(): Promise<void> {
    port = (await live.listen?.(deps.emit))?.port ?? null;
    await aborted(deps.signal);
  }

  const loops = [
    ...(live.poll === undefined ? [] : [keepRunning(deps, pollForEver)]),
    ...(live.stream === undefined ? [] : [keepRunning(deps, streamOnce)]),
    ...(live.listen === undefined ? [] : [keepRunning(deps, listenUntilClosed)]),
  ];
  return {
    wake(given) {
      hint = given;
      ring();
    },
    port: () => port,
    ended: Promise.all(loops),
  };
}

async function pollOnce(
  { store, live, emit, connection }: PumpDependencies,
  hint: string | undefined,
): Promise<boolean> {
  const cursors = await store.read(() => cursorsOf(connection));
  const polled = await live.poll?.(cursors, hint);
  if (polled === undefined) return false;
  await emit(polled.arrivals, polled.cursors);
  return polled.more;
}

/** Runs a task again and again until the connection closes; says once when it breaks and once when it is back. */
async function keepRunning(deps: PumpDependencies, task: () => Promise<void>): Promise<void> {
  let failures = 0;
  let refusals = 0;
  while (!deps.signal.aborted) {
    const began = deps.clock.now();
    try {
      await task();
      if (failures > 0) deps.log.info('the connection is back', { after: failures });
      failures = 0;
      refusals = 0;
    } catch (error) {
      if (deps.signal.aborted) return;
      if (deps.clock.now() - began > LONGEST_DELAY) failures = 0;
      failures += 1;
      refusals = isRefusal(error) ? refusals + 1 : 0;
      if (failures === 1)
        deps.log.warn(`the connection broke and is opened again: ${(error as Error).message}`);
      if (refusals >= MOST_REFUSALS) return deps.refused((error as Error).message);
      await pause(delay(failures, deps.chance), deps.signal);
    }
  }
}

/** A connector says so by the error's name: wrong password, not a broken wire. */
const isRefusal = (error: unknown): boolean => (error as Error).name === 'Unauthorised';

function delay(failures: number, chance: Chance): number {
  const base = Math.min(FIRST_DELAY * 2 ** (failures - 1), LONGEST_DELAY);
  return base * (1 - JITTER + 2 * JITTER * chance());
}

/** Ends early when the connection closes, or when what is handed to `expose` is called. */
function pause(
  milliseconds: number,
  signal: AbortSignal,
  expose: (wake: () => void) => void = () => undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    expose(done);
    if (signal.aborted) done();
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
