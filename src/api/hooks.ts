/**
 * Called by: the HTTP server, ahead of everything else, for `/hooks/{connection}[/{pathSecret}]`.
 * Given: one delivery of a platform, not yet believed.
 * Leaves behind: a committed envelope and the platform's ack; or a refusal and nothing at all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connected, FindConnection } from '../intake/connected.js';
import type { Receive } from '../intake/receive.js';
import type { ToldOtherwise } from '../intake/told-otherwise.js';
import type { Arrival } from '../model/arrival.js';
import type { Clock } from '../model/time.js';
import { PROBLEMS } from '../model/problems.js';
import type { Notice } from '../ops/notices.js';
import type { HttpAnswer, InboundRequest, Verdict } from '../sdk/inbound.js';
import { StoreProblem } from '../store/store.js';
import { readBody } from './body.js';
import type { Bounds } from './bounds.js';
import { answerProblem } from './problem.js';

export interface HookDependencies {
  readonly find: FindConnection;
  readonly receive: Receive;
  readonly toldOtherwise: ToldOtherwise;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly bodyBytes: number;
  readonly requestTimeout: number;
  readonly bounds: Bounds;
  readonly crashpoint: (name: string) => void;
  readonly notice: Notice;
  readonly log: { error(sentence: string, fields: Readonly<Record<string, string>>): void };
  readonly count: (connection: string, verdict: 'received' | 'rejected' | 'challenge') => void;
}

const NOTHING: HttpAnswer = { status: 200, type: 'text/plain', body: '' };

export type HookHandler = (request: IncomingMessage, response: ServerResponse) => void;

export function createHooks(deps: HookDependencies): HookHandler {
  return (request, response) => {
    handle(deps, request, response).catch((error: unknown) => {
      const why = String((error as Error).stack ?? error).slice(0, 2_000);
      const connection = placeOf(request.url ?? '').id.slice(0, 100);
      deps.log.error('a webhook was not taken', { connection, why });
      answerTrouble(response, error);
    });
  };
}

async function handle(
  deps: HookDependencies,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const place = placeOf(request.url ?? '');
  const connected = deps.find(place.id);
  if (connected?.connector.verify === undefined) {
    request.resume();
    const named = `no connection that takes webhooks is called ${place.id.slice(0, 100)}`;
    return answerProblem(response, 'unknownConnection', named);
  }
  if (request.method !== 'POST' && request.method !== 'GET') {
    const headers = { allow: 'GET, POST' };
    const way = 'webhooks come by POST, handshakes by GET';
    return answerProblem(response, 'methodNotAllowed', way, { headers });
  }
  const room = deps.bounds.bodies.open(connected.id);
  try {
    const limits = { bytes: deps.bodyBytes, timeout: deps.requestTimeout, room };
    const read = await readBody(request, limits);
    if (read.kind !== 'read') {
      // Whatever still comes of that body is not waited for.
      const headers = read.kind === 'busy' ? { ...ENDS, 'retry-after': '5' } : ENDS;
      return answerProblem(response, read.kind, read.why, { headers });
    }
    const inbound = inboundOf(deps, request, { ...place, body: read.bytes });
    await believe(deps, { connected, inbound }, response);
  } finally {
    room.close();
  }
}

const ENDS = { connection: 'close' };

type Verified = Extract<Verdict, { verdict: 'verified' }>;

const SAID_OTHERWISE = {
  verdict: 'rejected',
  status: 401,
  why: 'another message came under the same signature, which covers time and nonce only',
} as const;

interface Delivery {
  readonly connected: Connected;
  readonly inbound: InboundRequest;
}

async function believe(
  deps: HookDependencies,
  delivery: Delivery,
  response: ServerResponse,
): Promise<void> {
  const { connected, inbound } = delivery;
  const verdict = connected.connector.verify?.(inbound, connected.account, deps.clock);
  switch (verdict?.verdict) {
    case 'verified':
      return accept(deps, { ...delivery, verdict }, response);
    case 'challenge':
      deps.count(connected.id, 'challenge');
      return answer(response, verdict.answer);
    case 'rejected':
    case undefined:
      return reject(deps, connected.id, verdict, response);
  }
}

function reject(
  deps: HookDependencies,
  connection: string,
  verdict: Extract<Verdict, { verdict: 'rejected' }> | undefined,
  response: ServerResponse,
): void {
  const why = verdict?.why ?? 'the delivery could not be verified';
  deps.count(connection, 'rejected');
  deps.notice('a delivery was refused: it is not proven genuine', connection, { why });
  const way = PROBLEMS.notGenuine.way.en;
  answerProblem(response, 'notGenuine', `${why}: ${way}`, { status: verdict?.status });
}

async function accept(
  deps: HookDependencies,
  { connected, inbound, verdict }: Delivery & { readonly verdict: Verified },
  response: ServerResponse,
): Promise<void> {
  const { connector, account, id } = connected;
  const arrival: Arrival = {
    key: verdict.key,
    body: inbound.body,
    type: inbound.headers['content-type'] ?? '',
    notes: allowed(connector.definition.headers, inbound.headers),
    query: inbound.query.toString(),
  };
  deps.crashpoint('hook.verified');
  await deps.receive(id, [arrival]);
  if (verdict.bodyUnsigned === true && (await deps.toldOtherwise(id, arrival))) {
    return reject(deps, id, SAID_OTHERWISE, response);
  }
  deps.crashpoint('hook.committed');
  deps.count(id, 'received');
  answer(
    response,
    connector.answer?.(arrival, account) ?? connector.definition.policies.ack ?? NOTHING,
  );
  deps.crashpoint('hook.acknowledged');
}

interface Place {
  readonly id: string;
  readonly pathSecret: string | null;
  readonly path: string;
  readonly search: string;
}

function placeOf(url: string): Place {
  const { path, search } = split(url);
  const [, , id = '', pathSecret] = path.split('/');
  return { id: safeDecode(id), pathSecret: pathSecret ?? null, path, search };
}

interface Read extends Place {
  readonly body: Buffer;
}

function inboundOf(
  deps: HookDependencies,
  request: IncomingMessage,
  { path, search, body, pathSecret }: Read,
): InboundRequest {
  return {
    method: request.method as 'GET' | 'POST',
    url: `${deps.publicUrl()}${path}${search}`,
    headers: joined(request),
    query: new URLSearchParams(search),
    body,
    remoteAddress: deps.bounds.client(request),
    pathSecret,
  };
}

/** A header sent twice is shown as both: a verifier that takes one value must not be fooled by the other. */
function joined(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  const { rawHeaders } = request;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    const present = headers[name];
    headers[name] = present === undefined ? value : `${present}, ${value}`;
  }
  return headers;
}

function allowed(
  names: readonly string[],
  headers: Readonly<Record<string, string>>,
): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) notes[name] = value.slice(0, 1_000);
  }
  return notes;
}

function split(url: string): { readonly path: string; readonly search: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at) };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function answer(response: ServerResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Nothing was stored: the platform keeps the message and tries again. */
function answerTrouble(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  if (error instanceof StoreProblem) {
    return answerProblem(response, 'notStored', error.message, { headers: { 'retry-after': '5' } });
  }
  answerProblem(response, 'internal', 'the hub failed on this request; its log says where');
}
