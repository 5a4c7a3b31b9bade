import type { ServerResponse } from 'node:http';
import type { Parts } from './hub.js';
import type { EventView } from './schemas/events.js';
import { SECOND } from '../model/time.js';
import { eventsAfter, type EventRow } from '../store/tickets.js';

const HEARTBEAT_MS = 15 * SECOND;
/** A reader that takes nothing for this long is disconnected; it resumes where it was. */
const PATIENCE_MS = 30 * SECOND;
const BATCH = 500;

/**
 * Sends every event after a number, once and in order, until the reader goes away. One that keeps up
 * is handed events as they are announced; one that falls behind is fed from the database a batch at a
 * time, so that it never costs more memory than a batch.
 */
export async function streamEvents(
  { house, tail }: Parts,
  response: ServerResponse,
  after: number,
): Promise<void> {
  const reader = createReader(response, after);
  const subscription = tail.subscribe(reader.hear);
  const heartbeat = setInterval(reader.beat, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    response.write(': events follow\n\n');
    await subscription.ready;
    while (!reader.gone()) {
      const events = await house.store.read(() => eventsAfter(reader.position(), BATCH));
      await reader.feed(events);
      if (events.length < BATCH) await reader.live();
    }
  } finally {
    clearInterval(heartbeat);
    subscription.stop();
    response.end();
  }
}

interface Reader {
  /** Number of the last event that was sent. */
  position(): number;
  gone(): boolean;
  /** What the tail says; sent at once while the reader is live. */
  readonly hear: (event: EventRow) => void;
  readonly beat: () => void;
  /** Sends a batch as fast as the reader takes it. */
  feed(events: readonly EventRow[]): Promise<void>;
  /** Hands on what is heard; resolves when the reader fell behind or went away. */
  live(): Promise<void>;
}

function createReader(response: ServerResponse, after: number): Reader {
  let position = after;
  let heard = after;
  let closed = false;
  let fallBehind: (() => void) | null = null;
  const close = (): void => {
    closed = true;
    fallBehind?.();
  };
  response.on('close', close).on('error', close);

  /** False when the reader has to drain first. */
  function send(event: EventRow): boolean {
    position = event.number ?? position;
    return response.write(format(event));
  }

  return {
    position: () => position,
    gone: () => closed,
    hear(event) {
      heard = Math.max(heard, event.number ?? 0);
      if (fallBehind === null || heard <= position) return;
      if (event.number !== position + 1 || !send(event)) fallBehind();
    },
    beat() {
      if (!closed && !response.writableNeedDrain) response.write(': still here\n\n');
    },
    async feed(events) {
      for (const event of events) if (closed || !(send(event) || (await drained(response)))) return;
    },
    async live() {
      if (response.writableNeedDrain && !(await drained(response))) return;
      // Something was announced while the batch was read: it stands in the database.
      if (closed || heard > position) return;
      await new Promise<void>((resolve) => {
        fallBehind = resolve;
      });
      fallBehind = null;
    },
  };
}

/** False when the reader went away, or took nothing for too long and was sent away. */
function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (taken: boolean): void => {
      clearTimeout(timer);
      response.off('drain', taker).off('close', leaver);
      resolve(taken);
    };
    const taker = (): void => finish(true);
    const leaver = (): void => finish(false);
    const timer = setTimeout(() => response.destroy(), PATIENCE_MS);
    response.on('drain', taker).on('close', leaver);
  });
}

function format(event: EventRow): string {
  return `id: ${event.number}\nevent: ${event.type}\ndata: ${JSON.stringify(eventView(event))}\n\n`;
}

/** An event as the stream tells it. */
export function eventView(event: EventRow): EventView {
  return {
    number: event.number ?? 0,
    type: event.type,
    ticket: event.ticket_id,
    conversation: event.conversation_id,
    at: new Date(event.at).toISOString(),
    author: event.author,
    data: JSON.parse(event.data) as Record<string, unknown>,
  };
}
