/** Options of {@link Ledger.until}. */
export interface Patience {
  /** How long to wait, in milliseconds; 5,000 when left out. */
  readonly timeoutMs?: number | undefined;
  /** How many matching entries are wanted; 1 when left out. */
  readonly count?: number | undefined;
}

/**
 * Everything a simulator sent and received, in order, as the platform's own books would have it. It is the
 * oracle of a test: what was lost, doubled or made up shows here and nowhere else.
 */
export interface Ledger<Entry> {
  readonly entries: readonly Entry[];
  record(entry: Entry): void;
  /**
   * Resolves with the first `count` entries that match, those already written included.
   * @throws Error naming what was waited for when the time is over first.
   */
  until(matches: (entry: Entry) => boolean, patience?: Patience): Promise<readonly Entry[]>;
}

/** An empty ledger. */
export function createLedger<Entry>(): Ledger<Entry> {
  const entries: Entry[] = [];
  const watchers = new Set<() => void>();

  function until(matches: (entry: Entry) => boolean, patience: Patience = {}) {
    const { timeoutMs = 5_000, count = 1 } = patience;
    return new Promise<readonly Entry[]>((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(look);
        reject(new Error(lateness(entries, matches, { timeoutMs, count })));
      }, timeoutMs);
      function look(): void {
        const found = entries.filter(matches);
        if (found.length < count) return;
        clearTimeout(timer);
        watchers.delete(look);
        resolve(found.slice(0, count));
      }
      watchers.add(look);
      look();
    });
  }

  return {
    entries,
    until,
    record(entry) {
      entries.push(entry);
      for (const look of [...watchers]) look();
    },
  };
}

function lateness<Entry>(
  entries: readonly Entry[],
  matches: (entry: Entry) => boolean,
  waited: { readonly timeoutMs: number; readonly count: number },
): string {
  const found = entries.filter(matches).length;
  return (
    `The ledger has ${found} of ${waited.count} matching entries after ${waited.timeoutMs} ms ` +
    `(${entries.length} entries in all; wanted: ${matches.toString()})`
  );
}
