import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { catalogue } from '../connectors/index.js';
import { createApp } from './api/app.js';
import { createDoors } from './api/doors.js';
import { createHooks } from './api/hooks.js';
import { createHubServer, listen, type RequestHandler } from './api/server.js';
import type { House, Hub, Parts, Seams } from './api/hub.js';
import { hashApiToken, newApiToken } from './api/token.js';
import { openTail } from './api/tail.js';
import { runCommand } from './cli/program.js';
import type { Loaded } from './config/load.js';
import { MAPPINGS_FOLDER } from './config/paths.js';
import { createHttpClient } from './connections/http.js';
import { openRegistry } from './connections/registry.js';
import { createConnectionService } from './connections/service.js';
import { startSupervisor, type Supervisor } from './connections/supervisor.js';
import { openVault, readMasterKeys } from './connections/vault.js';
import { announce } from './intake/announce.js';
import { createApart } from './intake/apart.js';
import { fetchAttachments } from './intake/attachments.js';
import { file } from './intake/file.js';
import { normalise } from './intake/normalise.js';
import { createReceive } from './intake/receive.js';
import { loadMappings, type MappingLibrary } from './mapping/load.js';
import { DAY, systemClock } from './model/time.js';
import { createCrashpoint } from './ops/crashpoint.js';
import { createLog, type Log } from './ops/log.js';
import { openMetrics } from './ops/metrics.js';
import { StartProblem } from './ops/start-problem.js';
import { embeddedQueue } from './queue/embedded.js';
import type { Queue, Stage } from './queue/queue.js';
import { startSweeper, SWEEP_MS } from './queue/sweeper.js';
import { createLanes } from './replies/lanes.js';
import { reconcile } from './replies/reconcile.js';
import { send } from './replies/send.js';
import type { Connector } from './sdk/treaty.js';
import { folderBlobs } from './store/blobs.js';
import { dropLeases } from './store/deliveries.js';
import { holdLease } from './store/leases.js';
import { lockData } from './store/lock.js';
import { migrate, pendingMigrations } from './store/migrate.js';
import type { Store } from './store/store.js';
import { ensureFirstToken } from './store/tokens.js';

