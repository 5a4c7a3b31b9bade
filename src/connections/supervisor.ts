import type { Connected } from '../intake/connected.js';
import type { Live, ServeHandler } from '../sdk/treaty.js';
import {
  openConnection,
  openOnce,
  type OpenConnection,
  type OpeningDependencies,
} from './open-connection.js';

export interface SupervisorDependencies extends OpeningDependencies {
  /** A connection opened, so its queue may move. */
  readonly opened: (connection: string) => void;
}

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

/**
 * A refused send stops sending (the queue is kept) and nothing else: messages still come in. Once an
 * admin has mended it, it is opened anew.
 */
function isOver(entry: OpenConnection, now: Connected): boolean {
  const mended = entry.status === 'failing' && now.status === 'active';
  return now.status === 'paused' || mended || !sameAccount(now, entry.connected);
}

function sameAccount(a: Connected, b: Connected): boolean {
  return JSON.stringify([a.account, a.pathSecret]) === JSON.stringify([b.account, b.pathSecret]);
}

export function startSupervisor(deps: SupervisorDependencies): Supervisor {
  const open = new Map<string, OpenConnection>();
  const closing = new Set<string>();
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
      open.set(id, openConnection(deps, connected));
      deps.opened(id);
    } catch (error) {
      const why = (error as Error).message;
      deps.log.with({ connection: id }).warn(`the connection cannot be opened: ${why}`);
    }
  }

  async function shut(id: string, entry: OpenConnection): Promise<void> {
    open.delete(id);
    closing.add(id);
    await entry.close();
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
    ports: () => portsOf(open),
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

function portsOf(open: ReadonlyMap<string, OpenConnection>): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const [id, { pump }] of open) {
    const port = pump.port();
    if (port !== null) ports.set(id, port);
  }
  return ports;
}
