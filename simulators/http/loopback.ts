import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AnswerFault, Script } from '../faults.js';
import { pause } from '../pause.js';
import { writeAnswer, type HttpAnswer } from './answer.js';

/** A request of the hub, read whole. */
export interface HttpRequest {
  readonly method: string;
  /** Path without the query, percent-encoding as sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a request ended in: a status, or how the connection died. */
export type Ending = number | 'reset' | 'half' | 'silence' | 'trickle';

export interface LoopbackOptions {
  readonly script: Script<HttpRequest, AnswerFault>;
  /** Does the platform's work and gives the right answer. */
  readonly handle: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;
  /** Called once a request, when its ending is decided and before the answer leaves. */
  readonly observe: (request: HttpRequest, ending: Ending) => void;
  /** Larger bodies get 413; 8 MiB when left out. */
  readonly maxBodyBytes?: number | undefined;
}

/** An HTTP server on 127.0.0.1 that does its work and misbehaves on request. */
export interface Loopback {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Refuses every connection until {@link Loopback.goOnline}; open ones are torn down. */
  goOffline(): Promise<void>;
  /** Listens again on the same port. */
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Starts listening on a free port of 127.0.0.1. */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const closing = new AbortController();
  const floor: Floor = { ...options, closing: closing.signal };
  const server = createServer((incoming, response) => void serve(floor, incoming, response));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    goOffline: stop,
    goOnline: () => listen(port),
    close() {
      closing.abort();
      return stop();
    },
  };
}

interface Floor extends LoopbackOptions {
  readonly closing: AbortSignal;
}

async function serve(
  options: Floor,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  incoming.on('error', () => incoming.socket.destroy());
  const head = readHead(incoming);
  const early = options.script.take(head, strikesHead);
  if (early.length > 0) {
    options.observe(head, 'reset');
    incoming.socket.destroy();
    return;
  }
  const body = await readBody(incoming, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
  if (body === 'gone') return;
  if (body === 'tooLarge') {
    options.observe(head, 413);
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const request = { ...head, body };
  const faults = options.script.take(request, (candidate) => !strikesHead(candidate));
  await misbehave(options, request, { faults, response });
}

async function misbehave(
  options: Floor,
  request: HttpRequest,
  reaction: { readonly faults: readonly AnswerFault[]; readonly response: ServerResponse },
): Promise<void> {
  let right: HttpAnswer | null = null;
  for (const fault of reaction.faults) {
    if (fault.taken === true) right ??= await options.handle(request);
    if (fault.kind === 'delay') {
      await pause(fault.ms, options.closing);
      continue;
    }
    options.observe(request, endingOf(fault));
    writeAnswer(reaction.response, right, fault);
    return;
  }
  right ??= await options.handle(request);
  options.observe(request, right.status);
  writeAnswer(reaction.response, right, null);
}

function endingOf(fault: Exclude<AnswerFault, { kind: 'delay' }>): Ending {
  return fault.kind === 'answer' ? Number(fault.status) : fault.kind;
}

function strikesHead(faults: readonly AnswerFault[]): boolean {
  return faults.some((fault) => fault.kind === 'reset' && fault.after === 'head');
}

function readHead(incoming: IncomingMessage): HttpRequest {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers,
    body: Buffer.alloc(0),
  };
}

function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | 'gone' | 'tooLarge'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve('tooLarge');
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks)));
    incoming.on('close', () => resolve('gone'));
  });
}