/** Opens data, key, connectors and mappings; throws a `StartProblem` in one sentence when it cannot. */
export async function openHouse(loaded: Loaded, seams: Seams = {}): Promise<House> {
  const { config, environment } = loaded;
  const log = createLog(config.process.logLevel);
  const mappings = await readMappings(mappingFolders(loaded));
  const release = takeDataFolder(loaded);
  try {
    const store = await openStore(loaded);
    await bringSchemaUp(store, loaded);
    const clock = seams.clock ?? systemClock;
    const vault = await openVault(
      store,
      readMasterKeys(environment.masterKey, config.data.dir),
      clock.now(),
    );
    return {
      loaded,
      store,
      vault,
      blobs: folderBlobs(join(config.data.dir, 'blobs')),
      connectors: await loadConnectors(),
      mappings,
      log,
      clock,
      chance: seams.chance ?? Math.random,
      async close() {
        await store.close();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Connectors by name; their vendors' clients load when a connection opens. */
export async function loadConnectors(): Promise<ReadonlyMap<string, Connector>> {
  const loaded = await Promise.all(
    Object.entries(catalogue).map(async ([name, load]) => [name, await load()] as const),
  );
  return new Map(loaded);
}

export function mappingFolders({ environment }: Loaded): readonly string[] {
  return environment.configDir === null
    ? [MAPPINGS_FOLDER]
    : [MAPPINGS_FOLDER, join(environment.configDir, 'mappings')];
}

async function readMappings(folders: readonly string[]): Promise<MappingLibrary> {
  const read = await loadMappings(folders);
  if (read.ok) return read.library;
  const [first] = read.problems;
  const hint = first?.nearest == null ? '' : ` (did you mean ${first.nearest}?)`;
  throw new StartProblem(
    `${first?.file ?? 'mappings'}:${first?.line ?? 0}: ${first?.field ?? ''}: ${first?.text ?? 'wrong'}${hint}`,
  );
}

function takeDataFolder({ config }: Loaded): () => void {
  const { dir, databaseUrl } = config.data;
  try {
    mkdirSync(dir, { recursive: true });
    if (databaseUrl !== null) return () => undefined;
    const lock = lockData(dir);
    if (lock.ok) return lock.release;
    throw new StartProblem(
      `${dir} is served by another hub (process ${lock.pid}): stop it, or give this one another folder in HUBBUB_DATA_DIR`,
    );
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    const { code } = error as { code?: string };
    throw new StartProblem(
      `the data folder ${dir} cannot be used (${code ?? String(error)}): make it a folder this user may write, or name another in HUBBUB_DATA_DIR`,
    );
  }
}

async function openStore({ config }: Loaded): Promise<Store> {
  const { databaseUrl, dir } = config.data;
  if (databaseUrl !== null) return (await import('./store/postgres.js')).openPostgres(databaseUrl);
  if (config.process.role !== 'all') {
    throw new StartProblem(
      `HUBBUB_ROLE is ${config.process.role}, but the embedded database is served by one process: use all, or set HUBBUB_DATABASE_URL`,
    );
  }
  const { openSqlite } = await import('./store/sqlite.js');
  return openSqlite(join(dir, 'hubbub.db'));
}

/** Embedded: migrates by itself, after a copy. Scaled: an admin does it when the others are stopped. */
async function bringSchemaUp(store: Store, { config }: Loaded): Promise<void> {
  const pending = await pendingMigrations(store);
  if (pending.length === 0) return;
  if (store.dialect === 'postgres') {
    throw new StartProblem(
      `the database lacks ${pending.join(', ')}: run hubbub migrate once, then start again`,
    );
  }
  const { copyBeforeMigration } = await import('./store/sqlite.js');
  copyBeforeMigration(join(config.data.dir, 'hubbub.db'));
  await migrate(store);
}

/** Starts everything the role asks for; resolves when the doors are open. */
export async function startHub(loaded: Loaded, seams: Seams = {}): Promise<Hub> {
  const house = await openHouse(loaded, seams);
  try {
    return await openHub(house);
  } catch (error) {
    await house.close();
    throw error;
  }
}

async function openHub(house: House): Promise<Hub> {
  const { loaded, store, blobs, clock, log } = house;
  const { server: doors, network } = loaded.config;
  const crashpoint = createCrashpoint(loaded.environment.crashpoints);
  const metrics = openMetrics();
  const queue = await openQueue(loaded, log);
  const receive = createReceive({ store, blobs, queue, clock });
  const http = createHttpClient({ allowPrivate: network.allowPrivate });
  const tail = openTail(store);
  let port = doors.port;
  const publicUrl = (): string => doors.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${port}`;
  const registry = openRegistry({ ...house, publicUrl });
  const hooks = createHooks({
    ...doors,
    find: registry.find,
    receive,
    clock,
    publicUrl,
    crashpoint,
    count: metrics.received,
  });
  const late: { app?: RequestHandler; supervisor?: Supervisor } = {};
  const server = createHubServer({
    hooks,
    serve: (connection) => late.supervisor?.serve(connection),
    app: () => late.app,
    requestTimeout: doors.requestTimeout,
  });
  // Bound first, since callback URLs carry the port; until all is wired it answers 503.
  port = await listenOrSay(server, doors.port, doors.host);
  if (store.dialect === 'sqlite') await store.write(dropLeases);
  await registry.refresh();
  const opened = (): void => queue.ring('send', 0);
  const supervisor = startSupervisor({
    ...house,
    registry,
    receive,
    http,
    opened,
    doors: createDoors(store, tail),
  });
  const connections = createConnectionService({
    ...house,
    registry,
    withLive: supervisor.withLive,
  });
  const parts: Parts = {
    house,
    queue,
    registry,
    supervisor,
    connections,
    receive,
    tail,
    metrics,
    publicUrl,
    crashpoint,
  };
  const stopStages = runStages(parts);
  const adminToken = await firstToken(house);
  late.supervisor = supervisor;
  late.app = createApp(parts);
  return {
    ...parts,
    url: `http://${doors.host === '0.0.0.0' ? '127.0.0.1' : doors.host}:${port}`,
    adminToken,
    async close() {
      server.close();
      server.closeAllConnections();
      registry.close();
      tail.close();
      await supervisor.close();
      await stopStages();
      http.close();
      await house.close();
    },
  };
}

async function listenOrSay(server: Server, port: number, host: string): Promise<number> {
  try {
    return await listen(server, port, host);
  } catch (error) {
    const { code } = error as { code?: string };
    const way =
      code === 'EADDRINUSE'
        ? 'stop what listens there, or choose another port in HUBBUB_PORT'
        : 'choose another address in HUBBUB_HOST or port in HUBBUB_PORT';
    throw new StartProblem(
      `port ${port} on ${host} cannot be opened (${code ?? String(error)}): ${way}`,
    );
  }
}

async function openQueue({ config }: Loaded, log: Log): Promise<Queue> {
  const onDefect = (stage: Stage, error: Error): void =>
    log.error('a stage failed and is tried again', {
      stage,
      why: String(error.stack ?? error).slice(0, 1_000),
    });
  const { redisUrl, databaseUrl, dir } = config.data;
  if (redisUrl === null) return embeddedQueue(onDefect);
  const installation = createHash('sha256')
    .update(databaseUrl ?? dir)
    .digest('hex')
    .slice(0, 12);
  return (await import('./queue/bullmq.js')).bullmqQueue({ url: redisUrl, installation }, onDefect);
}

/** Gives every stage its handler; returns the way to stop them. */
function runStages({
  house,
  queue,
  registry,
  supervisor,
  tail,
  metrics,
  crashpoint,
}: Parts): () => Promise<void> {
  const { store, blobs, clock, chance, log, loaded } = house;
  const { role } = loaded.config.process;
  const holder = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const find = registry.find;
  const apart = createApart({
    catalogue: new URL('../connectors/index.js', import.meta.url).href,
    mappings: mappingFolders(loaded),
  });
  const live = supervisor.live;
  const rule = { samePersonWithin: loaded.config.matching.samePersonWithinDays * DAY };
  const sending = {
    store,
    queue,
    clock,
    chance,
    log,
    find,
    live,
    lanes: createLanes(find),
    crashpoint,
  };
  const works = role === 'all' || role === 'worker';
  const speaks = role === 'all' || role === 'connections' || role === 'worker';
  const lease = (name: string): (() => Promise<number | null>) =>
    holdLease(store, name, holder, clock);
  const [filing, announcing] = [lease('filing'), lease('announcing')];
  const timed = (stage: Stage, handler: () => Promise<void>): void =>
    queue.onRing(stage, async () => {
      const end = metrics.stage(stage);
      await handler();
      end();
    });
  if (works) {
    timed('normalise', () =>
      normalise({ store, blobs, queue, clock, find, apart, wake: supervisor.wake, crashpoint }),
    );
    timed('file', () => file({ store, queue, clock, find, rule, lease: filing, crashpoint }));
    timed('announce', () => announce({ store, lease: announcing, announced: tail.poke }));
  }
  if (speaks) {
    timed('attachments', () =>
      fetchAttachments({
        store,
        blobs,
        queue,
        clock,
        find,
        live,
        bytes: loaded.config.attachments.bytes,
      }),
    );
    timed('send', () => send(sending));
    timed('reconcile', () => reconcile(sending));
  }
  const sweeper = startSweeper(
    queue,
    loaded.config.data.redisUrl === null ? SWEEP_MS.embedded : SWEEP_MS.bullmq,
  );
  return async () => {
    sweeper.stop();
    await queue.close();
    await apart.close();
  };
}

/** An embedded installation's first start makes an admin token; HUBBUB_BOOTSTRAP_TOKEN makes it with that value. */
async function firstToken({ store, loaded, clock }: House): Promise<string | null> {
  const { bootstrapToken } = loaded.environment;
  const token = bootstrapToken ?? newApiToken();
  const made = await store.write(() => ensureFirstToken(hashApiToken(token), clock.now()));
  return made && bootstrapToken === null ? token : null;
}

/** The command line; returns the exit code. */
export function run(argv: readonly string[]): Promise<number> {
  return runCommand(argv, { startHub, openHouse, loadConnectors, mappingFolders });
}
