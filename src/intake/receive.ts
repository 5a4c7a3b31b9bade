/**
 * Called by: api/hooks and the pumps of connections, with arrivals that are proven genuine.
 * Given: raw bytes of one connection, and where a mailbox or cursor stands after them.
 * Leaves behind: committed envelopes. Only then does the promise resolve and the platform hear 2xx.
 */
import type { Clock } from '../model/time.js';
import type { Queue } from '../queue/queue.js';
import type { Arrival } from '../model/arrival.js';
import type { Blobs } from '../store/blobs.js';
import { saveCursor } from '../store/connections.js';
import { insertEnvelope, type NewEnvelope } from '../store/envelopes.js';
import type { Store } from '../store/store.js';
import type { Work } from '../store/work.js';

/** Larger bodies go to the blob store before the row is written; the row keeps their hash. */
export const INLINE_BODY_BYTES = 64 * 1024;

export type Receive = (
  connection: string,
  arrivals: readonly Arrival[],
  cursors?: Readonly<Record<string, string>>,
) => Promise<void>;

interface Waiting {
  readonly envelopes: readonly NewEnvelope[];
  readonly cursors: Readonly<Record<string, string>> | undefined;
  readonly connection: string;
}

export interface ReceiveDependencies {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly queue: Queue;
  readonly clock: Clock;
}

/** Everything that arrives in one turn of the event loop becomes one piece of work and one commit. */
export function createReceive({ store, blobs, queue, clock }: ReceiveDependencies): Receive {
  let waiting: Waiting[] = [];
  let commit: Promise<number> | null = null;

  function* insertWaiting(): Work<number> {
    const turn = waiting;
    waiting = [];
    commit = null;
    let rows = 0;
    for (const { envelopes, cursors, connection } of turn) {
      for (const envelope of envelopes) if ((yield* insertEnvelope(envelope)) > 0) rows += 1;
      for (const [name, value] of Object.entries(cursors ?? {}))
        yield* saveCursor(connection, name, value);
    }
    return rows;
  }

  function commitWithTurn(entry: Waiting): Promise<number> {
    waiting.push(entry);
    commit ??= store.write(insertWaiting).then((rows) => {
      if (rows > 0) queue.ring('normalise', rows);
      return rows;
    });
    return commit;
  }

  return async (connection, arrivals, cursors) => {
    const now = clock.now();
    const large = arrivals.some(({ body }) => body.length > INLINE_BODY_BYTES);
    const kept = large ? await keepLargeBodies(blobs, arrivals) : null;
    const envelopes = arrivals.map((arrival, i) => ({
      connection,
      arrival,
      receivedAt: arrival.receivedAt ?? now,
      blob: kept?.[i] ?? null,
    }));
    await commitWithTurn({ envelopes, cursors, connection });
  };
}

function keepLargeBodies(blobs: Blobs, arrivals: readonly Arrival[]): Promise<(string | null)[]> {
  return Promise.all(
    arrivals.map(({ body }) =>
      body.length > INLINE_BODY_BYTES ? blobs.put(body) : Promise.resolve(null),
    ),
  );
}
