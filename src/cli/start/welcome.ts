import type { Hub } from '../../api/hub.js';
import { liveConnections } from '../../store/connections.js';
import { exampleCommand } from './example.js';

/** What `start` says: a few lines the first time, two later. */
export async function welcome(hub: Hub): Promise<readonly string[]> {
  const { house, url, adminToken } = hub;
  const connections = (await house.store.read(liveConnections)).length;
  const ready = `Hubbub is ready on ${url} · 服务已就绪`;
  if (adminToken === null && connections > 0) {
    return [
      ready,
      `${connections} connection${connections === 1 ? '' : 's'} · API page ${url}/docs`,
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
    `  ${exampleCommand(house.connectors)}`,
  ];
}

function whereDataIs({ house }: Hub): string {
  const { data } = house.loaded.config;
  return data.databaseUrl === null ? data.dir : `Postgres, attachments in ${data.dir}`;
}
