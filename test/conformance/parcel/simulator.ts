import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RETRY_AFTER_SECONDS } from '../../../src/sdk/conformance/subject.js';
import type { Fault, Rehearsal } from '../../../src/sdk/conformance/subject.js';
import type { Account } from '../../../src/sdk/index.js';
import { WINDOW } from './definition.js';

type Answer = (response: ServerResponse) => void;

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};

const soon = () => new Date(Date.now() + RETRY_AFTER_SECONDS * 1_000).toUTCString();

const ANSWERS: Partial<Record<Fault, Answer>> = {
  unauthorised: json(401, {}),
  rateLimited: json(429, {}, { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  rateLimitedUntil: (response) => json(429, {}, { 'retry-after': soon() })(response),
  rateLimitedBare: json(429, {}),
  serverError: json(500, {}),
  badGateway: json(502, {}),
  redirect: json(302, {}, { location: '/elsewhere' }),
  errorInside: json(200, { error: 'words' }),
  recipientGone: json(200, { error: 'gone' }),
  windowClosed: json(200, { error: 'window' }),
  resetEarly: (response) => response.socket?.resetAndDestroy(),
  reset: (response) => response.socket?.resetAndDestroy(),
  silence: () => undefined,
  halfAnswer(response) {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"id":', () => response.socket?.destroy());
  },
  trickle: (response) => response.writeHead(200, { 'content-length': '100' }).write('{'),
  garbledAnswer: (response) => response.writeHead(200).end('<html>well</html>'),
};

export const PARCEL_FAULTS = [...(Object.keys(ANSWERS) as Fault[]), 'unreachable'] as const;

/** What the desk knows. */
interface Desk {
  readonly secret: string;
  fault: Fault | null;
  readonly tokens: Set<string>;
  issued: number;
  taken: number;
  /** When the customer last wrote, and how often the desk was answered since. */
  wroteAt: number;
  answered: number;
  readonly waiting: string[];
}

/** A parcel desk on loopback that shows one failure at a time. */
export async function rehearseParcel(account: Account): Promise<Rehearsal> {
  const desk: Desk = {
    secret: String(account.credentials['apiSecret']),
    ...{ fault: null, tokens: new Set<string>(), issued: 0, taken: 0, answered: 0, waiting: [] },
    wroteAt: Date.now(),
  };
  const door = await openDoor(desk);
  return {
    account: { ...account, settings: { api: door.url } },
    taken: () => desk.taken,
    tokens: { issued: () => desk.issued, revoke: () => desk.tokens.clear() },
    customerDid(_opensOn, ago) {
      desk.wroteAt = Date.now() - ago;
      desk.answered = 0;
    },
    deliver() {
      const id = `w${String(desk.waiting.length + 1)}`;
      desk.waiting.push(JSON.stringify({ id, type: 'message', customer: 'c-7', text: 'Hello?' }));
    },
    async script(next) {
      if (next === 'unreachable') await door.stop();
      else if (desk.fault === 'unreachable') await door.listen();
      desk.fault = next;
    },
    close: () => (desk.fault === 'unreachable' ? Promise.resolve() : door.stop()),
  };
}

async function openDoor(desk: Desk) {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(desk, request, response));
  }).on('connection', (socket) => sockets.add(socket));
  let port = 0;
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen();
  ({ port } = server.address() as AddressInfo);
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${String(port)}`, listen, stop };
}

function answer(desk: Desk, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://desk');
  if (pathname === '/token') return issue(desk, request)(response);
  const bearer = request.headers.authorization ?? '';
  if (!desk.tokens.has(bearer.replace('Bearer ', ''))) return json(401, {})(response);
  if (pathname === '/check') return json(200, {})(response);
  if (request.method === 'GET') {
    return json(200, desk.waiting.slice(Number(searchParams.get('after'))))(response);
  }
  const wrong = desk.fault === null ? undefined : ANSWERS[desk.fault];
  return (wrong ?? take(desk))(response);
}

function issue(desk: Desk, request: IncomingMessage): Answer {
  if (request.headers['desk-secret'] !== desk.secret) return json(401, {});
  desk.issued += 1;
  const token = `t${String(desk.issued)}`;
  desk.tokens.add(token);
  return json(200, { token });
}

function take(desk: Desk): Answer {
  const closed = Date.now() - desk.wroteAt > WINDOW.lasts || desk.answered >= WINDOW.messages;
  if (closed) return json(200, { error: 'window' });
  desk.answered += 1;
  desk.taken += 1;
  return json(200, { id: `m${String(desk.taken)}` });
}
