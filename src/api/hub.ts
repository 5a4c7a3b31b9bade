import type { Bounds } from './bounds.js';
import type { Loaded } from '../config/load.js';
import type { Registry } from '../connections/registry.js';
import type { ConnectionService } from '../connections/service.js';
import type { Supervisor } from '../connections/supervisor.js';
import type { Vault } from '../connections/vault.js';
import type { Receive } from '../intake/receive.js';
import type { MappingLibrary } from '../mapping/load.js';
import type { MatchingRules } from '../matching/rules.js';
import type { Chance, Clock } from '../model/time.js';
import type { Crashpoint } from '../ops/crashpoint.js';
import type { Log } from '../ops/log.js';
import type { Metrics } from '../ops/metrics.js';
import type { Notice } from '../ops/notices.js';
import type { Queue } from '../queue/queue.js';
import type { Connector } from '../sdk/treaty.js';
import type { Blobs } from '../store/blobs.js';
import type { AtHand } from '../store/at-hand.js';
import type { Store } from '../store/store.js';
import type { Tail } from './tail.js';

/** What a test may put in the place of time and chance. */
export interface Seams {
  readonly clock?: Clock;
  readonly chance?: Chance;
}

/** The house without its doors open: what every command that touches data stands on. */
export interface House {
  readonly loaded: Loaded;
  readonly store: Store;
  readonly vault: Vault;
  readonly blobs: Blobs;
  /** Of an embedded database only, whose one process works on everything itself. */
  readonly atHand: AtHand | undefined;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly mappings: MappingLibrary;
  readonly rules: MatchingRules;
  readonly log: Log;
  readonly clock: Clock;
  readonly chance: Chance;
  close(): Promise<void>;
}

/** The wired parts, as the API and the stages need them. */
export interface Parts {
  readonly house: House;
  readonly queue: Queue;
  readonly registry: Registry;
  readonly supervisor: Supervisor;
  readonly connections: ConnectionService;
  readonly receive: Receive;
  readonly tail: Tail;
  readonly bounds: Bounds;
  readonly metrics: Metrics;
  readonly publicUrl: () => string;
  readonly crashpoint: Crashpoint;
  readonly notice: Notice;
}

/** A hub that receives and sends. */
export interface Hub extends Parts {
  readonly url: string;
  /** Shown once, when the first start made it; null later. */
  readonly adminToken: string | null;
  close(): Promise<void>;
}
