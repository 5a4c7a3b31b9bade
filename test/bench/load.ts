/** A process of its own that sends signed webhooks over keep-alive sockets and prints what it saw as JSON. */
import { connect, type Socket } from 'node:net';
import { complaint, signedRequest } from './signed.js';

export interface LoadTask {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly run: string;
  readonly messages: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly startedAt: number;
  readonly seconds: number;
  readonly accepted: number;
  readonly refused: number;
  /** Milliseconds from the first byte sent to the last byte of the answer. */
  readonly p50: number;
  readonly p99: number;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');

async function run(task: LoadTask): Promise<LoadResult> {
  const requests = Array.from({ length: task.messages }, (_, n) =>
    signedRequest(task.path, task.secret, `msg_${task.run}_${n}`, complaint(task.run, n)),
  );
  const latencies: number[] = [];
  let next = 0;
  let refused = 0;
  const startedAt = Date.now();
  const began = performance.now();
  const one = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0;
      const sendNext = (): void => {
        const request = requests[next];
        next += 1;
        if (request === undefined) return resolve();
        sentAt = performance.now();
        socket.write(request);
      };
      let held = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
        const size = answerSize(held);
        if (size === null) return;
        latencies.push(performance.now() - sentAt);
        if (held.toString('latin1', 9, 10) !== '2') refused += 1;
        held = held.subarray(size);
        sendNext();
      });
      socket.on('error', reject);
      sendNext();
    });
  const sockets = await Promise.all(
    Array.from({ length: task.connections }, () => open(task.port)),
  );
  await Promise.all(sockets.map(one));
  const seconds = (performance.now() - began) / 1_000;
  for (const socket of sockets) socket.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    startedAt,
    seconds,
    accepted: latencies.length - refused,
    refused,
    p50: at(0.5),
    p99: at(0.99),
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Bytes of the first whole answer; null while it is not complete. */
function answerSize(held: Buffer): number | null {
  const head = held.indexOf(END_OF_HEAD);
  if (head < 0) return null;
  const length = /content-length: (\d+)/i.exec(held.toString('latin1', 0, head))?.[1] ?? '0';
  const size = head + 4 + Number(length);
  return held.length >= size ? size : null;
}

process.once('message', (task: LoadTask) => {
  void run(task).then((result) => process.send?.(result, () => process.disconnect()));
});
