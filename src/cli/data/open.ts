import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { House } from '../../api/hub.js';
import type { Loaded } from '../../config/load.js';
import { createHttpClient } from '../../connections/http.js';
import { openRegistry } from '../../connections/registry.js';
import { createConnectionService } from '../../connections/service.js';
import { openOnce } from '../../connections/supervisor.js';
import { createReceive } from '../../intake/receive.js';
import { SILENT } from '../../queue/silent.js';
import type { Wiring } from '../wiring.js';
import { usage } from '../shell.js';
import { HUBBUB, withoutPassword } from '../typed.js';
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

/** Where there are no data yet: a command that leaves some there makes them, any other is in the wrong folder. */
export type WithoutData = 'make' | 'refuse';

/**
 * Through the hub that serves this data folder, else on the data itself. A new installation is made
 * only where that is meant, and `tell` says so: a command typed in the wrong folder would answer from
 * an empty one, and nobody would know.
 */
export async function openOperations(
  wiring: Wiring,
  loaded: Loaded,
  { withoutData, tell }: { readonly withoutData: WithoutData; tell(line: string): void },
): Promise<Opened> {
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
  const isNew = databaseUrl === null && !existsSync(join(dir, 'hubbub.db'));
  if (isNew && withoutData === 'refuse') throw usage(noInstallation(dir));
  const opened = await overHouse(await wiring.openHouse(loaded));
  if (isNew) tell(madeNew(dir));
  return opened;
}

const noInstallation = (dir: string): string =>
  `there is no installation in ${dir}: HUBBUB_DATA_DIR names the folder of one; ${HUBBUB} start, or connections add, makes a new one · 该目录下没有安装数据`;

const madeNew = (dir: string): string =>
  `there was no data in ${dir}: a new, empty installation was made there; HUBBUB_DATA_DIR names another folder · 已在此新建空的数据目录`;

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
    allowPrivate: network.allowPrivate,
    withLive: (id, use) => openOnce({ ...house, registry, http }, id, use),
  });
  const receive = createReceive({ ...house, queue: SILENT, find: registry.find });
  return {
    operations: operationsOver({ house, registry, connections, receive, ring: SILENT.ring }),
    served: house.store.dialect === 'postgres',
    where: databaseUrl === null ? `the data in ${dir}` : withoutPassword(databaseUrl),
    async close() {
      registry.close();
      http.close();
      await house.close();
    },
  };
}
