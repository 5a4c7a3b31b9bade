import type { Arrival } from '../model/arrival.js';

/** One HTTP delivery as it arrived. `url` is the public one (configured, never from Host headers), with its query. */
export interface InboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Lower-case names; a header sent twice is joined with ', '. All headers, for verification only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly remoteAddress: string;
  /** The last segment of `/hooks/{connectionId}/{pathSecret}`, for platforms that sign nothing. */
  readonly pathSecret: string | null;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What `verify` found. Anything not proven genuine is `rejected`; a missing secret is `rejected`. */
export type Verdict =
  /** `key`: delivery key from **verified** content only, so that a replay with other unsigned headers is the same delivery. */
  | {
      readonly verdict: 'verified';
      readonly key: string;
      /**
       * The signature does not cover the body, only what makes up the key (a time, a nonce): another
       * body that comes under the same key is refused with 401, and nothing of it is kept.
       */
      readonly bodyUnsigned?: true;
    }
  /** A handshake: answered, nothing stored. */
  | { readonly verdict: 'challenge'; readonly answer: HttpAnswer }
  | { readonly verdict: 'rejected'; readonly status: 401 | 403; readonly why: string };

/** A committed arrival, as `decode` sees it. */
export interface Envelope extends Required<Arrival> {
  readonly id: number;
  readonly connection: string;
}

/** One fact inside an envelope, in the platform's own words, ready for mapping. JSON values only. */
export interface Raw {
  readonly body: unknown;
}

export type Decoded =
  | { readonly kind: 'raws'; readonly raws: readonly Raw[]; readonly remarks: readonly string[] }
  /** The delivery is only a hint that something waits: the pump runs `poll` with it. */
  | { readonly kind: 'wake'; readonly hint: string }
  /** Goes to quarantine with its bytes kept. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** A connection as pure functions and live halves see it. Everything here can cross a thread. */
export interface Account {
  readonly id: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Public URL of this connection's hook; callbacks are built from it. */
  readonly hookUrl: string;
  /** Keys for tokens we hand out and get back (reply tokens, visitors), newest first. */
  readonly macKeys: readonly MacKey[];
}

export interface MacKey {
  readonly id: string;
  readonly key: string;
}
