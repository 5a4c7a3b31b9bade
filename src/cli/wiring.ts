import type { House, Hub, Seams } from '../api/hub.js';
import type { Environment } from '../config/config.js';
import type { Loaded } from '../config/load.js';
import type { Apart, ApartOptions } from '../intake/apart.js';
import type { MatchingRules } from '../matching/rules.js';
import type { MappingLibrary } from '../mapping/load.js';
import type { Connector } from '../sdk/treaty.js';

/** The stage a demo plays on: a running hub, and where it is shown. */
export interface DemoStage {
  readonly url: string;
  readonly token: string;
  readonly write: (text: string) => void;
  /** Width of the terminal; null: there is none. */
  readonly columns: number | null;
  readonly once: boolean;
  readonly signal: AbortSignal;
}

export interface Demo {
  /** Files the installation adds below mappings/: path → text. */
  readonly mappings: Readonly<Record<string, string>>;
  /** True when every answer arrived exactly once. */
  readonly play: (stage: DemoStage) => Promise<boolean>;
}

export type ReadInstallation =
  { readonly ok: true } | { readonly ok: false; readonly mistakes: readonly string[] };

/** What the composition root hands to the command line. */
export interface Wiring {
  readonly startHub: (loaded: Loaded, seams?: Seams) => Promise<Hub>;
  readonly openHouse: (loaded: Loaded, seams?: Seams) => Promise<House>;
  readonly loadConnectors: () => Promise<ReadonlyMap<string, Connector>>;
  readonly mappingFolders: (loaded: Loaded) => readonly string[];
  readonly readMappings: (folders: readonly string[]) => Promise<MappingLibrary>;
  /** What is wrong with files of the installation that need no settings. */
  readonly readInstallation: (environment: Environment) => Promise<ReadInstallation>;
  /** The rules of matching, the installation's laid over the default. */
  readonly readRules: (loaded: Loaded) => MatchingRules;
  readonly loadDemo: () => Promise<Demo>;
  readonly openApart: (loaded: Loaded, options?: ApartOptions) => Apart;
}
