import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../connectors/index.js';
import { createApp } from './api/app.js';
import { openBounds } from './api/bounds.js';
import { createDoors } from './api/doors.js';
import { watchStanding } from './api/gauges.js';
import { createHooks } from './api/hooks.js';
import { createHubServer, listenOrSay, type RequestHandler } from './api/server.js';
import type { House, Hub, Parts, Seams } from './api/hub.js';
import { hashApiToken, newApiToken } from './api/token.js';
import { openTail } from './api/tail.js';
import type { Demo } from './cli/wiring.js';
import type { Environment } from './config/config.js';
import type { Loaded } from './config/load.js';
import { CONFIG_FOLDER, MAPPINGS_FOLDER } from './config/paths.js';
import { createHttpClient } from './connections/http.js';
import { openRegistry } from './connections/registry.js';
import { createConnectionService } from './connections/service.js';
import { startSupervisor, type Supervisor } from './connections/supervisor.js';
import { startUpkeep } from './connections/upkeep.js';
import { masterKeysOf, VaultProblem } from './connections/master-key.js';
import { openVault } from './connections/vault.js';
import { createApart, type Apart, type ApartOptions } from './intake/apart.js';
import { attachmentStages, intakeStages } from './intake/intake.js';
import { openMatching, type MatchingBy } from './intake/matching.js';
import { createReceive } from './intake/receive.js';
import { createToldOtherwise } from './intake/told-otherwise.js';
import { loadMappings, type MappingLibrary } from './mapping/load.js';
import { sentenceOf } from './mapping/problem.js';
import {
  readRules as rulesFrom,
  ruleSentenceOf,
  type MatchingRules,
  type ReadRules,
} from './matching/rules.js';
import { DAY, systemClock } from './model/time.js';
import { createCrashpoint } from './ops/crashpoint.js';
import { createLog, type Log } from './ops/log.js';
import { openMetrics } from './ops/metrics.js';
import { createNotices } from './ops/notices.js';
import { StartProblem } from './ops/start-problem.js';
import { embeddedQueue } from './queue/embedded.js';
import { STAGES, type Queue, type Stage, type Stages } from './queue/queue.js';
import { startSweeper, SWEEP_MS } from './queue/sweeper.js';
import { replyStages } from './replies/replies.js';
import type { Connector, ServeHandler } from './sdk/treaty.js';
import { folderBlobs } from './store/blobs.js';
import { dropLeases } from './store/deliveries.js';
import { openAtHand } from './store/at-hand.js';
import { openData } from './store/open.js';
import { ensureFirstToken } from './store/tokens.js';

