import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RETRY_AFTER_SECONDS } from '../../../src/sdk/conformance/subject.js';
import type { Fault, Rehearsal } from '../../../src/sdk/conformance/subject.js';
import type { Account } from '../../../src/sdk/index.js';

export const PARCEL_FAULTS: readonly Fault[] = [
  'unauthorised',
  'rateLimited',
  'serverError',
  'errorInside',
  'recipientGone',
  'unreachable',
  'reset',
  'silence',
  'halfAnswer',
  'garbledAnswer',
];

type Answer = (response: ServerResponse) => void;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};

const ANSWERS: Partial<Record<Fault, Answer>> = {
  unauthorised: json(401, {}),
  rateLimited: json(429, {}, { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  serverError: json(500, {}),
  errorInside: json(200, { error: 'words' }),
  recipientGone: json(200, { error: 'gone' }),
  reset: (response) => response.socket?.resetAndDestroy(),
  silence: () => undefined,
  halfAnswer(response) {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"id":', () => response.socket?.destroy());
  },
  garbledAnswer: (response) => response.writeHead(200).end('<html>well</html>'),
};

/** A parcel desk on loopback that shows one failure at a time. */
export async function rehearseParcel(account: Account): Promise<Rehearsal> {
  let fault: Fault | null = null;
  let taken = 0;
  const sockets = new Set<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume().once('end', () => {
      const token = `Bearer ${String(account.credentials['token'])}`;
      if (request.headers.authorization !== token) return json(401, {})(response);
      const wrong = fault === null ? undefined : ANSWERS[fault];
      if (wrong !== undefined) return wrong(response);
      if (request.url === '/messages') taken += 1;
      return json(200, { id: `m${String(taken)}` })(response);
    });
  };
  const server = createServer(answer).on('connection', (socket) => sockets.add(socket));
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    account: { ...account, settings: { api: `http://127.0.0.1:${String(port)}` } },
    taken: () => taken,
    async script(next) {
      if (next === 'unreachable') await stop();
      else if (fault === 'unreachable') await listen(port);
      fault = next;
    },
    close: () => (fault === 'unreachable' ? Promise.resolve() : stop()),
  };
}
