import { lookup as systemLookup } from 'node:dns/promises';
import type { HttpClient, HttpRequest, HttpResult } from '../sdk/http.js';
import { SECOND } from '../model/time.js';
import { addressGuard } from './address.js';
import { exchange } from './exchange.js';
import { openLimits } from './limits.js';
import { approve } from './target.js';
import type { TargetRules } from './target.js';
import { openWires } from './wires.js';
import type { Lookup, Wires } from './wires.js';

const DEFAULT_TIMEOUT = 15 * SECOND;
const DEFAULT_MAX_BYTES = 1024 * 1024;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** All that follows a redirect to another origin: anything else could be a credential. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent']);

export interface HttpClientOptions {
  /** Private ranges this installation opens, as `127.0.0.0/8`; nothing private is reached otherwise. */
  readonly allowPrivate: readonly string[];
  /** Ports that may be connected to; absent: all. */
  readonly ports?: readonly number[];
  /** Resolves a name to all its addresses; absent: the system's resolver. */
  readonly lookup?: Lookup;
  /** Ends every exchange under way. */
  readonly signal?: AbortSignal;
  /** PEM of the only certificate authorities to trust; absent: the ones Node ships. */
  readonly ca?: string;
}

/**
 * The guarded client of {@link HttpClient}: each connection resolves a name once, checks every
 * address and goes to a checked one. Never throws for anything the network, the platform or a
 * configured URL does; no reason it gives names a path, a query, a header or a body.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient & { close(): void } {
  const guard = addressGuard(options.allowPrivate);
  const lookup = options.lookup ?? ((name: string) => systemLookup(name, { all: true }));
  const wires = openWires({ guard, lookup, ca: options.ca });
  const rules: TargetRules = { guard, ports: options.ports };
  const limits = openLimits(options.signal);
  return {
    async request(request) {
      const limit = limits.start(request.timeout ?? DEFAULT_TIMEOUT);
      try {
        return await followed(request, rules, wires, limit.signal);
      } finally {
        limit.end();
      }
    },
    close() {
      limits.close();
      wires.close();
    },
  };
}

async function followed(
  request: HttpRequest,
  rules: TargetRules,
  wires: Wires,
  signal: AbortSignal,
): Promise<HttpResult> {
  let hops = request.method === 'GET' ? (request.redirects ?? 0) : 0;
  let headers = request.headers ?? {};
  let target = approve(request.url, rules);
  for (;;) {
    if (target.kind === 'forbidden') {
      return { kind: 'notSent', cause: 'forbidden', why: target.why };
    }
    const { url } = target;
    const { method, body, maxBytes = DEFAULT_MAX_BYTES } = request;
    const result = await exchange({ method, url, headers, body, maxBytes, signal }, wires);
    const location = redirectOf(result);
    if (hops === 0 || location === null) return result;
    target = approve(location, rules, url);
    if (target.kind === 'approved' && target.url.origin !== url.origin) headers = harmless(headers);
    hops -= 1;
  }
}

function redirectOf(result: HttpResult): string | null {
  if (result.kind !== 'answer' || !REDIRECTS.has(result.status)) return null;
  return result.headers['location'] ?? null;
}

function harmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => HARMLESS_HEADERS.has(name.toLowerCase()));
  return Object.fromEntries(kept);
}
