import type { WaitingDraft } from './drafts.js';
import type { EnvelopeRow } from './envelopes.js';
import type { Work } from './work.js';

/** What the stages of a single process hand on to each other; where others may take a row there is none of it. */
export interface AtHand {
  readonly envelopes: JustWritten<EnvelopeRow>;
  readonly drafts: JustWritten<WaitingDraft>;
}

/** What a stage has at hand of the stage before it, at the most. */
const MOST = { rows: 2_048, bytes: 8 * 1024 * 1024 } as const;

/**
 * Rows this process has just committed and will itself work on next: at hand, they need not be read
 * from the database again. Nothing depends on it: a row that is not here is read. Each is handed out once.
 */
export class JustWritten<Row extends { readonly id: number }> {
  private readonly rows = new Map<number, { readonly row: Row; readonly bytes: number }>();
  private bytes = 0;

  /** Only after its commit: what is rolled back was never written. */
  keep(row: Row, bytes: number): void {
    if (this.rows.size >= MOST.rows || this.bytes + bytes > MOST.bytes) return;
    this.rows.set(row.id, { row, bytes });
    this.bytes += bytes;
  }

  /** These rows in the order of their ids; `read` is asked for those that are not at hand. */
  *rowsOf(
    due: readonly { readonly id: number }[],
    read: (ids: readonly number[]) => Work<readonly Row[]>,
  ): Work<readonly Row[]> {
    const held = due.map(({ id }) => this.take(id)).filter((row) => row !== undefined);
    if (held.length === due.length) return held;
    const known = new Set(held.map(({ id }) => id));
    const others = yield* read(due.map(({ id }) => id).filter((id) => !known.has(id)));
    return [...held, ...others].sort((a, b) => a.id - b.id);
  }

  private take(id: number): Row | undefined {
    const held = this.rows.get(id);
    if (held === undefined) return undefined;
    this.rows.delete(id);
    this.bytes -= held.bytes;
    return held.row;
  }
}

export function openAtHand(): AtHand {
  return { envelopes: new JustWritten(), drafts: new JustWritten() };
}
