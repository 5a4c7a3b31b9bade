import type { Connected } from '../intake/connected.js';
import type { Receive } from '../intake/receive.js';
import type { Chance, Clock } from '../model/time.js';
import type { ConnectorLog, Context, Doors, Live, ServeHandler } from '../sdk/treaty.js';
import type { HttpClient } from '../sdk/http.js';
import type { Blobs } from '../store/blobs.js';
import type { Store } from '../store/store.js';
import { setConnectionStatus } from '../store/connections.js';
import { startPump, type Pump } from './pump.js';
import type { Registry } from './registry.js';
import { memoryInProcess, openRememberer } from './remember.js';

/** An open connection that is not told to close within this time is left behind. */
const CLOSE_PATIENCE_MS = 2_000;

export interface SupervisorDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly registry: Registry;
  readonly receive: Receive;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: ConnectorLog & { with(fields: Readonly<Record<string, string>>): ConnectorLog };
  readonly doors: (connection: string) => Doors;
  /** Whether this process draws from platforms; one that only serves doors does not. */
  readonly pumps: boolean;
  /** A connection opened, so its queue may move. */
  readonly opened: (connection: string) => void;
}

/** What the context of one open account is made of. */
export type ContextDependencies = Pick<
  SupervisorDependencies,
  'registry' | 'http' | 'blobs' | 'log' | 'clock'
>;

/** Keeps the live half of every active connection open, as the registry says, and closes what left it. */
export interface Supervisor {
  live(connection: string): Live | undefined;
  /** For tests of an account that is not (or not yet) open. */
  withLive<T>(connection: string, use: (live: Live) => Promise<T>): Promise<T>;
  serve(connection: string): ServeHandler | undefined;
  wake(connection: string, hint: string): void;
  /** Bound ports of listening connections. */
  ports(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const NO_PUMP: Pump = { wake: () => undefined, port: () => null, ended: Promise.resolve() };

interface Open {
  readonly connected: Connected;
  /** As it was last seen. */
  status: Connected['status'];
  readonly live: Live;
  readonly pump: Pump;
  readonly handler: ServeHandler | undefined;
  readonly abort: AbortController;
}

/**
 * A refused send stops sending (the queue is kept) and nothing else: messages still come in. Once an
 * admin has mended it, it is opened anew.
 */
function isOver(entry: Open, now: Connected): boolean {
  const mended = entry.status === 'failing' && now.status === 'active';
  return now.status === 'paused' || mended || !sameAccount(now, entry.connected);
}

export function startSupervisor(deps: SupervisorDependencies): Supervisor {
  const open = new Map<string, Open>();
  const closing = new Map<string, Promise<unknown>>();
  let closed = false;
  const { registry } = deps;

  function follow(): void {
    if (closed) return;
    const wanted = new Map(registry.list().map((one) => [one.id, one]));
    for (const [id, entry] of open) {
      const now = wanted.get(id);
      if (now === undefined || isOver(entry, now)) void shut(id, entry);
      else entry.status = now.status;
    }
    for (const connected of wanted.values()) {
      const { id, status } = connected;
      if (status !== 'paused' && !open.has(id) && !closing.has(id)) tryOpen(connected);
    }
  }

  /** One connector that cannot open keeps no other connection closed. */
  function tryOpen(connected: Connected): void {
    try {
      openOne(connected);
    } catch (error) {
      const why = (error as Error).message;
      deps.log.with({ connection: connected.id }).warn(`the connection cannot be opened: ${why}`);
    }
  }

  function openOne(connected: Connected): void {
    const abort = new AbortController();
    const live = connected.connector.open(contextOf(deps, connected.id, abort.signal));
    const emit = (
      arrivals: Parameters<Receive>[1],
      cursors?: Parameters<Receive>[2],
    ): Promise<void> => deps.receive(connected.id, arrivals, cursors);
    const pump = deps.pumps
      ? startPump({
          ...deps,
          connection: connected.id,
          live,
          emit,
          signal: abort.signal,
          refused: (why) => void refuse(deps, connected.id, why),
        })
      : NO_PUMP;
    const handler = live.serve?.(emit, deps.doors(connected.id));
    open.set(connected.id, { connected, status: connected.status, live, pump, handler, abort });
    deps.opened(connected.id);
  }

  async function shut(id: string, entry: Open): Promise<void> {
    open.delete(id);
    entry.abort.abort();
    const ended = Promise.race([
      Promise.allSettled([entry.live.close(), entry.pump.ended]),
      patience(),
    ]);
    closing.set(id, ended);
    await ended;
    closing.delete(id);
    // It may be wanted again with other settings, on the port that is only free now.
    follow();
  }

  registry.watch(follow);
  follow();

  return {
    live: (connection) => open.get(connection)?.live,
    serve: (connection) => open.get(connection)?.handler,
    wake: (connection, hint) => open.get(connection)?.pump.wake(hint),
    ports: () =>
      new Map(
        [...open].flatMap(([id, { pump }]) =>
          pump.port() === null ? [] : [[id, pump.port() as number]],
        ),
      ),
    async withLive(connection, use) {
      const present = open.get(connection)?.live;
      return present === undefined ? openOnce(deps, connection, use) : use(present);
    },
    async close() {
      closed = true;
      await Promise.all([...open].map(([id, entry]) => shut(id, entry)));
    },
  };
}

/** Opens an account for one purpose and closes it again; needs no supervisor. */
export async function openOnce<T>(
  deps: ContextDependencies,
  connection: string,
  use: (live: Live) => Promise<T>,
): Promise<T> {
  const connected = deps.registry.find(connection);
  if (connected === undefined) throw new Error(`there is no connection ${connection}`);
  const abort = new AbortController();
  const live = connected.connector.open(contextOf(deps, connection, abort.signal));
  try {
    return await use(live);
  } finally {
    abort.abort();
    await live.close();
  }
}

function sameAccount(a: Connected, b: Connected): boolean {
  return JSON.stringify([a.account, a.pathSecret]) === JSON.stringify([b.account, b.pathSecret]);
}

/** The credential was refused for good: the connection pauses, keeps its queue, and shows why. */
async function refuse(
  { store, registry }: SupervisorDependencies,
  connection: string,
  why: string,
): Promise<void> {
  await store.write(() => setConnectionStatus(connection, 'failing', why));
  await registry.refresh();
}

function contextOf(deps: ContextDependencies, connection: string, signal: AbortSignal): Context {
  const { remember, forget } = openRememberer(memoryInProcess(), deps.clock);
  return {
    account: () => {
      const connected = deps.registry.find(connection);
      if (connected === undefined) throw new Error(`the connection ${connection} was removed`);
      return connected.account;
    },
    http: deps.http,
    remember,
    forget,
    blob: (sha256) => deps.blobs.get(sha256),
    log: deps.log.with({ connection }),
    clock: deps.clock,
    signal,
  };
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS).unref());
}
