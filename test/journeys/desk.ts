import type { z } from 'zod';
import type { ConnectionView } from '../../src/api/schemas/connections.js';
import type { DeliveryView, MessageView } from '../../src/api/schemas/messages.js';
import type { Duplicate } from '../../src/api/schemas/tickets.js';
import { Ticket } from '../../src/model/ticket.js';
import { onPostgres } from '../database.js';
import { ADMIN_TOKEN, startTestHub, until, type TestHub } from '../hub.js';
import { movingClock, type MovingClock } from './moving-clock.js';

const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };

/** How long an agent waits at most; the sweeper of several processes goes round more slowly. */
const PATIENCE_MS = onPostgres ? 30_000 : 10_000;

/** What the API answers to a reply. */
export interface Queued {
  readonly message: number;
  readonly ticket: number;
  readonly conversation: number;
  readonly deliveries: readonly DeliveryView[];
}

/** What an agent asks for besides the words. */
export interface ReplyExtras {
  readonly attachments?: readonly number[];
  readonly conversation?: number;
  readonly confirm?: 'persons' | 'replyTo';
  readonly replyTo?: string;
}

type State = DeliveryView['state'];

/**
 * An agent at work: everything goes through the public API of a running hub, and nothing is looked up
 * behind its back.
 */
export interface Desk {
  readonly hub: TestHub;
  readonly clock: MovingClock;
  connect(connection: NewConnection): Promise<ConnectionView>;
  /** The connection once its live half is open. */
  opened(id: string): Promise<ConnectionView>;
  /** The root whose messages hold these words; waits for it. */
  ticketSaying(words: string): Promise<Ticket>;
  /** Roots whose messages hold these words, now. */
  ticketsSaying(words: string): Promise<readonly Ticket[]>;
  /** The ticket as the one format has it; checked against the schema. */
  ticket(number: number, own?: boolean): Promise<Ticket>;
  /** The timeline, oldest first. */
  messages(number: number): Promise<readonly MessageView[]>;
  /** The timeline once it is as wanted. */
  messagesOnce(
    number: number,
    what: string,
    looks: (messages: readonly MessageView[]) => boolean,
  ): Promise<readonly MessageView[]>;
  /** Answers the customer and returns what was queued. */
  reply(number: number, text: string, extras?: ReplyExtras): Promise<Queued>;
  /** The delivery of a reply, as the timeline shows it once it has come to this state. */
  settled(reply: Queued, state: State): Promise<DeliveryView>;
  /** The same, once it looks as wanted. */
  settledWith(reply: Queued, looks: (delivery: DeliveryView) => boolean): Promise<DeliveryView>;
  /** Uploads a file for a reply; returns its id. */
  upload(name: string, bytes: Buffer): Promise<number>;
  /** The bytes behind the URL of an attachment. */
  download(url: string): Promise<Buffer>;
  duplicates(number: number): Promise<readonly z.infer<typeof Duplicate>[]>;
  /** Waits until nothing that was received is unread. */
  quiet(): Promise<void>;
  end(): Promise<void>;
}

export interface NewConnection {
  readonly connector: string;
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
}

export interface DeskOptions {
  readonly env?: Readonly<Record<string, string>>;
}

interface Page<T> {
  readonly items: readonly T[];
}

/** A hub of its own with an agent in front of it. */
export async function openDesk({ env = {} }: DeskOptions = {}): Promise<Desk> {
  const clock = movingClock();
  const hub = await startTestHub({ env, seams: { clock } });
  const get = <T>(path: string): Promise<T> => expecting<T>(hub, 200, { method: 'GET', path });
  const ticketsSaying = async (words: string): Promise<readonly Ticket[]> =>
    (await get<Page<Ticket>>(`/tickets?q=${encodeURIComponent(words)}`)).items;
  const messages = async (number: number): Promise<readonly MessageView[]> =>
    (await get<Page<MessageView>>(`/tickets/${number}/messages?limit=200`)).items;

  async function settledWith(
    { ticket, message }: Queued,
    looks: (delivery: DeliveryView) => boolean,
  ): Promise<DeliveryView> {
    let last: DeliveryView | undefined;
    const look = async (): Promise<DeliveryView | null> => {
      const own = (await get<Page<MessageView>>(`/tickets/${ticket}/messages?own=1&limit=200`))
        .items;
      last = own.find(({ id }) => id === message)?.deliveries[0];
      return last !== undefined && looks(last) ? last : null;
    };
    try {
      return await until(`message ${message} to settle`, look, PATIENCE_MS);
    } catch (error) {
      throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`);
    }
  }

  const post = <T>(status: number, path: string, body: unknown): Promise<T> =>
    expecting<T>(hub, status, { method: 'POST', path, body });

  return {
    ...{ hub, clock, ticketsSaying, messages },
    connect: (connection) => post(201, '/connections', connection),
    opened: (id) =>
      until(`connection ${id} to open`, async () => {
        const seen = await get<ConnectionView>(`/connections/${id}`);
        return seen.open ? seen : null;
      }),
    ticketSaying: (words) =>
      until(`a ticket saying “${words}”`, async () => (await ticketsSaying(words))[0]),
    ticket: async (number, own = false) =>
      Ticket.parse(await get(`/tickets/${number}${own ? '?own=1' : ''}`)),
    messagesOnce: (number, what, looks) =>
      until(`${what} on ticket ${number}`, async () => {
        const seen = await messages(number);
        return looks(seen) ? seen : null;
      }),
    reply: (number, text, extras = {}) =>
      post(202, `/tickets/${number}/replies`, { text, ...extras }),
    settled: (reply, state) => settledWith(reply, (delivery) => delivery.state === state),
    settledWith,
    upload: (name, bytes) => upload(hub, name, bytes),
    async download(url) {
      const response = await fetch(new URL(url, hub.url), { headers: ADMIN });
      if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    duplicates: async (number) =>
      (await get<Page<z.infer<typeof Duplicate>>>(`/tickets/${number}/duplicates`)).items,
    quiet: () =>
      until('everything that came to be read', async () => {
        const { items } = await get<Page<unknown>>('/envelopes?state=received&limit=1');
        return items.length === 0;
      }).then(() => undefined),
    end: () => hub.end(),
  };
}

async function upload({ url }: TestHub, name: string, bytes: Buffer): Promise<number> {
  const response = await fetch(`${url}/api/v1/attachments?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { ...ADMIN, 'content-type': 'application/octet-stream' },
    body: Uint8Array.from(bytes),
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { readonly id: number }).id;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

async function expecting<T>(hub: TestHub, status: number, call: Call): Promise<T> {
  const { method, path, body } = call;
  const answer = await hub.api(method, path, body);
  if (answer.status !== status) {
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}
