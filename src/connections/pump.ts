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
/** One break is a blip; what is still broken at the next try is told. */
const TOLD_AFTER = 2;
/** A credential refused this often in a row pauses the connection: more tries would lock the account. */
const MOST_REFUSALS = 3;
/** Characters of what is told. */
const MOST_TOLD = 300;

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
  /** What of it does not work now, in a sentence; null: all works. Said when it changes. */
  readonly troubled: (why: string | null) => void;
}

/** A task that a loop runs; `works` says that it is under way and nothing is wrong. */
type Task = (works: () => void) => Promise<void>;

/** Draws what a connection's platform holds for us: poll, stream and listen, each as long as it is open. */
export interface Pump {
  wake(hint: string): void;
  port(): number | null;
  readonly ended: Promise<unknown>;
}

export function startPump(deps: PumpDependencies): Pump {
  const { live } = deps;
  /** The latest that no poll has taken yet, if any. */
  const hints: string[] = [];
  let ring: () => void = () => undefined;
  let port: number | null = null;

  async function pollForEver(works: () => void): Promise<void> {
    const given = hints.shift();
    try {
      // A hint that comes while this poll runs is for the next one.
      const more = await pollOnce(deps, given);
      works();
      if (more || hints.length > 0) return;
    } catch (error) {
      if (given !== undefined && hints.length === 0) hints.push(given);
      throw error;
    }
    await pause(POLL_EVERY, deps.signal, (wake) => (ring = wake));
  }

  async function streamOnce(works: () => void): Promise<void> {
    const cursors = await deps.store.read(() => cursorsOf(deps.connection));
    const steady = setTimeout(works, LONGEST_DELAY).unref();
    try {
      await live.stream?.(deps.emit, cursors);
    } finally {
      clearTimeout(steady);
    }
    // A stream lives as long as its connection: one that ends early is opened again like a broken one.
    if (!deps.signal.aborted) throw new Error('the stream ended');
  }

  async function listenUntilClosed(works: () => void): Promise<void> {
    port = (await live.listen?.(deps.emit))?.port ?? null;
    works();
    await aborted(deps.signal);
  }

  const tell = tellTrouble(deps);
  const loops = [
    ...(live.poll === undefined ? [] : [keepRunning(deps, pollForEver, tell)]),
    ...(live.stream === undefined ? [] : [keepRunning(deps, streamOnce, tell)]),
    ...(live.listen === undefined ? [] : [keepRunning(deps, listenUntilClosed, tell)]),
  ];
  return {
    wake(given) {
      hints.splice(0, hints.length, given);
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

type Tell = (task: Task, why: string | null) => void;

/** Gathers what the loops of one connection say. At first nothing is known of what an earlier process said. */
function tellTrouble({ troubled, signal }: PumpDependencies): Tell {
  const whys = new Map<Task, string | null>();
  let told: string | null | undefined;
  return (task, why) => {
    whys.set(task, why === null ? null : shortLine(why));
    const now = [...whys.values()].find((one) => one !== null) ?? null;
    if (now === told || signal.aborted) return;
    told = now;
    troubled(now);
  };
}

/** An error may carry a whole answer; its first line is what a person reads, and what changes least. */
const shortLine = (why: string): string => (why.split('\n', 1)[0] ?? '').slice(0, MOST_TOLD);

/** How often a loop failed, and was refused, since it last went well. */
interface Trouble {
  failures: number;
  refusals: number;
  /** It went well at least once. */
  worked: boolean;
}

/** Runs a task again and again until the connection closes; says once when it breaks and once when it is back. */
async function keepRunning(deps: PumpDependencies, task: Task, tell: Tell): Promise<void> {
  const { signal, log, clock } = deps;
  const trouble: Trouble = { failures: 0, refusals: 0, worked: false };
  const isOver = (): boolean => signal.aborted;
  const works = (): void => {
    if (trouble.failures > 0) log.info('the connection is back', { after: trouble.failures });
    Object.assign(trouble, { failures: 0, refusals: 0, worked: true });
    tell(task, null);
  };
  while (!isOver()) {
    const began = clock.now();
    try {
      await task(works);
      works();
    } catch (error) {
      if (isOver()) return;
      if (clock.now() - began > LONGEST_DELAY) trouble.failures = 0;
      const { message } = error as Error;
      if (isHopeless(trouble, error as Error, log)) return deps.refused(message);
      if (trouble.failures >= TOLD_AFTER) tell(task, message);
      await pause(delay(trouble.failures, deps.chance), signal);
    }
  }
}

function isHopeless(trouble: Trouble, error: Error, log: ConnectorLog): boolean {
  trouble.failures += 1;
  trouble.refusals = isRefusal(error) ? trouble.refusals + 1 : 0;
  if (trouble.failures === 1) {
    const what = trouble.worked
      ? 'the connection broke and is opened again'
      : 'the connection cannot be opened; it is tried again';
    log.warn(`${what}: ${error.message}`);
  }
  return trouble.refusals >= MOST_REFUSALS;
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
