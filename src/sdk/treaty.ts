import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Arrival } from '../model/arrival.js';
import type { Draft, DraftInput } from '../model/draft.js';
import type { Outcome } from '../model/outcome.js';
import type { Part, Reply } from '../model/reply.js';
import type { Clock } from '../model/time.js';
import type { Localised } from '../model/localised.js';
import type { Definition } from './definition.js';
import type { HttpClient } from './http.js';
import type {
  Account,
  Decoded,
  Envelope,
  HttpAnswer,
  InboundRequest,
  Raw,
  Verdict,
} from './inbound.js';

/** The parts a reply becomes, or why it cannot leave by this channel. */
export type Rendered =
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | {
      readonly kind: 'refused';
      readonly cause: 'content' | 'optedOut' | 'permission';
      readonly why: Localised;
    };

/**
 * One platform. The pure half takes no time, no network and no state; `open` gives the live half.
 * An optional method is absent when the platform has no such thing, never a stub that throws.
 */
export interface Connector {
  readonly definition: Definition;

  /** On raw bytes, in constant time. Absent for transports without webhooks. */
  verify?(request: InboundRequest, account: Account, clock: Clock): Verdict;

  /** The body of a webhook's answer after the commit, where the platform wants more than the policy's ack. */
  answer?(arrival: Arrival, account: Account): HttpAnswer;

  /** Never throws on hostile input; 64-bit ids stay strings; U+0000 and lone surrogates are replaced and remarked. */
  decode(envelope: Envelope, account: Account): Decoded | Promise<Decoded>;

  /**
   * At most 40 lines of what a mapping cannot say. Returns the same draft when there is nothing to
   * say, and never changes it: a new one is validated again, the same one is not.
   */
  refine?(draft: Readonly<Draft>, raw: Raw, account: Account): DraftInput;

  /** Bytes of an attachment that travels inside its envelope; null when the ref names none. */
  attachment?(envelope: Envelope, ref: string): Promise<FetchedFile | null>;

  render(reply: Reply, account: Account): Rendered;

  /**
   * What keeps the account from being of use and its schemas cannot say, such as a secret that its other
   * settings call for; null: nothing. Pure: the same finding as the test's, known without a test.
   */
  incomplete?(account: Account): Finding | null;

  /** Opens the live half. Does no network. */
  open(context: Context): Live;
}

export interface FetchedFile {
  readonly name: string | null;
  readonly type: string | null;
  readonly bytes: Buffer;
}

/** Resolves after the commit. `cursors` (by key: a folder, an account) commit in the same transaction. */
export type Emit = (
  arrivals: readonly Arrival[],
  cursors?: Readonly<Record<string, string>>,
) => Promise<void>;

export interface Polled {
  readonly arrivals: readonly Arrival[];
  readonly cursors: Readonly<Record<string, string>>;
  /** True: there is more now, poll again at once. */
  readonly more: boolean;
}

/** The live half of one connection. The core closes it once; `close` may be called twice. */
export interface Live {
  poll?(cursors: Readonly<Record<string, string>>, hint?: string): Promise<Polled>;

  /** Runs until the context's signal aborts or the link breaks (it then rejects; the pump opens it again with back-off). */
  stream?(emit: Emit, cursors: Readonly<Record<string, string>>): Promise<void>;

  /** Resolves with the bound address once listening; `close` ends it. */
  listen?(emit: Emit): Promise<{ readonly port: number }>;

  /** The own doors under `/c/{connectionId}/…`. */
  serve?(emit: Emit, doors: Doors): ServeHandler;

  /**
   * `key` is stable over retries of the same part. Never throws for what the platform or the network
   * does. When `waited` aborts nobody waits for the answer any more: what has not begun by then must
   * not begin.
   */
  send(part: Part, key: string, waited?: AbortSignal): Promise<Outcome>;

  /** What became of a send whose answer never came; null: the platform cannot say yet. */
  lookUp?(part: Part, key: string): Promise<Outcome | null>;

