import type { ServerResponse } from 'node:http';
import { problemDetails } from '../../src/sdk/index.js';
import type { ProblemName } from '../../src/sdk/index.js';

/** A refusal as RFC 9457 problem details. `detail` names what to do and repeats nothing of the request. */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 429 | 503;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the hub's catalogue of errors calls it: `type` and `code` lead to the way out. */
const NAMES: Readonly<Record<Problem['status'], ProblemName>> = {
  400: 'badRequest',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'notFound',
  405: 'methodNotAllowed',
  408: 'tooSlow',
  409: 'conflict',
  413: 'tooLarge',
  415: 'wrongType',
  429: 'tooMany',
  503: 'notReady',
};

/** Never cached, never guessed at: what a door says belongs to one visitor. */
const PRIVATE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  write(response, status, { type: 'application/json', body: JSON.stringify(value) });
}

export function answerProblem(response: ServerResponse, problem: Problem): void {
  const { status, title, detail, headers = {} } = problem;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // The body may not have been read to its end: the next request must not begin in the middle of it.
  if (status === 413 || status === 408) response.setHeader('connection', 'close');
  const body = JSON.stringify({ ...problemDetails(NAMES[status], detail, status), title });
  write(response, status, { type: 'application/problem+json', body });
}

export function answerNothing(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(204, PRIVATE);
  response.end();
}

interface Content {
  readonly type: string;
  readonly body: string;
}

function write(response: ServerResponse, status: number, { type, body }: Content): void {
  if (response.headersSent || response.destroyed) return;
  const length = Buffer.byteLength(body);
  response.writeHead(status, { ...PRIVATE, 'content-type': type, 'content-length': length });
  response.end(body);
}
