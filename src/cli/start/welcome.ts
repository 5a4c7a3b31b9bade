import type { Hub } from '../../api/hub.js';
import { liveConnections, type ConnectionRow } from '../../store/connections.js';
import { typed } from '../typed.js';
import { firstConnection } from './example.js';

/** What `start` says: a few lines the first time, fewer later, and which connections need somebody. */
export async function welcome(hub: Hub): Promise<readonly string[]> {
  const { house, url, adminToken } = hub;
  const rows = await house.store.read(liveConnections);
  const ready = `Hubbub is ready on ${url} · 服务已就绪`;
  if (adminToken === null && rows.length > 0) {
    const count = `${rows.length} connection${rows.length === 1 ? '' : 's'}`;
    return [
      ready,
      `${count} · API page ${url}/docs`,
      ...rows.flatMap((row) => troubleOf(hub, row)),
    ];
  }
  return [
    ready,
    `  API page:  ${url}/docs`,
    `  Data:      ${whereDataIs(hub)}`,
    ...(adminToken === null
      ? []
      : [`  Admin token (shown once, keep it · 仅显示一次，请妥善保存):  ${adminToken}`]),
    `Connect the first channel (connectors list names them all), from another terminal:`,
    `  ${typed(house.loaded, firstConnection(house.connectors))}`,
  ];
}

/** A connection that does not work as it should, and the command that says why. */
function troubleOf({ registry, house }: Hub, row: ConnectionRow): readonly string[] {
  const { id, status, status_reason: reason } = row;
  if (registry.find(id) === undefined) {
    return [
      `  left out: ${id} (its connector is gone, or its secrets were sealed with another key: the log says which)`,
    ];
  }
  if (status === 'paused') return [`  paused: ${id}, by an admin`];
  if (status !== 'failing') return [];
  return [
    `  failing · 异常: ${id} (${reason ?? 'no reason is known'})`,
    `    why, and the way out: ${typed(house.loaded, `connections check ${id}`)}`,
  ];
}

function whereDataIs({ house }: Hub): string {
  const { data } = house.loaded.config;
  return data.databaseUrl === null ? data.dir : `Postgres, attachments in ${data.dir}`;
}
