import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../../src/sdk/index.js';
import type { Settings } from './settings.js';

const ALLOWED_HEADERS = 'authorization, content-type, last-event-id';
const PREFLIGHT_SECONDS = '600';

/**
 * Whether the page that asks may use the chat; sets the CORS headers when it may. A request without
 * an Origin comes from no page at all: it is judged by its visitor token alone. Tokens travel in a
 * header, never in a cookie, so no foreign page can act for a visitor.
 */
export function admitOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  { settings, account }: { readonly settings: Settings; readonly account: Account },
): boolean {
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return true;
  if (!isOwn(origin, request, account) && !isListed(origin, settings)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after');
  return true;
}

/** The answer to a browser that asks whether it may ask. */
export function answerPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
  response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  response.writeHead(204);
  response.end();
}

function isListed(origin: string, { allowedOrigins }: Settings): boolean {
  return origin !== 'null' && (allowedOrigins.includes(origin) || allowedOrigins.includes('*'));
}

/** The demo page is served from here, under the public address or the one the browser used. */
function isOwn(origin: string, request: IncomingMessage, account: Account): boolean {
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  const publicHost = URL.canParse(account.hookUrl) ? new URL(account.hookUrl).host : null;
  return host === request.headers.host || host === publicHost;
}
