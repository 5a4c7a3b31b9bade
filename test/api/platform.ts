import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ticket } from '../../src/model/ticket.js';
import { startTestHub, until, type TestHub } from '../hub.js';

/** What the other side of a webhook connection was sent. */
export interface Sent {
  readonly url: string;
  readonly body: { readonly data: { readonly text: string; readonly ticket: unknown } };
}

export interface Platform {
  readonly url: string;
  readonly sent: Sent[];
  /** Status of the answers from now on. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** The other side of a webhook connection: it takes answers and remembers them. */
export async function openPlatform(): Promise<Platform> {
  const sent: Sent[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Sent['body'];
      if (status === 200) sent.push({ url: request.url ?? '', body });
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: `ext-${sent.length}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    answer: (next) => {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What most tests of the API stand on. */
export interface Stage {
  readonly hub: TestHub;
  readonly platform: Platform;
  /** The id of a connection between the two. */
  readonly shop: string;
  readonly end: () => Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const [hub, platform] = await Promise.all([startTestHub(), openPlatform()]);
  const shop = await connect(hub, platform);
  const end = async (): Promise<void> => {
    await hub.end();
    await platform.close();
  };
  return { hub, platform, shop, end };
}

/** A connection that answers by `platform`; returns its id. */
export async function connect(hub: TestHub, platform: Platform, name = 'Shop'): Promise<string> {
  const made = await hub.api('POST', '/connections', {
    connector: 'webhook',
    name,
    settings: { sendUrl: `${platform.url}/send` },
    credentials: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return (made.body as { id: string }).id;
}

/** What a customer says, as own systems push it. */
export function draft(
  connection: string,
  id: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    id,
    connection,
    conversation: `thread-${id}`,
    kind: 'message',
    sender: { handle: `customer-${id}`, name: 'Li Wei' },
    subject: `Matter ${id}`,
    text: `The kettle ${id} is broken`,
    ...more,
  };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Pushes one message and waits for its ticket. */
export async function tell(
  hub: TestHub,
  connection: string,
  id: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Ticket> {
  const said = draft(connection, id, more);
  await hub.api('POST', '/messages', said);
  const path = `/tickets?q=${encodeURIComponent(said.text)}`;
  return until(`the ticket of ${id}`, async () => {
    const { items } = (await hub.api('GET', path)).body as Page<Ticket>;
    return items[0];
  });
}

/** A token of these scopes. */
export async function tokenFor(hub: TestHub, ...scopes: readonly string[]): Promise<string> {
  const made = await hub.api('POST', '/tokens', { name: scopes.join(' and '), scopes });
  return (made.body as { token: string }).token;
}

export const as = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
