import { pause } from '../pause.js';
import { createScreen, type Screen } from './screen.js';
import { createEventReader } from './sse.js';
import { uuid7 } from './uuid7.js';

export interface VisitorOptions {
  /** `http://127.0.0.1:8080/c/CONNECTION`, without a slash at the end. */
  readonly url: string;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  /** Sent as a browser sends it; none when left out. */
  readonly origin?: string | undefined;
  /** A token kept from an earlier visit, as the widget keeps one over a reload. */
  readonly token?: string | undefined;
  /** Whether what the desk says is read at once; true when left out. */
  readonly reads?: boolean | undefined;
  /** Milliseconds between two connections; the stream's own `retry` when left out. */
  readonly retryMs?: number | undefined;
}

/** What a `POST /messages` came to. */
export interface Said {
  readonly status: number;
  readonly clientMessageId: string;
  readonly body: unknown;
}

/** A customer with the chat open in a browser, without the browser. */
export interface Visitor extends Pick<Screen, 'seen' | 'waitFor'> {
  readonly token: string;
  /** Times the stream was opened. */
  readonly connects: number;
  /** With the id of an earlier message it is a repetition. */
  say(text: string, clientMessageId?: string): Promise<Said>;
  /** Says that everything up to a message was read, or only that it arrived. Resolves with the status. */
  acknowledge(upTo: number, state: 'delivered' | 'read'): Promise<number>;
  /** Loses the connection; it comes back by itself and resumes. */
  drop(): void;
  close(): Promise<void>;
}

/** Opens a session and its stream. Rejects when the hub does not let the visitor in. */
export async function openVisitor(options: VisitorOptions): Promise<Visitor> {
  const closing = new AbortController();
  const screen = createScreen();
  const token = await enter(options);
  const call: Call = { options, token, signal: closing.signal };
  const line = openLine(call, screen);
  return {
    token,
    seen: screen.seen,
    waitFor: screen.waitFor,
    get connects() {
      return line.connects();
    },
    async say(text, clientMessageId = uuid7(Date.now())) {
      const { name, email } = options;
      const response = await post(call, '/messages', { clientMessageId, text, name, email });
      return { status: response.status, clientMessageId, body: await response.json() };
    },
    acknowledge: (upTo, state) => acknowledge(call, upTo, state),
    drop: line.drop,
    async close() {
      closing.abort();
      await line.ended;
    },
  };
}

interface Call {
  readonly options: VisitorOptions;
  readonly token: string;
  readonly signal: AbortSignal;
}

interface Line {
  readonly connects: () => number;
  readonly drop: () => void;
  readonly ended: Promise<void>;
}

/** Keeps the stream open and resumes it where it broke. */
function openLine(call: Call, screen: Screen): Line {
  const { options, token, signal } = call;
  let connects = 0;
  let retry = options.retryMs ?? 1_000;
  let connection = new AbortController();
  const read = createReader(call);

  function take(data: string): void {
    const message = JSON.parse(data) as Parameters<Screen['show']>[0];
    const isNew = screen.show(message);
    if (isNew && message.from === 'desk' && options.reads !== false) read(message.seq);
  }

  async function listen(): Promise<void> {
    connection = new AbortController();
    const response = await fetch(`${options.url}/stream`, {
      headers: { ...headersOf(options, token), 'last-event-id': String(screen.last) },
      signal: AbortSignal.any([signal, connection.signal]),
    });
    if (!response.ok || response.body === null) {
      throw new Error(`the stream answered ${response.status}`);
    }
    connects += 1;
    const reader = createEventReader();
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      for (const { data } of reader.feed(text)) take(data);
      retry = options.retryMs ?? reader.retry ?? retry;
    }
  }

  async function stay(): Promise<void> {
    while (!signal.aborted) {
      // Why it broke does not matter to somebody who waits for an answer.
      await listen().catch(() => undefined);
      await pause(retry, signal);
    }
  }
  return { connects: () => connects, drop: () => connection.abort(), ended: stay() };
}

/** Reads what the desk says: one receipt under way at a time, and the next one for all that came meanwhile. */
function createReader(call: Call): (seq: number) => void {
  let upTo = 0;
  let told = 0;
  let telling = false;
  const tell = async (): Promise<void> => {
    telling = true;
    while (told < upTo && !call.signal.aborted) {
      const asked = upTo;
      const status = await acknowledge(call, asked, 'read').catch(() => 0);
      // A receipt that is lost is told again with the next one.
      if (status !== 204) break;
      told = asked;
    }
    telling = false;
  };
  return (seq) => {
    upTo = seq;
    if (!telling) void tell();
  };
}

async function acknowledge(call: Call, upTo: number, state: 'delivered' | 'read'): Promise<number> {
  const response = await post(call, '/read', { upTo, state });
  await response.arrayBuffer();
  return response.status;
}

function post({ options, token, signal }: Call, path: string, body: unknown): Promise<Response> {
  return fetch(`${options.url}${path}`, {
    method: 'POST',
    headers: { ...headersOf(options, token), 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

async function enter(options: VisitorOptions): Promise<string> {
  const response = await fetch(`${options.url}/session`, {
    method: 'POST',
    headers: headersOf(options, options.token ?? null),
  });
  const body = (await response.json()) as { visitor?: string; detail?: string };
  if (!response.ok || body.visitor === undefined) {
    throw new Error(`the chat is closed (${response.status}): ${body.detail ?? 'no reason given'}`);
  }
  return body.visitor;
}

function headersOf({ origin }: VisitorOptions, token: string | null): Record<string, string> {
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
}
