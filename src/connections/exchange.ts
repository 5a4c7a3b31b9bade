import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { HttpRequest, HttpResult } from '../sdk/http.js';
import { FORBIDDEN_ADDRESS } from './wires.js';
import type { Wires } from './wires.js';

/** One request to one URL that has been approved; no redirects. */
export interface Hop {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  readonly maxBytes: number;
  /** Aborts with an Error whose message is the reason. */
  readonly signal: AbortSignal;
}

/** Names that decide how the message is framed or where it goes; the client writes them itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Sends one request and reads the whole answer. Nothing is written before the connection (with TLS:
 * the handshake) stands, so whatever goes wrong earlier is exactly `notSent`, and later `unanswered`.
 */
export async function exchange(hop: Hop, wires: Wires): Promise<HttpResult> {
  const secure = hop.url.protocol === 'https:';
  const host = hop.url.hostname;
  if (hop.signal.aborted) return notSent(host, reasonOf(hop.signal));
  let request: ClientRequest;
  try {
    request = startRequest(hop, wires, secure);
  } catch {
    // Node refuses control characters in header names and values; the value must not be repeated.
    return { kind: 'notSent', cause: 'forbidden', why: `a header for ${host} is not valid` };
  }
  return new Promise((resolve) => {
    let left = false;
    let answering = false;
    const broken = (error: Error) => {
      const reason = hop.signal.aborted ? reasonOf(hop.signal) : error;
      resolve(left ? unanswered(host, reason) : notSent(host, reason));
    };
    request.once('socket', (socket) => {
      whenReady(socket, secure, () => {
        left = true;
        request.end(hop.body);
      });
    });
    request.once('response', (answer) => {
      answering = true;
      void readAnswer(answer, hop).then(resolve);
    });
    request.on('error', broken);
    // An answer that switches protocols ends without an error.
    request.once('close', () => {
      if (!answering) broken(new Error('closed without an answer'));
    });
  });
}

function startRequest(hop: Hop, wires: Wires, secure: boolean): ClientRequest {
  const options = { method: hop.method, headers: writtenHeaders(hop.headers), signal: hop.signal };
  return secure
    ? secureRequest(hop.url, { ...options, agent: wires.secure })
    : plainRequest(hop.url, { ...options, agent: wires.plain });
}

/** Answers are asked for uncompressed, so that their size limit is the limit of what is in memory. */
function writtenHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const given = Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  return { ...Object.fromEntries(given), 'accept-encoding': 'identity' };
}

/** A pooled socket is ready; a new one when it is connected and, with TLS, the peer is authenticated. */
function whenReady(socket: Socket, secure: boolean, ready: () => void): void {
  if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', ready);
  else ready();
}

async function readAnswer(answer: IncomingMessage, hop: Hop): Promise<HttpResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the answer and its socket.
      if (size > hop.maxBytes) throw new RangeError(`the answer is over ${hop.maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    const reason = hop.signal.aborted ? reasonOf(hop.signal) : (error as Error);
    return unanswered(hop.url.hostname, reason);
  }
  const headers = joined(answer.headersDistinct);
  return { kind: 'answer', status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

function joined(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, values?.join(', ') ?? '']),
  );
}

function unanswered(host: string, reason: NodeJS.ErrnoException): HttpResult {
  return { kind: 'unanswered', why: `${host}: ${sentence(reason)}` };
}

function notSent(host: string, reason: NodeJS.ErrnoException): HttpResult {
  const code = reason.code ?? '';
  if (code === FORBIDDEN_ADDRESS) {
    return { kind: 'notSent', cause: 'forbidden', why: `${host} is at ${reason.message}` };
  }
  return { kind: 'notSent', cause: causeOf(code), why: `${host}: ${sentence(reason)}` };
}

function causeOf(code: string): 'dns' | 'tls' | 'network' {
  if (/^(ENOTFOUND|ENODATA|ESERVFAIL|EAI_)/.test(code)) return 'dns';
  return /CERT|TLS|SSL|EPROTO|SIGNATURE|ISSUER/.test(code) ? 'tls' : 'network';
}

/** System errors by their code: their messages may repeat what the other side said. Our own have none. */
function sentence(reason: NodeJS.ErrnoException): string {
  return reason.code ?? reason.message;
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
