import { carryWakes } from './carry-wakes.js';
import type { Connected } from '../intake/connected.js';
import type { Receive } from '../intake/receive.js';
import type { Chance, Clock } from '../model/time.js';
import type { ConnectorLog, Context, Doors, Live, ServeHandler } from '../sdk/treaty.js';
import type { HttpClient } from '../sdk/http.js';
import type { Blobs } from '../store/blobs.js';
import type { Store } from '../store/store.js';
import { noteTrouble, setConnectionStatus } from '../store/connections.js';
import { whyIncomplete } from './incomplete.js';
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
  /** Wakes its pump, in whichever process that is. */
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
    const { id } = connected;
    try {
      open.set(id, openAccount(deps, connected));
      deps.opened(id);
    } catch (error) {
      sayNotOpened(deps, connected, error);
    }
  }

  async function shut(id: string, entry: Open): Promise<void> {
    open.delete(id);
    const ended = end(entry);
    closing.set(id, ended);
    await ended;
    closing.delete(id);
    // It may be wanted again with other settings, on the port that is only free now.
    follow();
  }

  const wakes = carryWakes(deps, (id) => open.get(id)?.pump);
  registry.watch(follow);
  follow();

  return {
    live: (connection) => open.get(connection)?.live,
    serve: (connection) => open.get(connection)?.handler,
    ...{ wake: wakes.wake, ports: () => portsOf(open) },
    async withLive(connection, use) {
      const present = open.get(connection)?.live;
      return present === undefined ? openOnce(deps, connection, use) : use(present);
    },
    async close() {
      closed = true;
      await wakes.close();
      await Promise.all([...open].map(([id, entry]) => shut(id, entry)));
    },
  };
}

/** Said once; each look at the registry tries it again. */
function sayNotOpened(
  deps: SupervisorDependencies,
  { id, status }: Connected,
  error: unknown,
): void {
  if (status === 'failing') return;
  const why = error instanceof Error ? error.message : String(error);
  deps.log.with({ connection: id }).warn(`the connection cannot be opened: ${why}`);
  void refuse(deps, id, why);
}

/** The live half of an account, drawing from its platform when this process pumps. */
function openAccount(deps: SupervisorDependencies, connected: Connected): Open {
  const { id: connection, status } = connected;
  const abort = new AbortController();
  const { signal } = abort;
  const log = deps.log.with({ connection });
  const live = connected.connector.open(contextOf(deps, connection, signal));
  const emit = (
    arrivals: Parameters<Receive>[1],
    cursors?: Parameters<Receive>[2],
  ): Promise<void> => deps.receive(connection, arrivals, cursors);
  const refused = (why: string): void => void refuse(deps, connection, why);
  const troubled = (why: string | null): void =>
    void note(deps, connection, why ?? whyIncomplete(connected));
  const pump = deps.pumps
    ? startPump({ ...deps, connection, log, live, emit, signal, refused, troubled })
    : NO_PUMP;
  const handler = live.serve?.(emit, deps.doors(connection));
  return { connected, status, live, pump, handler, abort };
}

function end({ abort, live, pump }: Open): Promise<unknown> {
  abort.abort();
  return Promise.race([Promise.allSettled([closeLive(live), pump.ended]), patience()]);
}

function portsOf(open: ReadonlyMap<string, Open>): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const [id, { pump }] of open) {
    const port = pump.port();
    if (port !== null) ports.set(id, port);
  }
  return ports;
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
  return JSON.stringify(a.account) === JSON.stringify(b.account);
}

/** A connector that throws at once is no different from one whose promise rejects. */
async function closeLive(live: Live): Promise<void> {
  await live.close();
}

/** The credential was refused for good, or it cannot open: the connection shows why and keeps its queue. */
async function refuse(
  { store, registry, log }: SupervisorDependencies,
  connection: string,
  why: string,
): Promise<void> {
  try {
    await store.write(() => setConnectionStatus(connection, 'failing', why));
    await registry.refresh();
  } catch (error) {
    const said = { refused: why, why: String(error) };
    log.with({ connection }).warn('a refused connection could not be set failing', said);
  }
}

/** It stays active: what works of it goes on. Whoever looks at it is told what does not. */
async function note(
  { store, log }: SupervisorDependencies,
  connection: string,
  why: string | null,
): Promise<void> {
  try {
    await store.write(() => noteTrouble(connection, why));
  } catch (error) {
    const said = { trouble: why ?? 'none', why: String(error) };
    log.with({ connection }).warn('the trouble of a connection could not be noted', said);
  }
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