/** Opens data, key, connectors and mappings; throws a `StartProblem` that names all it found when it cannot. */
export async function openHouse(loaded: Loaded, seams: Seams = {}): Promise<House> {
  const { config, environment } = loaded;
  const log = createLog(config.process.logLevel);
  const read = await readInstallation(environment);
  if (!read.ok) throw new StartProblem(...read.mistakes);
  const data = await openData(config);
  try {
    const { store } = data;
    const clock = seams.clock ?? systemClock;
    const keys = masterKeysOf(environment.masterKey, config.data.dir);
    return {
      loaded,
      store,
      ...read.installed,
      log,
      clock,
      vault: await openVault(store, keys, clock.now()),
      blobs: folderBlobs(join(config.data.dir, 'blobs')),
      atHand: store.dialect === 'sqlite' ? openAtHand() : undefined,
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

type Installed = Pick<House, 'mappings' | 'rules'>;

type ReadInstallation =
  | { readonly ok: true; readonly installed: Installed }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Mappings and rules; else all that is wrong with either, and with a key that is none. Opens no data. */
export async function readInstallation(environment: Environment): Promise<ReadInstallation> {
  const mappings = await loadMappings(mappingFolders({ environment }));
  const rules = rulesOf(environment);
  const mistakes = [
    ...(mappings.ok ? [] : mappings.problems.map(sentenceOf)),
    ...(rules.ok ? [] : rules.problems.map(ruleSentenceOf)),
    ...wrongKey(environment),
  ];
  return mappings.ok && rules.ok && mistakes.length === 0
    ? { ok: true, installed: { mappings: mappings.library, rules: rules.rules } }
    : { ok: false, mistakes };
}

/** A key in a file is read with the data it seals. */
function wrongKey({ masterKey }: Environment): readonly string[] {
  if (masterKey === null) return [];
  try {
    masterKeysOf(masterKey, '').read();
    return [];
  } catch (error) {
    if (error instanceof VaultProblem) return [error.message];
    throw error;
  }
}

export function mappingFolders({ environment }: Pick<Loaded, 'environment'>): readonly string[] {
  return environment.configDir === null
    ? [MAPPINGS_FOLDER]
    : [MAPPINGS_FOLDER, join(environment.configDir, 'mappings')];
}

export async function readMappings(folders: readonly string[]): Promise<MappingLibrary> {
  const read = await loadMappings(folders);
  if (read.ok) return read.library;
  throw new StartProblem(...read.problems.map(sentenceOf));
}

export function readRules({ environment }: Pick<Loaded, 'environment'>): MatchingRules {
  const read = rulesOf(environment);
  if (read.ok) return read.rules;
  throw new StartProblem(...read.problems.map(ruleSentenceOf));
}

/** The rules of matching: `matching.yaml` of the installation laid over the default, part by part. */
function rulesOf({ configDir }: Environment): ReadRules {
  const folders = configDir === null ? [CONFIG_FOLDER] : [CONFIG_FOLDER, configDir];
  const files = folders.map((folder) => join(folder, 'matching.yaml')).filter(existsSync);
  return rulesFrom(files.map((file) => ({ file, yaml: readFileSync(file, 'utf8') })));
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
  const { loaded, store, clock, log } = house;
  const { server: doors, network } = loaded.config;
  const crashpoint = createCrashpoint(loaded.environment.crashpoints);
  const metrics = openMetrics();
  const queue = await openQueue(loaded, log);
  const http = createHttpClient({ allowPrivate: network.allowPrivate });
  const tail = openTail(store);
  const address = { port: doors.port };
  const publicUrl = (): string =>
    doors.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${address.port}`;
  const registry = openRegistry({ ...house, publicUrl });
  const { find } = registry;
  const receive = createReceive({ ...house, queue, find });
  const bounds = openBounds(doors);
  const count = metrics.received;
  watchStanding(metrics, house);
  const notice = createNotices(log, clock);
  const inward = { ...doors, bounds, log, notice };
  const toldOtherwise = createToldOtherwise(store);
  const believed = { find, receive, toldOtherwise };
  const hooks = createHooks({ ...inward, ...believed, clock, publicUrl, crashpoint, count });
  const late: { app?: RequestHandler; supervisor?: Supervisor } = {};
  const serve = (connection: string): ServeHandler | undefined =>
    late.supervisor?.serve(connection);
  const server = createHubServer({ ...inward, hooks, serve, app: () => late.app });
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
    allowPrivate: network.allowPrivate,
    withLive: supervisor.withLive,
  });
  const wired = { house, queue, registry, supervisor, connections, receive, tail, bounds, metrics };
  const parts: Parts = { ...wired, publicUrl, crashpoint, notice };
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

/** Gives every stage of this role its handler; returns the way to stop them. */
function runStages(parts: Parts): () => Promise<void> {
  const { queue, metrics } = parts;
  const { config } = parts.house.loaded;
  const apart = openApart(parts.house.loaded);
  const stages = stagesOf(parts, apart);
  for (const stage of STAGES) {
    const handler = stages[stage];
    if (handler === undefined) continue;
    queue.onRing(stage, async () => {
      const end = metrics.stage(stage);
      await handler().finally(end);
    });
  }
  const every = config.data.redisUrl === null ? SWEEP_MS.embedded : SWEEP_MS.bullmq;
  const sweeper = startSweeper(queue, every);
  const upkeep = startUpkeep(parts.house);
  return async () => {
    sweeper.stop();
    upkeep.stop();
    await queue.close();
    await apart.close();
  };
}

function matchingOf({ loaded, rules }: House): MatchingBy {
  const { by, samePersonWithinDays } = loaded.config.matching;
  return by === 'evidence' ? openMatching(rules) : { samePersonWithin: samePersonWithinDays * DAY };
}

/** The stages of this process: a worker's, and those that need an open connection. */
function stagesOf(parts: Parts, apart: Apart): Stages {
  const { house, registry, supervisor, tail } = parts;
  const { process: running, phones, attachments } = house.loaded.config;
  const has = (role: string): boolean => running.role === 'all' || running.role === role;
  const shared = { ...house, ...parts, find: registry.find, live: supervisor.live };
  const reading = { apart, wake: supervisor.wake, announced: tail.poke };
  const holder = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const matching = matchingOf(house);
  return {
    ...(has('worker') ? intakeStages({ ...shared, ...reading, holder, matching, ...phones }) : {}),
    ...(has('connections') ? attachmentStages({ ...shared, ...attachments, apart, matching }) : {}),
    ...(has('connections') ? replyStages(shared) : {}),
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
