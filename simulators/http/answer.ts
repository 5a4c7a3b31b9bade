import type { ServerResponse } from 'node:http';
import type { AnswerFault, Json } from '../faults.js';

/** An answer of a simulated platform. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A JSON answer. */
export function jsonAnswer(
  status: number,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** An answer without a body. */
export function emptyAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, headers, body: Buffer.alloc(0) };
}

/**
 * Writes the answer, or what the fault makes of it. `right` is null when the work was not done.
 */
export function writeAnswer(
  response: ServerResponse,
  right: HttpAnswer | null,
  fault: Exclude<AnswerFault, { kind: 'delay' }> | null,
): void {
  switch (fault?.kind) {
    case undefined:
      if (right !== null) write(response, right);
      return;
    case 'answer':
      write(response, scriptedAnswer(fault));
      return;
    case 'reset':
      response.socket?.destroy();
      return;
    case 'half':
      writeHalf(response, right ?? jsonAnswer(200, { status: 'accepted' }));
      return;
    case 'silence':
      return;
    case 'trickle':
      dripAnswer(response, right ?? jsonAnswer(200, { status: 'accepted' }));
  }
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(answer.body.length),
  });
  response.end(answer.body);
}

function scriptedAnswer(fault: Extract<AnswerFault, { kind: 'answer' }>): HttpAnswer {
  const status = Number(fault.status);
  if (typeof fault.body !== 'string') return jsonAnswer(status, fault.body, fault.headers);
  return { status, headers: fault.headers, body: Buffer.from(fault.body) };
}

const DRIP_EVERY_MS = 1_000;

/** Until the answer is out or the other side has had enough. */
function dripAnswer(response: ServerResponse, answer: HttpAnswer): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(answer.body.length),
  });
  let at = 0;
  const timer = setInterval(() => {
    response.write(answer.body.subarray(at, (at += 1)));
    if (at >= answer.body.length) response.end();
  }, DRIP_EVERY_MS);
  response.once('close', () => clearInterval(timer));
}

function writeHalf(response: ServerResponse, answer: HttpAnswer): void {
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(answer.body.length),
  });
  response.write(half, () => response.socket?.destroy());
}
