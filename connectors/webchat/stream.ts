import type { ServerResponse } from 'node:http';
import { SECOND } from '../../src/sdk/index.js';
import type { ConnectorLog, DoorMessage, Doors } from '../../src/sdk/index.js';
import { clientMessageIdOf } from './messages.js';

/** A comment at least this often keeps proxies from closing a silent stream. */
const HEARTBEAT = 12 * SECOND;
/** What a browser waits before it comes back, spread so that a restart is no stampede. */
const RETRY = 2 * SECOND;
const RETRY_SPREAD = 3 * SECOND;
const PAGE = 100;
const MAX_STREAMS = 5_000;
/** Tabs of one visitor. */
const MAX_PER_VISITOR = 6;

export interface Streams {
  /** False: there are too many streams, of this visitor or at all. */
  readonly hasRoom: (visitor: string) => boolean;
  /** Shows everything after `after`, then whatever comes, until either side ends it. */
  open(response: ServerResponse, visitor: string, after: number): void;
  close(): void;
}

interface Stream {
  readonly visitor: string;
  readonly response: ServerResponse;
}

/** Event streams of this connection. Each event's id is its number in the conversation. */
export function openStreams(doors: Doors, log: ConnectorLog): Streams {
  const streams = new Set<Stream>();
  let heartbeat: NodeJS.Timeout | null = null;

  function beat(): void {
    for (const { response } of streams) {
      // Nobody read for a whole beat: a dead connection must not gather memory.
      if (response.writableNeedDrain) response.destroy();
      else response.write(': still here\n\n');
    }
  }

  function add(stream: Stream): void {
    streams.add(stream);
    heartbeat ??= setInterval(beat, HEARTBEAT).unref();
  }

  function remove(stream: Stream): void {
    streams.delete(stream);
    if (streams.size > 0 || heartbeat === null) return;
    clearInterval(heartbeat);
    heartbeat = null;
  }

  return {
    hasRoom: (visitor) =>
      streams.size < MAX_STREAMS &&
      [...streams].filter((stream) => stream.visitor === visitor).length < MAX_PER_VISITOR,
    open(response, visitor, after) {
      const stream = { visitor, response };
      add(stream);
      begin(stream);
      const stop = follow(doors, stream, after, log);
      response.once('close', () => {
        stop();
        remove(stream);
      });
    },
    close() {
      for (const { response } of streams) response.end();
    },
  };
}

function begin({ response, visitor }: Stream): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  // Visitor ids are random, so their spread is.
  const spread = visitor.charCodeAt(0) * 31 + visitor.charCodeAt(1) * 1_009;
  response.write(`retry: ${RETRY + (spread % RETRY_SPREAD)}\n\n`);
}

/** One reader a stream: news that come while it reads make it read once more. */
function follow(doors: Doors, stream: Stream, after: number, log: ConnectorLog): () => void {
  let seen = after;
  let news = false;
  let reading = false;

  async function readAll(): Promise<void> {
    while (news && isOpen(stream)) {
      news = false;
      const page = await doors.history(stream.visitor, seen, PAGE);
      news ||= page.length === PAGE;
      for (const message of page) await show(stream, message);
      seen = page.at(-1)?.seq ?? seen;
    }
  }

  function changed(): void {
    news = true;
    if (reading) return;
    reading = true;
    readAll()
      .catch((error: unknown) => {
        log.warn('a chat stream ended: its history cannot be read', { why: String(error) });
        stream.response.end();
      })
      .finally(() => {
        reading = false;
        // A visitor who left while there was news would otherwise be read for without end.
        if (news && isOpen(stream)) changed();
      });
  }

  const stop = doors.subscribe(stream.visitor, changed);
  changed();
  return stop;
}

const isOpen = ({ response }: Stream): boolean => !response.destroyed && !response.writableEnded;

async function show(stream: Stream, message: DoorMessage): Promise<void> {
  if (!isOpen(stream)) return;
  const { response, visitor } = stream;
  const { seq, from, text, at, name } = message;
  const clientMessageId = clientMessageIdOf(visitor, message);
  const data = JSON.stringify({ seq, from, text, at, name, clientMessageId });
  if (response.write(`id: ${seq}\nevent: message\ndata: ${data}\n\n`)) return;
  await drained(response);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
