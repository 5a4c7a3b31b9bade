import type { Arrival } from '../../model/arrival.js';
import type { DraftInput } from '../../model/draft.js';
import type { Part, ReplyConversation } from '../../model/reply.js';
import type { Limit } from '../definition.js';
import type { HttpClient } from '../http.js';
import type { Account, Envelope, InboundRequest } from '../inbound.js';

/** What a connector brings to be examined; the checks, and what they ask for, belong to the kit. */
export interface Subject {
  /** Absolute path of the installation, from which the definition's `docs` is read. */
  readonly installation: string;
  /** A working account. Every secret in it is a canary: long, and found nowhere else. */
  readonly account: Account;
  /** Another customer's account of the same platform, with other secrets. */
  readonly stranger: Account;
  /** Milliseconds UTC at which the pure checks take place. */
  readonly now: number;
  /** Present exactly when the connector verifies deliveries. */
  readonly webhook?: WebhookSubject;
  readonly fixtures: readonly Fixture[];
  /** decode → map → refine, as the installation does it. Absent: the drafts cannot be checked, which fails. */
  readonly drafts?: (envelope: Envelope, account: Account) => Promise<readonly DraftInput[]>;
  /** A conversation as it stands after a customer's message: where replies go. */
  readonly conversation: ReplyConversation;
  /** How much of a limit a part uses, where the preview's length does not tell. */
  readonly measure?: (part: Part, limit: Limit) => number;
  /** Starts the platform's simulator. Absent only for channels whose answers stay in the hub. */
  readonly rehearse?: () => Promise<Rehearsal>;
  /** The failures this platform has, and its simulator can be made to show. */
  readonly faults: readonly Fault[];
  /** True where sending takes a token that the platform issues for a while. */
  readonly tokens?: true;
  /** The installation's HTTP client, allowed to reach the simulator. */
  readonly http: (signal: AbortSignal) => HttpClient & { close(): void };
  /** Check id → why this connector need not pass it. A waiver that is not needed fails. */
  readonly waivers?: Readonly<Record<string, string>>;
}

/** Where a delivery carries something that proves it. */
export type Place =
  | { readonly in: 'header'; readonly name: string }
  | { readonly in: 'query'; readonly name: string }
  /** The last segment of the hook's URL, for platforms that sign nothing. */
  | { readonly in: 'path' };

export interface WebhookSubject {
  /** A genuine delivery, as the platform makes it for this account at this time. */
  sign(body: Buffer, at: number, account: Account): InboundRequest;
  /** Bodies that tell different facts. */
  readonly bodies: readonly [Buffer, Buffer, ...Buffer[]];
  readonly signature: Place;
  /** What else the signature covers and travels outside the body: a timestamp, an id. */
  readonly signed: readonly Place[];
  /** The credentials without which nothing may be believed. */
  readonly secrets: readonly string[];
  /** False for a static secret, or a signature over timestamp and nonce only. */
  readonly coversBody: boolean;
  /** Milliseconds by which a signed timestamp may be off; null: the scheme has none. */
  readonly tolerance: number | null;
  readonly handshake?: {
    genuine(account: Account, at: number): InboundRequest;
    forged(account: Account, at: number): InboundRequest;
  };
}

/** What a fixture shows beside an ordinary message. */
export type Trap = 'echo' | 'automatic' | 'receipt' | 'unknown';

export interface Fixture {
  /** Named after the trap it sets. */
  readonly name: string;
  readonly arrival: Partial<Arrival> & { readonly body: Buffer };
  /** The golden drafts. */
  readonly drafts: readonly DraftInput[];
  readonly traps?: readonly Trap[];
  /** Long numbers that must be found in the drafts digit for digit. */
  readonly digits?: readonly string[];
}

/** A failure the kit asks a simulator to produce. */
export const FAULTS = [
  'unauthorised',
  'forbidden',
  'rateLimited',
  'rateLimitedUntil',
  'rateLimitedBare',
  'serverError',
  'badGateway',
  'unavailable',
  'redirect',
  'errorInside',
  'recipientGone',
  'optedOut',
  'contentRefused',
  'windowClosed',
  'unreachable',
  'resetEarly',
  'reset',
  'silence',
  'halfAnswer',
  'trickle',
  'garbledAnswer',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Seconds of the Retry-After header that goes with the faults `rateLimited` and, as a date, `rateLimitedUntil`. */
export const RETRY_AFTER_SECONDS = 30;

/** A simulator that runs, and an account on it. */
export interface Rehearsal {
  /** The subject's account, pointed at the simulator. */
  readonly account: Account;
  /** From now on every send meets this; null: everything is answered rightly again. */
  script(fault: Fault | null): Promise<void> | void;
  /** Messages the platform has taken so far. */
  taken(): number;
  /** Exactly where the subject says `tokens`. */
  readonly tokens?: {
    /** Tokens the platform has issued so far. */
    issued(): number;
    /** None of them is good any more. */
    revoke(): Promise<void> | void;
  };
  /**
   * Exactly where the platform closes windows: the last thing the customer did is what opens this one
   * (`opensOn`), so many milliseconds ago, and nothing was sent since.
   */
  customerDid?(opensOn: string, ago: number): Promise<void> | void;
  /** Exactly where messages are fetched by `poll` or `stream`: one more of a customer waits there. */
  deliver?(): Promise<void> | void;
  close(): Promise<void>;
}
