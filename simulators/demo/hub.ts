/** What the demo reads of a ticket's timeline. */
export interface Message {
  readonly ticket: number;
  readonly direction: 'in' | 'out' | 'note';
  readonly text: string;
  readonly deliveries: readonly { readonly state: string }[];
}

/** What the demo reads of a connection. */
export interface Connection {
  readonly id: string;
  readonly hookUrl: string | null;
  readonly doorUrl: string | null;
  readonly port: number | null;
  readonly open: boolean;
}

export interface NewConnection {
  readonly connector: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** A hub as every program outside it sees it: by its public API. */
export interface HubClient {
  /** Connects an account and resolves when it is open. */
  connect(connection: NewConnection): Promise<Connection>;
  /** Numbers of all tickets. */
  tickets(): Promise<readonly number[]>;
  /** Merged timeline of a ticket. */
  messages(ticket: number): Promise<readonly Message[]>;
  /** The same key again is the same reply. */
  reply(ticket: number, text: string, key: string): Promise<void>;
}

const OPEN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

interface Page<T> {
  readonly items: readonly T[];
}

export function hubClient(url: string, token: string): HubClient {
  async function call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async function opened(id: string, needsPort: boolean): Promise<Connection> {
    const end = Date.now() + OPEN_WITHIN_MS;
    for (;;) {
      const connection = await call<Connection>('GET', `/connections/${id}`);
      if (connection.open && (!needsPort || connection.port !== null)) return connection;
      if (Date.now() > end) throw new Error(`the connection ${id} does not open`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  return {
    async connect(connection) {
      const { id } = await call<Connection>('POST', '/connections', connection);
      return opened(id, 'listener' in connection.settings);
    },
    async tickets() {
      const { items } = await call<Page<{ readonly number: number }>>('GET', '/tickets?limit=100');
      return items.map(({ number }) => number);
    },
    async messages(ticket) {
      const path = `/tickets/${ticket}/messages?limit=100`;
      return (await call<Page<Message>>('GET', path)).items;
    },
    async reply(ticket, text, key) {
      await call('POST', `/tickets/${ticket}/replies`, { text }, key);
    },
  };
}
