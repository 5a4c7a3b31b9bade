import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../connectors/index.js';
import { createApp } from './api/app.js';
import { createDoors } from './api/doors.js';
import { createHooks } from './api/hooks.js';
import { createHubServer, listenOrSay, type RequestHandler } from './api/server.js';
import type { House, Hub, Parts, Seams } from './api/hub.js';
import { hashApiToken, newApiToken } from './api/token.js';
import { openTail } from './api/tail.js';
import type { Demo } from './cli/wiring.js';
import type { Loaded } from './config/load.js';
import { CONFIG_FOLDER, MAPPINGS_FOLDER } from './config/paths.js';
import { createHttpClient } from './connections/http.js';
import { openRegistry } from './connections/registry.js';
import { createConnectionService } from './connections/service.js';
import { startSupervisor, type Supervisor } from './connections/supervisor.js';
import { openVault, readMasterKeys } from './connections/vault.js';
import { announce } from './intake/announce.js';
import { createApart, type Apart, type ApartOptions } from './intake/apart.js';
import { fetchAttachments } from './intake/attachments.js';
import { file } from './intake/file.js';
import { openMatching } from './intake/matching.js';
import { normalise } from './intake/normalise.js';
import { createReceive } from './intake/receive.js';
import { loadMappings, type MappingLibrary } from './mapping/load.js';
import { readRules as rulesFrom, type MatchingRules } from './matching/rules.js';
import { systemClock } from './model/time.js';
import { createCrashpoint } from './ops/crashpoint.js';
import { createLog, type Log } from './ops/log.js';
import { openMetrics } from './ops/metrics.js';
import { StartProblem } from './ops/start-problem.js';
import { embeddedQueue } from './queue/embedded.js';
import { STAGES, type Queue, type Stage } from './queue/queue.js';
import { startSweeper, SWEEP_MS } from './queue/sweeper.js';
import { createLanes } from './replies/lanes.js';
import { reconcile } from './replies/reconcile.js';
import { send } from './replies/send.js';
import type { Connector, Live, ServeHandler } from './sdk/treaty.js';
import { folderBlobs } from './store/blobs.js';
import { dropLeases } from './store/deliveries.js';
import { holdLease } from './store/leases.js';
import { openData } from './store/open.js';
import { ensureFirstToken } from './store/tokens.js';

/** Opens data, key, connectors and mappings; throws a `StartProblem` in one sentence when it cannot. */
export async function openHouse(loaded: Loaded, seams: Seams = {}): Promise<House> {
  const { config, environment } = loaded;
  const log = createLog(config.process.logLevel);
  const mappings = await readMappings(mappingFolders(loaded));
  const rules = readRules(loaded);
  const data = await openData(config);
  try {
    const { store } = data;
    const clock = seams.clock ?? systemClock;
    const keys = readMasterKeys(environment.masterKey, config.data.dir);
    return {
      loaded,
      store,
      mappings,
      rules,
      log,
      clock,
      vault: await openVault(store, keys, clock.now()),
      blobs: folderBlobs(join(config.data.dir, 'blobs')),
      connectors: await loadConnectors(),
      chance: seams.chance ?? Math.random,
      close: () => data.close(),
    };
  } catch (error) {
    await data.close();
    throw error;
  }
}

/** Connectors by name; their vendors' clients load when a connection opens. */
export async function loadConnectors(): Promise<ReadonlyMap<string, Connector>> {
  const connectors = new Map<string, Connector>();
  for (const [name, load] of Object.entries(catalogue)) connectors.set(name, await load());
  return connectors;
}

/** Reads envelopes in a thread of their own. */
export function openApart(loaded: Loaded, options: ApartOptions = {}): Apart {
  const catalogue = new URL('../connectors/index.js', import.meta.url).href;
  return createApart({ catalogue, mappings: mappingFolders(loaded) }, options);
}

export function mappingFolders({ environment }: Loaded): readonly string[] {
  return environment.configDir === null
    ? [MAPPINGS_FOLDER]
    : [MAPPINGS_FOLDER, join(environment.configDir, 'mappings')];
}

export async function readMappings(folders: readonly string[]): Promise<MappingLibrary> {
  const read = await loadMappings(folders);
  if (read.ok) return read.library;
  const [first] = read.problems;
  const hint = typeof first?.nearest === 'string' ? ` (did you mean ${first.nearest}?)` : '';
  throw new StartProblem(
    `${first?.file ?? 'mappings'}:${first?.line ?? 0}: ${first?.field ?? ''}: ${first?.text ?? 'wrong'}${hint}`,
  );
}

