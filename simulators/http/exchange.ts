import { request, type Agent, type IncomingMessage } from 'node:http';
import type { WireMessage } from '../faults.js';

/** One attempt to hand something to the hub, or to fetch something from it. */
export interface Attempt {
  /** The hub's HTTP status; null if it gave none. */
  readonly status: number | null;
  /** Why there is no status: `connect` (no connection), `timeout`, `broken`; null if there is one. */
  readonly failure: 'connect' | 'timeout' | 'broken' | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's body, its first 8 MiB. */
  readonly body: Buffer;
}

/** How a request leaves. */
export interface Line {
  readonly agent: Agent;
  readonly timeoutMs: number;
  readonly method: 'GET' | 'POST';
}

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Makes one HTTP request. Redirects are not followed; a failure is a value, never thrown. */
export function exchange(message: WireMessage, line: Line): Promise<Attempt> {
  return new Promise((resolve) => {
    let connected = false;
    const fail = (failure: 'connect' | 'timeout' | 'broken'): void =>
      resolve({ status: null, failure, headers: {}, body: Buffer.alloc(0) });
    const outgoing = request(message.url, {
      method: line.method,
      agent: line.agent,
      headers: { ...message.headers, 'content-length': String(message.body.length) },
    });
    const timer = setTimeout(() => {
      fail('timeout');
      outgoing.destroy();
    }, line.timeoutMs);
    outgoing.on('socket', (socket) => {
      connected = !socket.connecting;
      // A socket that is used again never says it once more.
      if (socket.connecting) socket.once('connect', () => (connected = true));
    });
    outgoing.on('error', () => fail(connected ? 'broken' : 'connect'));
    outgoing.on('close', () => {
      clearTimeout(timer);
      fail('broken');
    });
    outgoing.on('response', (incoming) => collect(incoming, resolve, fail));
    outgoing.end(message.body);
  });
}

function collect(
  incoming: IncomingMessage,
  resolve: (attempt: Attempt) => void,
  fail: (failure: 'broken') => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    if (size < MAX_ANSWER_BYTES) chunks.push(chunk);
    size += chunk.length;
  });
  incoming.on('error', () => fail('broken'));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES);
    const headers = plainHeaders(incoming.headers);
    resolve({ status: incoming.statusCode ?? null, failure: null, headers, body });
  });
}

function plainHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    plain[name] = [value ?? ''].flat().join(', ');
  }
  return plain;
}
