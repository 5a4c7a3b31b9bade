import type { IncomingMessage } from 'node:http';
import type { BodyRoom } from './body-budget.js';

export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds for the whole body. */
  readonly timeout: number;
  /** Of the bytes all bodies together may have in memory. */
  readonly room: BodyRoom;
}

export type BodyRead =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'tooLarge' | 'tooSlow' | 'cutOff' | 'encoded' | 'busy'; readonly why: string };

const BUSY = 'too many bodies are being received at once: nothing was stored, send it again';

/** Reads a body within its bounds. What is cut short, too large, too slow or compressed is refused whole. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyRead> {
  const { bytes } = limits;
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytes) {
    request.resume();
    return Promise.resolve({
      kind: 'tooLarge',
      why: `the body has ${declared} bytes, at most ${bytes} are taken`,
    });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.resume();
    return Promise.resolve({
      kind: 'encoded',
      why: 'send the body without a content-encoding: signatures cover plain bytes',
    });
  }
  return new Promise((resolve) => collect(request, limits, resolve));
}

function collect(
  request: IncomingMessage,
  { bytes, timeout, room }: BodyLimits,
  resolve: (read: BodyRead) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(
    () => finish({ kind: 'tooSlow', why: `the body was not complete within ${timeout} ms` }),
    timeout,
  );
  function finish(read: BodyRead): void {
    clearTimeout(timer);
    request.off('data', take);
    if (read.kind !== 'read') request.resume();
    resolve(read);
  }
  function take(chunk: Buffer): void {
    size += chunk.length;
    if (size > bytes) {
      return finish({ kind: 'tooLarge', why: `the body is larger than ${bytes} bytes` });
    }
    if (!room.take(chunk.length)) {
      chunks.length = 0;
      return finish({ kind: 'busy', why: BUSY });
    }
    chunks.push(chunk);
  }
  request.on('data', take);
  request.on('end', () =>
    finish({
      kind: 'read',
      bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    }),
  );
  request.on('error', () =>
    finish({ kind: 'cutOff', why: 'the connection broke before the body was complete' }),
  );
  request.on('aborted', () =>
    finish({ kind: 'cutOff', why: 'the connection broke before the body was complete' }),
  );
}
