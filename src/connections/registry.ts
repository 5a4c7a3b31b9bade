import type { Connected, FindConnection } from '../intake/connected.js';
import { mappingsFor, type MappingLibrary } from '../mapping/load.js';
import type { Connector } from '../sdk/treaty.js';
import { connectionsVersion, liveConnections, type ConnectionRow } from '../store/connections.js';
import type { Store } from '../store/store.js';
import type { Vault } from './vault.js';

/** Changes of connections are seen within this time, whichever process made them. */
const LOOK_EVERY_MS = 500;

export interface RegistryDependencies {
  readonly store: Store;
  readonly vault: Vault;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly mappings: MappingLibrary;
  /** Public base URL without a trailing slash. */
  readonly publicUrl: () => string;
  readonly log: { error(sentence: string, fields?: Readonly<Record<string, string>>): void };
}

/** The connections in memory, kept up to what the database says. */
export interface Registry {
  readonly find: FindConnection;
  list(): readonly Connected[];
  /** Reads anew when anything changed; calls the watchers with what is there now. */
  refresh(): Promise<void>;
  watch(changed: () => void): void;
  close(): void;
}

export function openRegistry(deps: RegistryDependencies): Registry {
  let connections = new Map<string, Connected>();
  let seen = -1;
  let reading: Promise<void> | null = null;
  const watchers: (() => void)[] = [];
  const timer = setInterval(() => void refresh().catch(() => undefined), LOOK_EVERY_MS);
  timer.unref();

  async function read(): Promise<void> {
    const version = await deps.store.read(connectionsVersion);
    if (version === seen) return;
    const rows = await deps.store.read(liveConnections);
    connections = new Map(rows.flatMap((row) => entryOf(deps, row)));
    seen = version;
    for (const changed of watchers) changed();
  }

  async function refresh(): Promise<void> {
    while (reading !== null) await reading;
    reading = read().finally(() => {
      reading = null;
    });
    await reading;
  }

  return {
    find: (id) => connections.get(id),
    list: () => [...connections.values()],
    refresh,
    watch: (changed) => void watchers.push(changed),
    close: () => clearInterval(timer),
  };
}

/** A row that cannot be opened (its connector is gone, its secrets are sealed with a lost key) is left out and named. */
function entryOf(
  deps: RegistryDependencies,
  row: ConnectionRow,
): readonly (readonly [string, Connected])[] {
  const connector = deps.connectors.get(row.connector);
  if (connector === undefined) {
    deps.log.error(`the connection is left out: there is no connector ${row.connector}`, {
      connection: row.id,
    });
    return [];
  }
  try {
    return [[row.id, connectedOf(deps, row, connector)]];
  } catch (error) {
    deps.log.error(`the connection is left out: ${(error as Error).message}`, {
      connection: row.id,
    });
    return [];
  }
}

function connectedOf(
  { vault, mappings, publicUrl }: RegistryDependencies,
  row: ConnectionRow,
  connector: Connector,
): Connected {
  const settings = JSON.parse(row.settings) as Record<string, unknown>;
  const set = mappingsFor(mappings, row.connector, settings);
  if (set === null) throw new Error(`there is no mapping for ${row.connector}`);
  const credentials = vault.open(row.id, row.credentials) as Record<string, unknown>;
  return {
    id: row.id,
    group: row.group_id,
    name: row.name,
    status: row.status,
    connector,
    mappings: set,
    account: {
      id: row.id,
      settings,
      credentials,
      hookUrl: `${hookUrl(publicUrl(), row.id)}${pathSecretOf(credentials)}`,
      macKeys: vault.macKeys(row.id),
    },
  };
}

/** Where a platform calls, without the secret that may follow. */
export function hookUrl(base: string, id: string): string {
  return `${base}/hooks/${encodeURIComponent(id)}`;
}

/** The secret path of a hook is sealed with the other credentials; only the account in memory carries it. */
function pathSecretOf({ pathSecret }: Readonly<Record<string, unknown>>): string {
  return typeof pathSecret === 'string' && pathSecret !== '' ? `/${pathSecret}` : '';
}
