import type { Caller } from './auth.js';
import type { Parts } from './hub.js';
import type { ConnectionView } from './schemas/connections.js';
import { shownStatus } from '../connections/shown-status.js';
import { hookUrl } from '../connections/registry.js';
import { connectionById, liveConnections, type ConnectionRow } from '../store/connections.js';
import { groupNames } from '../store/ticket-views.js';

export interface ConnectionViews {
  all(caller: Caller): Promise<readonly ConnectionView[]>;
  /** Undefined: unknown or removed. */
  one(id: string, caller: Caller): Promise<ConnectionView | undefined>;
}

/** Connections as the API shows them: never a secret, and the secret path of a hook to admins only. */
export function connectionViews(parts: Parts): ConnectionViews {
  const { store } = parts.house;

  async function shown(rows: readonly ConnectionRow[], caller: Caller): Promise<ConnectionView[]> {
    const groups = await store.read(groupNames);
    const ports = parts.supervisor.ports();
    return rows.map((row) => ({
      ...placeOf(parts, row, caller),
      id: row.id,
      connector: row.connector,
      name: row.name,
      group: groups.get(row.group_id) ?? '',
      status: shownStatus(row),
      statusReason: row.status_reason,
      port: ports.get(row.id) ?? null,
      open: parts.supervisor.live(row.id) !== undefined,
      settings: JSON.parse(row.settings) as Record<string, unknown>,
      credentials: secretNames(parts, row.id),
      createdAt: new Date(row.created_at).toISOString(),
    }));
  }

  return {
    all: async (caller) => shown(await store.read(liveConnections), caller),
    async one(id, caller) {
      const row = await store.read(() => connectionById(id));
      if (row === undefined || row.removed_at !== null) return undefined;
      return (await shown([row], caller))[0];
    },
  };
}

function placeOf(
  { house, publicUrl, registry }: Parts,
  row: ConnectionRow,
  { scopes }: Caller,
): Pick<ConnectionView, 'channel' | 'hookUrl' | 'doorUrl'> {
  const definition = house.connectors.get(row.connector)?.definition;
  const transports = definition?.transports ?? [];
  const url = scopes.includes('admin') ? registry.find(row.id)?.account.hookUrl : undefined;
  return {
    channel: definition?.channel ?? '',
    hookUrl: transports.includes('webhook') ? (url ?? hookUrl(publicUrl(), row.id)) : null,
    doorUrl: transports.includes('serve')
      ? `${publicUrl()}/c/${encodeURIComponent(row.id)}/`
      : null,
  };
}

/** Which secrets are there, so that a form can show that they are. */
function secretNames({ registry }: Parts, id: string): string[] {
  const credentials = registry.find(id)?.account.credentials ?? {};
  return Object.entries(credentials)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name]) => name);
}
