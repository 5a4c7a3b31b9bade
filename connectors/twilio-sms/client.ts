import type { RequestClient, Twilio } from 'twilio';
import type { Context, HttpClient, HttpRequest, HttpResult } from '../../src/sdk/index.js';
import type { Config } from './settings.js';

/**
 * Makes one call with the official client and returns what really happened on the wire. The client
 * forms the request; its exceptions are not asked, because they drop headers such as Retry-After and
 * cannot say whether a byte had left. `waited` as in the treaty: the vendor's client may take its time to load.
 */
export async function callTwilio(
  context: Context,
  config: Config,
  call: (client: Twilio) => Promise<unknown>,
  waited?: AbortSignal,
): Promise<HttpResult> {
  const { default: twilio } = await import('twilio');
  if (waited?.aborted === true) return LATE;
  const { settings, credentials } = config;
  const hasKey = settings.apiKeySid !== undefined && credentials.apiKeySecret !== undefined;
  const wire = new Wire(context.http, settings.apiBase);
  const client = twilio(
    hasKey ? settings.apiKeySid : settings.accountSid,
    hasKey ? credentials.apiKeySecret : credentials.authToken,
    // The client uses nothing of its RequestClient but `request`, and reads no environment.
    { accountSid: settings.accountSid, httpClient: wire as unknown as RequestClient, env: {} },
  );
  try {
    await call(client);
  } catch (error) {
    if (wire.result === null) throw error;
  }
  if (wire.result === null) throw new Error('the Twilio client made no request');
  return wire.result;
}

const LATE: HttpResult = {
  kind: 'notSent',
  cause: 'network',
  why: 'the request was not made in time',
};

type ClientRequest = Parameters<RequestClient['request']>[0];

interface ClientAnswer {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Stands in for the client's own HTTP: every request goes through the hub's guarded client. */
class Wire {
  readonly #http: HttpClient;
  readonly #base: string;
  result: HttpResult | null = null;

  constructor(http: HttpClient, base: string) {
    this.#http = http;
    this.#base = base;
  }

  async request(asked: ClientRequest): Promise<ClientAnswer> {
    this.result = await this.#http.request(toRequest(asked, this.#base));
    if (this.result.kind !== 'answer') throw new Error(this.result.why);
    const { status, headers, body } = this.result;
    return { statusCode: status, headers, body: body.toString('utf8') };
  }
}

function toRequest(asked: ClientRequest, base: string): HttpRequest {
  const url = new URL(asked.uri);
  const query = encode(asked.params);
  const target = new URL(base);
  const path = `${target.pathname.replace(/\/$/, '')}${url.pathname}`;
  const hasBody = asked.method === 'post';
  return {
    method: hasBody ? 'POST' : 'GET',
    url: `${target.origin}${path}${query === '' ? '' : `?${query}`}`,
    headers: {
      ...asStrings(asked.headers),
      Authorization: basic(asked.username ?? '', asked.password ?? ''),
    },
    ...(hasBody ? { body: encode(asked.data as object) } : {}),
  };
}

/** `Authorization: Basic` of an account SID or API key and its secret. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A list becomes a repeated parameter, as in `MediaUrl=…&MediaUrl=…`. */
function encode(values: object | undefined): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) form.append(name, String(one));
    }
  }
  return form.toString();
}

function asStrings(headers: object | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
}
