import type { MappingSet } from '../mapping/mapping.js';
import type { Account } from '../sdk/inbound.js';
import type { Connector } from '../sdk/treaty.js';

export type ConnectionStatus = 'active' | 'paused' | 'failing';

/** A connection with everything that is needed to receive, read and answer on it. */
export interface Connected {
  readonly id: string;
  readonly group: number;
  readonly name: string;
  readonly status: ConnectionStatus;
  readonly connector: Connector;
  readonly account: Account;
  readonly mappings: MappingSet;
}

/** Handed in by the composition root; undefined: unknown or removed. */
export type FindConnection = (id: string) => Connected | undefined;
