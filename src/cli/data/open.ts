import type { House } from '../../api/hub.js';
import type { Loaded } from '../../config/load.js';
import { createHttpClient } from '../../connections/http.js';
import { openRegistry } from '../../connections/registry.js';
import { createConnectionService } from '../../connections/service.js';
import { openOnce } from '../../connections/supervisor.js';
import { createReceive } from '../../intake/receive.js';
import type { Wiring } from '../wiring.js';
import { withoutPassword } from '../typed.js';
import type { Operations } from './operations.js';
import { operationsOver } from './over-house.js';
import { isOpen, operationsThrough, readDoorFile } from './through-door.js';

/** The operations, and by whom they are done. */
export interface Opened {
  readonly operations: Operations;
  /** True: a running hub does them and goes on with what they leave. */
  readonly served: boolean;
  /** For the person: whose data these are. */
  readonly where: string;
  close(): Promise<void>;
}

/** Through the hub that serves this data folder, else on the data itself. */
export async function openOperations(wiring: Wiring, loaded: Loaded): Promise<Opened> {
  const { dir, databaseUrl } = loaded.config.data;
  const file = databaseUrl === null ? readDoorFile(dir) : null;
  if (file !== null && (await isOpen(file))) {
    return {
      operations: operationsThrough(file),
      served: true,
      where: `the hub on ${file.url} (data in ${dir})`,
      close: () => Promise.resolve(),
    };
  }
  return overHouse(await wiring.openHouse(loaded));
}

/** Without a server nothing rings: a hub that starts later, or another process, sweeps what waits. */
async function overHouse(house: House): Promise<Opened> {
  const { server, network } = house.loaded.config;
  const { dir, databaseUrl } = house.loaded.config.data;
  const http = createHttpClient({ allowPrivate: network.allowPrivate });
  const base = server.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${server.port}`;
  const registry = openRegistry({ ...house, publicUrl: () => base });
  await registry.refresh();
  const connections = createConnectionService({
    ...house,
    registry,
    withLive: (id, use) => openOnce({ ...house, registry, http }, id, use),
  });
  const queue = {
    ring: () => undefined,
    wakeAt: () => undefined,
    onRing: () => undefined,
    close: () => Promise.resolve(),
  };
  const receive = createReceive({ ...house, queue, find: registry.find });
  return {
    operations: operationsOver({ house, registry, connections, receive, ring: queue.ring }),
    served: house.store.dialect === 'postgres',
    where: databaseUrl === null ? `the data in ${dir}` : withoutPassword(databaseUrl),
    async close() {
      registry.close();
      http.close();
      await house.close();
    },
  };
}
