/**
 * The guarded HTTP client a connector is given. Addresses are resolved, checked (no private,
 * loopback or link-local target unless the installation allows it) and pinned; redirects are not
 * followed unless asked, and then each hop is checked and credentials stay behind on a host change.
 */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResult>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Milliseconds for the whole exchange; default 15 s. */
  readonly timeout?: number;
  /** Bytes of the answer that are read at most; default 1 MiB. Longer: `unanswered`. */
  readonly maxBytes?: number;
  /** Hops followed for GET; default 0. */
  readonly redirects?: number;
}

/** Network trouble as a value: what decides between "try again" and "may have happened". */
export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
    }
  /** No byte of the request left: certainly not processed. */
  | {
      readonly kind: 'notSent';
      readonly cause: 'dns' | 'tls' | 'network' | 'forbidden';
      readonly why: string;
    }
  /** The request left and no complete answer came. */
  | { readonly kind: 'unanswered'; readonly why: string };
