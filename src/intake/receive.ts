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
import { insertEnvelope, type EnvelopeRow, type NewEnvelope } from '../store/envelopes.js';
import type { AtHand } from '../store/just-written.js';
import { StoreProblem, type Store } from '../store/store.js';
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
  readonly atHand?: AtHand | undefined;
}

/** What arrives until its commit begins: one piece of work, one commit. */
interface Turn {
  readonly waiting: Waiting[];
  readonly commit: Promise<void>;
}

/** Everything that arrives in one turn of the event loop becomes one piece of work and one commit. */
export function createReceive(deps: ReceiveDependencies): Receive {
  const { store, blobs, queue, clock } = deps;
  let open: Turn | null = null;

  function openTurn(): Turn {
    const waiting: Waiting[] = [];
    const close = (): void => {
      if (open?.waiting === waiting) open = null;
    };
    const work = (): Work<readonly EnvelopeRow[]> => {
      close();
      return insertAll(waiting);
    };
    // A database may run the work twice (a deadlock) or never (it cannot be reached): the turn is
    // its own list, complete each time, and is closed either way.
    const commit = store.write(work).then(ringAfter).finally(close);
    return { waiting, commit };
  }

  /** One that cannot be stored must not take the others of its turn along: they are tried alone. */
  async function commitWithTurn(entry: Waiting): Promise<void> {
    open ??= openTurn();
    const { waiting, commit } = open;
    waiting.push(entry);
    try {
      await commit;
    } catch (error) {
      if (error instanceof StoreProblem || waiting.length === 1) throw error;
      ringAfter(await store.write(() => insertAll([entry])));
    }
  }

  function ringAfter(rows: readonly EnvelopeRow[]): void {
    for (const row of rows) deps.atHand?.envelopes.keep(row, row.body?.length ?? 0);
    if (rows.length > 0) queue.ring('normalise', rows.length);
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

/** Returns what was not here already. */
function* insertAll(turn: readonly Waiting[]): Work<readonly EnvelopeRow[]> {
  const rows: EnvelopeRow[] = [];
  for (const { envelopes, cursors, connection } of turn) {
    for (const envelope of envelopes) {
      const row = yield* insertEnvelope(envelope);
      if (row !== null) rows.push(row);
    }
    for (const [name, value] of Object.entries(cursors ?? {})) {
      yield* saveCursor(connection, name, value);
    }
  }
  return rows;
}
