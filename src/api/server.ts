import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StartProblem } from '../ops/start-problem.js';
import type { ServeHandler } from '../sdk/treaty.js';
import { answerProblem } from './problem.js';
import type { Bounds } from './bounds.js';
import { networkOf } from './client-address.js';
import type { HookHandler } from './hooks.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface ServerDependencies {
  readonly hooks: HookHandler;
  readonly serve: (connection: string) => ServeHandler | undefined;
  /** Express, for everything that is not on the hot path. */
  readonly app: () => RequestHandler | undefined;
  readonly requestTimeout: number;
  readonly bounds: Bounds;
  readonly log: { error(sentence: string, fields: Readonly<Record<string, string>>): void };
}

/** One HTTP server: the platforms' door and the own doors ahead of Express, which costs more than a commit. */
export function createHubServer(deps: ServerDependencies): Server {
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const app = deps.app();
    if (app === undefined) {
      return answerProblem(response, 'notReady', 'the hub is starting', {
        headers: { 'retry-after': '1' },
      });
    }
    if (url.startsWith('/hooks/')) return deps.hooks(request, response);
    if (url.startsWith('/c/')) return void serveDoor(deps, request, response);
    app(request, response);
  });
  server.requestTimeout = deps.requestTimeout + 5_000;
  server.headersTimeout = deps.requestTimeout;
  server.keepAliveTimeout = 65_000;
  return server;
}

async function serveDoor(
  deps: ServerDependencies,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '';
  const end = url.slice(3).search(/[/?]/);
  const id = end < 0 ? url.slice(3) : url.slice(3, 3 + end);
  const path = end < 0 ? '/' : url.slice(3 + end);
  const handler = deps.serve(id);
  if (handler === undefined) {
    request.resume();
    return answerProblem(
      response,
      'unknownConnection',
      'no open connection with a door of its own is called that',
    );
  }
  const network = networkOf(deps.bounds.client(request));
  if (!deps.bounds.streams.admit(network, response)) return void request.resume();
  try {
    await handler(request, response, path.startsWith('/') ? path : `/${path}`, network);
  } catch (error) {
    const why = String((error as Error).stack ?? error).slice(0, 2_000);
    deps.log.error('a request at a door of its own failed', { connection: id, why });
    answerProblem(response, 'internal', 'the hub failed on this request; its log says where');
  }
}

/** Resolves with the bound port; rejects when the address is taken or not ours. */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** The same, with the way out for whoever starts a hub. */
export async function listenOrSay(server: Server, port: number, host: string): Promise<number> {
  try {
    return await listen(server, port, host);
  } catch (error) {
    const { code } = error as { code?: string };
    const way =
      code === 'EADDRINUSE'
        ? 'stop what listens there, or choose another port in HUBBUB_PORT'
        : 'choose another address in HUBBUB_HOST or port in HUBBUB_PORT';
    throw new StartProblem(
      `port ${port} on ${host} cannot be opened (${code ?? String(error)}): ${way}`,
    );
  }
}
