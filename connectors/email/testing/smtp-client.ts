import { connect } from 'node:net';
import type { Socket } from 'node:net';

export interface RawClient {
  readonly socket: Socket;
  /** Writes and waits for as many whole replies (a multi-line reply is one). */
  readonly say: (text: string | Buffer, replies?: number) => Promise<string[]>;
  /** Writes without waiting for an answer. */
  readonly put: (bytes: string | Buffer) => Promise<void>;
  /** Waits for the next replies. */
  readonly hear: (replies?: number) => Promise<string[]>;
  readonly ended: Promise<void>;
}

/** A client that says exactly what a test wants said, byte by byte. */
export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const replies: string[] = [];
  const waiting: { count: number; resolve: (replies: string[]) => void }[] = [];
  let buffer = '';
  let partial = '';
  const serve = (): void => {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (replies.length < first.count && !socket.destroyed) return;
      waiting.shift();
      first.resolve(replies.splice(0, first.count));
    }
  };
  socket.on('data', (chunk) => {
    buffer += chunk.toString('latin1');
    for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      partial += partial === '' ? line : `\n${line}`;
      if (line.charAt(3) === '-') continue;
      replies.push(partial);
      partial = '';
    }
    serve();
  });
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) =>
    socket.once('close', () => {
      serve();
      resolve();
    }),
  );
  const hear = (count = 1): Promise<string[]> =>
    new Promise((resolve) => {
      waiting.push({ count, resolve });
      serve();
    });
  return {
    socket,
    ended,
    hear,
    put: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    say: (text, count = 1) => {
      socket.write(text);
      return hear(count);
    },
  };
}