/** The rules of matching: `matching.yaml` of the installation laid over the default, part by part. */
export function readRules({ environment: { configDir } }: Loaded): MatchingRules {
  const folders = configDir === null ? [CONFIG_FOLDER] : [CONFIG_FOLDER, configDir];
  const files = folders.map((folder) => join(folder, 'matching.yaml')).filter(existsSync);
  const read = rulesFrom(files.map((file) => ({ file, yaml: readFileSync(file, 'utf8') })));
  if (read.ok) return read.rules;
  const [first] = read.problems;
  throw new StartProblem(
    `${first?.file ?? ''}:${first?.line ?? 1}: ${first?.field ?? ''} ${first?.text ?? 'is wrong'}`,
  );
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
  const address = { port: doors.port };
  const publicUrl = (): string =>
    doors.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${address.port}`;
  const registry = openRegistry({ ...house, publicUrl });
  const { find } = registry;
  const count = metrics.received;
  const hooks = createHooks({ ...doors, find, receive, clock, publicUrl, crashpoint, count, log });
  const late: { app?: RequestHandler; supervisor?: Supervisor } = {};
  const serve = (connection: string): ServeHandler | undefined =>
    late.supervisor?.serve(connection);
  const { requestTimeout } = doors;
  const server = createHubServer({ hooks, serve, app: () => late.app, requestTimeout, log });
  // Bound first, since callback URLs carry the port; until all is wired it answers 503.
  address.port = await listenOrSay(server, doors.port, doors.host);
  if (store.dialect === 'sqlite') await store.write(dropLeases);
  await registry.refresh();
  const { role } = loaded.config.process;
  const pumps = role === 'all' || role === 'connections';
  const opened = (): void => queue.ring('send', 0);
  const customers = createDoors(store, tail, log);
  const supervisor = startSupervisor({
    ...house,
    registry,
    receive,
    http,
    opened,
    pumps,
    doors: customers,
  });
  const connections = createConnectionService({
    ...house,
    registry,
    withLive: supervisor.withLive,
  });
  const wired = { house, queue, registry, supervisor, connections, receive, tail, metrics };
  const parts: Parts = { ...wired, publicUrl, crashpoint };
  const stopStages = runStages(parts);
  const adminToken = await firstToken(house);
  late.supervisor = supervisor;
  late.app = createApp(parts);
  const shown = doors.host === '0.0.0.0' ? '127.0.0.1' : doors.host;
  const close = (): Promise<void> => closeHub({ parts, server, http, stopStages });
  return { ...parts, url: `http://${shown}:${address.port}`, adminToken, close };
}

interface Closing {
  readonly parts: Parts;
  readonly server: Server;
  readonly http: { close(): void };
  readonly stopStages: () => Promise<void>;
}

/** From the outside in: nothing new comes, what is under way ends, then the data closes. */
async function closeHub({ parts, server, http, stopStages }: Closing): Promise<void> {
  server.close();
  server.closeAllConnections();
  parts.registry.close();
  parts.tail.close();
  await parts.supervisor.close();
  await stopStages();
  http.close();
  await parts.house.close();
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

type Handlers = Partial<Record<Stage, () => Promise<void>>>;

/** Gives every stage of this role its handler; returns the way to stop them. */
function runStages(parts: Parts): () => Promise<void> {
  const { queue, metrics } = parts;
  const { config } = parts.house.loaded;
  const { role } = config.process;
  const apart = openApart(parts.house.loaded);
  const handlers: Handlers = {
    ...(role === 'all' || role === 'worker' ? intakeStages(parts, apart) : {}),
    ...(role === 'all' || role === 'connections' ? replyStages(parts) : {}),
  };
  for (const stage of STAGES) {
    const handler = handlers[stage];
    if (handler === undefined) continue;
    queue.onRing(stage, async () => {
      const end = metrics.stage(stage);
      await handler();
      end();
    });
  }
  const every = config.data.redisUrl === null ? SWEEP_MS.embedded : SWEEP_MS.bullmq;
  const sweeper = startSweeper(queue, every);
  return async () => {
    sweeper.stop();
    await queue.close();
    await apart.close();
  };
}

/** What happens to messages: a worker's part. */
function intakeStages(
  { house, queue, registry, supervisor, tail, crashpoint }: Parts,
  apart: Apart,
): Handlers {
  const { store, blobs, clock, log, rules } = house;
  const { find } = registry;
  const holder = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const [filing, announcing] = [
    holdLease(store, 'filing', holder, clock),
    holdLease(store, 'announcing', holder, clock),
  ];
  const { wake } = supervisor;
  const matching = openMatching(rules);
  return {
    normalise: () => normalise({ store, blobs, queue, clock, find, apart, wake, crashpoint }),
    file: () => file({ store, queue, clock, find, matching, log, lease: filing, crashpoint }),
    announce: () => announce({ store, lease: announcing, announced: tail.poke }),
  };
}

/** What needs an open connection: the part of the process that holds it. */
function replyStages({ house, queue, registry, supervisor, crashpoint }: Parts): Handlers {
  const { store, blobs, clock, chance, log, loaded } = house;
  const { find } = registry;
  const { live } = supervisor;
  const sender = (id: string): Live | undefined =>
    find(id)?.status === 'active' ? live(id) : undefined;
  const lanes = createLanes(find);
  const sending = { store, queue, clock, chance, log, find, live: sender, lanes, crashpoint };
  const limits = loaded.config.attachments;
  return {
    attachments: () => fetchAttachments({ store, blobs, queue, clock, find, live, ...limits }),
    send: () => send(sending),
    reconcile: () => reconcile(sending),
  };
}

/** An embedded installation's first start makes an admin token; HUBBUB_BOOTSTRAP_TOKEN makes it with that value. */
async function firstToken({ store, loaded, clock }: House): Promise<string | null> {
  const { bootstrapToken } = loaded.environment;
  const token = bootstrapToken ?? newApiToken();
  const made = await store.write(() => ensureFirstToken(hashApiToken(token), clock.now()));
  return made && bootstrapToken === null ? token : null;
}

/** The story of `hubbub demo`: platforms and customers who know the hub by its address only. */
export async function loadDemo(): Promise<Demo> {
  const [{ play }, { MAPPINGS }] = await Promise.all([
    import('../simulators/demo/story.js'),
    import('../simulators/demo/mappings.js'),
  ]);
  return { mappings: MAPPINGS, play };
}