  /** Fetches an attachment the platform keeps for us. */
  fetchAttachment?(ref: string): Promise<Fetched>;

  /** Tells the platform our hook URL, where it has an API for that. */
  register?(): Promise<Checked>;

  /** Tries the account for real and names what is wrong. */
  check(): Promise<Checked>;

  close(): Promise<void>;
}

export type Fetched =
  | { readonly kind: 'file'; readonly file: FetchedFile }
  /** Gone for good; the attachment shows `expired`. */
  | { readonly kind: 'expired'; readonly why: string }
  | { readonly kind: 'transient'; readonly why: string };

/** One finding of a connection test. `cause` is what an admin can look up, `next` what to do. */
export interface Finding {
  readonly ok: boolean;
  readonly cause:
    | 'ok'
    | 'dns'
    | 'tls'
    | 'network'
    | 'credentials'
    | 'scope'
    | 'clock'
    | 'allowList'
    | 'signature'
    | 'setting';
  readonly text: Localised;
  readonly next?: Localised;
  /** What to enter, as the form's problems name it: `settings.smtp.host`, `credentials.secret`. */
  readonly fields?: readonly string[];
  /** Sending was not tried: the settings name no place to send to, or it cannot be tried without sending. */
  readonly sending?: 'impossible' | 'untried';
}

export interface Checked {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

export interface Context {
  /** Re-read on every call: a rotated secret is seen at the next use. */
  readonly account: () => Account;
  readonly http: HttpClient;
  /** One caller computes, all get it; kept until `expiresAt` (milliseconds UTC). Shared by the connection's processes later. */
  readonly remember: (name: string, compute: () => Promise<Remembered>) => Promise<string>;
  /** Drops a remembered value the platform refused. With `refused`, a newer value stays. */
  readonly forget: (name: string, refused?: string) => void;
  /** Reads an outgoing attachment's bytes. */
  readonly blob: (sha256: string) => Promise<Buffer>;
  readonly log: ConnectorLog;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Remembered {
  readonly value: string;
  readonly expiresAt: number;
}

/** Sentences and ids only, never content or secrets. */
export interface ConnectorLog {
  info(sentence: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
  warn(sentence: string, fields?: Readonly<Record<string, string | number | boolean>>): void;
}

/**
 * A Node handler; `path` is what follows `/c/{connectionId}`, with its query. `network` is what requests
 * are counted under: the client's address (of IPv6 its /64), as far as the hub's own proxies vouch for it.
 */
export type ServeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  network: string,
) => Promise<void>;

/** One message as an own door shows it to its customer. */
export interface DoorMessage {
  /**
   * Rises in the order in which messages become visible to the customer (one of the desk: as soon as
   * it is stored), without gaps that matter: one that shows up later never has a smaller number.
   * Resume after it.
   */
  readonly seq: number;
  /** Of the desk: the key of its (first) part, so that a receipt can name it. Of the customer: the draft id. */
  readonly id: string;
  readonly from: 'customer' | 'desk';
  readonly text: string;
  /** Milliseconds UTC. */
  readonly at: number;
  /** Who answers, as the customer may know them. */
  readonly name: string | null;
  /** The customer's own id of it (its draft id), or null. */
  readonly clientId: string | null;
}

/** What a `serve` connector needs from the core. */
export interface Doors {
  /** Messages of one conversation after a sequence number, oldest first, at most `limit`. */
  history(conversation: string, after: number, limit: number): Promise<readonly DoorMessage[]>;
  /** Calls back whenever the conversation may have something new; returns the way to stop. */
  subscribe(conversation: string, changed: () => void): () => void;
}

/** A draft that came out of an envelope, with the mapping that made it. */
export interface MappedDraft {
  readonly draft: Draft;
  readonly mapping: { readonly name: string; readonly version: number; readonly hash: string };
  /** Only the mapping that takes what all others leave took it: it opens no ticket. */
  readonly leftOver?: boolean;
}
