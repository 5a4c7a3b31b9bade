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
  /** Which of its secrets the account holds. */
  readonly secretVersion: number;
  /** The account as it was under earlier secrets, by their version: what came under them is read with them. */
  readonly earlier: ReadonlyMap<number, Account>;
  readonly mappings: MappingSet;
}

/** True when its envelopes take long to read: they are read in a thread of their own, others go on beside them. */
export const isReadApart = (connected: Connected | undefined): boolean =>
  connected?.connector.definition.decoding === 'apart';

/** The account that an envelope came under; the present one where those secrets cannot be had any more. */
export function accountUnder(
  { account, secretVersion, earlier }: Connected,
  version: number,
): Account {
  return version === secretVersion ? account : (earlier.get(version) ?? account);
}

/** Handed in by the composition root; undefined: unknown or removed. */
export type FindConnection = (id: string) => Connected | undefined;
