import { readFileSync } from 'node:fs';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createHttpClient } from './http.js';
import type { HttpClientOptions } from './http.js';

export const SECRET = 'canary-secret-6f1d';

const FIXTURES = new URL('../../../src/connections/fixtures/', import.meta.url);
export const CERTIFICATE = readFileSync(new URL('platform-example.cert.pem', FIXTURES), 'utf8');
const KEY = readFileSync(new URL('platform-example.key.pem', FIXTURES), 'utf8');

export const to = (...addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** Real servers on loopback and clients for them, for tests; `end` ends all of them. */
export function openLoopback() {
  const endings: (() => void)[] = [];

  async function listening(server: Server): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endings.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return (server.address() as AddressInfo).port;
  }

  return {
    listening,
    web: (answer: RequestListener) => listening(createServer(answer)),
    /** HTTPS with a certificate for `platform.example`. */
    tls: (answer: RequestListener) =>
      listening(createTlsServer({ cert: CERTIFICATE, key: KEY }, answer)),
    tcp: (each: (socket: Socket) => void) =>
      listening(createTcpServer((socket) => each(socket.on('error', () => undefined)))),
    client(options: Partial<HttpClientOptions> = {}) {
      const client = createHttpClient({ allowPrivate: ['127.0.0.0/8'], ...options });
      endings.push(() => client.close());
      return client;
    },
    end() {
      for (const end of endings.splice(0)) end();
    },
  };
}
