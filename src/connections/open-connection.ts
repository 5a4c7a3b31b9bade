import type { Connected } from '../intake/connected.js';
import type { Receive } from '../intake/receive.js';
import type { Chance, Clock } from '../model/time.js';
import type { HttpClient } from '../sdk/http.js';
import type { ConnectorLog, Context, Doors, Emit, Live, ServeHandler } from '../sdk/treaty.js';
import type { Blobs } from '../store/blobs.js';
import { setConnectionStatus } from '../store/connections.js';
import type { Store } from '../store/store.js';
import { startPump, type Pump } from './pump.js';
import type { Registry } from './registry.js';
import { memoryInProcess, openRememberer } from './remember.js';

/** An open connection that is told to close and does not within this time is left behind. */
const CLOSE_PATIENCE_MS = 2_000;

export interface OpeningDependencies {
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
}

/** What the context of one open account is made of. */
export type ContextDependencies = Pick<
  OpeningDependencies,
  'registry' | 'http' | 'blobs' | 'log' | 'clock'
>;

/** The live half of one connection with everything that runs for it. */
export interface OpenConnection {
  readonly connected: Connected;
  /** As it was last seen. */
  status: Connected['status'];
  readonly live: Live;
  readonly pump: Pump;
  readonly handler: ServeHandler | undefined;
  /** Resolves when all of it has ended, or after a bounded time. */
  close(): Promise<void>;
}

const NO_PUMP: Pump = { wake: () => undefined, port: () => null, ended: Promise.resolve() };

/** Opens an account and begins to draw from its platform. Throws what the connector throws. */
export function openConnection(deps: OpeningDependencies, connected: Connected): OpenConnection {
  const { id, status } = connected;
  const abort = new AbortController();
  const live = connected.connector.open(contextOf(deps, id, abort.signal));
  const emit: Emit = (arrivals, cursors) => deps.receive(id, arrivals, cursors);
  const refused = (why: string): void => void refuse(deps, id, why);
  const pump = deps.pumps
    ? startPump({ ...deps, connection: id, live, emit, signal: abort.signal, refused })
    : NO_PUMP;
  return {
    ...{ connected, status, live, pump },
    handler: live.serve?.(emit, deps.doors(id)),
    async close() {
      abort.abort();
      await Promise.race([Promise.allSettled([live.close(), pump.ended]), patience()]);
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

/** The credential was refused for good: the connection pauses, keeps its queue, and shows why. */
async function refuse(
  { store, registry }: OpeningDependencies,
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
