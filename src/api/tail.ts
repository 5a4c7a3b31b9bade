import type { Store } from '../store/store.js';
import { eventsAfter, lastEventNumber, type EventRow } from '../store/tickets.js';

/** How often a process looks by itself; its own announcer pokes it at once. */
const LOOK_EVERY_MS = 500;
const BATCH = 500;

/** Follows the numbered events of the database and hands each, once and in order, to who listens here. */
export interface Tail {
  /** `missed`: it could not begin at first and has now; what was numbered until then is not heard. */
  subscribe(listener: (event: EventRow) => void, missed?: () => void): Subscription;
  /** There may be new numbers. */
  poke(): void;
  close(): void;
}

export interface Subscription {
  /** What is numbered after this resolves is certainly heard: read the past then, not before. */
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

interface Listener {
  readonly hear: (event: EventRow) => void;
  readonly missed: (() => void) | undefined;
}

function tellMissed(listeners: Iterable<Listener>): void {
  for (const { missed } of listeners) missed?.();
}

export function openTail(store: Store): Tail {
  const listeners = new Set<Listener>();
  let seen = 0;
  let start: Promise<void> = Promise.resolve();
  let reading = false;
  let again = false;
  const timer = setInterval(poke, LOOK_EVERY_MS);
  timer.unref();

  function poke(): void {
    if (listeners.size === 0) return;
    again = true;
    if (!reading) void readAll();
  }

  async function readAll(): Promise<void> {
    reading = true;
    try {
      // One that failed must not be what everybody waits for.
      await (start = start.catch(() => begin().then(() => tellMissed(listeners))));
      while (again) {
        again = false;
        await readNew();
      }
    } catch {
      // The database is away for a moment: the timer looks again, nothing is skipped.
    } finally {
      reading = false;
    }
  }

  async function begin(): Promise<void> {
    seen = await store.read(lastEventNumber);
  }

  async function readNew(): Promise<void> {
    for (;;) {
      const events = await store.read(() => eventsAfter(seen, BATCH));
      for (const event of events) for (const { hear } of listeners) hear(event);
      seen = events.at(-1)?.number ?? seen;
      if (events.length < BATCH) return;
    }
  }

  return {
    subscribe(hear, missed) {
      const first = listeners.size === 0;
      const listener = { hear, missed };
      listeners.add(listener);
      if (first) start = begin();
      return { ready: start, stop: () => void listeners.delete(listener) };
    },
    poke,
    close() {
      clearInterval(timer);
      listeners.clear();
    },
  };
}
