import type { House, Hub, Seams } from '../api/hub.js';
import type { Loaded } from '../config/load.js';
import type { Apart } from '../intake/apart.js';
import type { MappingLibrary } from '../mapping/load.js';
import type { Connector } from '../sdk/treaty.js';

/** What the composition root hands to the command line. */
export interface Wiring {
  readonly startHub: (loaded: Loaded, seams?: Seams) => Promise<Hub>;
  readonly openHouse: (loaded: Loaded, seams?: Seams) => Promise<House>;
  readonly loadConnectors: () => Promise<ReadonlyMap<string, Connector>>;
  readonly mappingFolders: (loaded: Loaded) => readonly string[];
  readonly readMappings: (folders: readonly string[]) => Promise<MappingLibrary>;
  readonly openApart: (loaded: Loaded, milliseconds?: number) => Apart;
}
