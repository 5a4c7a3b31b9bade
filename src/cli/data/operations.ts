import type {
  CheckedConnection,
  ConnectionEdit,
  NewConnection,
  Saved,
} from '../../connections/service.js';
import type { DeliveryState } from '../../model/reply.js';
import type { Explanation } from '../../intake/explain.js';

/** One connection as the command line shows it; never a secret. */
export interface ConnectionLine {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason: string | null;
  /** Answers in its queue. */
  readonly waiting: number;
  /** Answers of which nobody knows whether they arrived. */
  readonly uncertain: number;
  /** Why its youngest answer that has not arrived has not; null: there is none. */
  readonly lastFailure: string | null;
  /** Where its platform calls; null: it does not. */
  readonly hookUrl: string | null;
  /** Where its own pages and visitors come to; null: it has no door of its own. */
  readonly doorUrl: string | null;
}

/** What became of one imported item. */
export type Kept =
  | { readonly kind: 'new' }
  /** It was here already: an import may be run again. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly why: string };

/** A raw mail on its way in; `receivedAt` in milliseconds UTC, null when the file does not say. */
export interface RawMail {
  readonly base64: string;
  readonly receivedAt: number | null;
}

/**
 * What the commands do with an installation's data. Everything in and out is JSON, since the running
 * hub may be the one that does it.
 */
export interface Operations {
  listConnections(): Promise<readonly ConnectionLine[]>;
  addConnection(connection: NewConnection): Promise<Saved>;
  /** What is absent stays as it is; null takes a field away. */
  changeConnection(change: ConnectionEdit & { readonly id: string }): Promise<Saved>;
  checkConnection(target: { readonly id: string }): Promise<CheckedConnection | null>;
  removeConnection(target: { readonly id: string }): Promise<boolean>;
  /** Returns the token, which is shown once; only its hash stays. */
  createToken(token: { readonly name: string; readonly scopes: string }): Promise<string>;
  /** `connection` stands in where a draft names none. One answer a draft, in order. */
  keepDrafts(batch: {
    readonly connection: string | null;
    readonly drafts: readonly unknown[];
  }): Promise<readonly Kept[]>;
  /** One answer a mail, in order. */
  keepMails(batch: {
    readonly connection: string;
    readonly mails: readonly RawMail[];
  }): Promise<readonly Kept[]>;
  /** Ids of quarantined envelopes after `after`, at most `limit`, and how many there are in all. */
  quarantined(page: {
    readonly after: number;
    readonly limit: number;
  }): Promise<{ readonly ids: readonly number[]; readonly total: number }>;
  /** Puts envelopes back to the start of the path; returns the ids that exist. */
  replay(target: { readonly ids: readonly number[] }): Promise<readonly number[]>;
  /** Puts what failed by a defect or by bad luck back to work; null: all there is. */
  redrive(target: {
    readonly deliveries: readonly number[] | null;
    /** Also those of which nobody knows whether they arrived. */
    readonly evenIfItMayArriveTwice?: boolean | undefined;
  }): Promise<Redriven>;
  /** Why two tickets are one complaint, or are not. */
  explainPair(pair: { readonly one: number; readonly other: number }): Promise<Explanation>;
}

export interface Redriven {
  readonly drafts: number;
  readonly deliveries: number;
  /** What was not sent again, by what it is. */
  readonly refused: readonly RefusedDelivery[];
}

export interface RefusedDelivery {
  readonly id: number;
  /** `removed`: its connection is gone. */
  readonly state: DeliveryState | 'unknown' | 'removed';
}

export type OperationName = keyof Operations;

/** Every operation by name: what the door of a running hub offers. */
export const OPERATION_NAMES: readonly OperationName[] = [
  'listConnections',
  'addConnection',
  'changeConnection',
  'checkConnection',
  'removeConnection',
  'createToken',
  'keepDrafts',
  'keepMails',
  'quarantined',
  'replay',
  'redrive',
  'explainPair',
];
