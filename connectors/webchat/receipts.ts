import { z } from 'zod';
import type { Clock, Doors, Emit } from '../../src/sdk/index.js';

export const ReadUpTo = z.object({
  upTo: z.number().int().nonnegative(),
  state: z.enum(['delivered', 'read']).default('read'),
});

export type ReceiptState = z.infer<typeof ReadUpTo>['state'];

export interface Receipts {
  /** The visitor has this message of the conversation and all before it. Resolves after the commit. */
  acknowledge(visitor: string, state: ReceiptState, upTo: number): Promise<void>;
}

const PAGE = 200;
const MAX_MARKS = 20_000;

/**
 * Turns "I have it up to here" into one receipt for each message of the desk, named by its own id,
 * so that a later message is never taken for read. Repetition after a restart repeats ids only.
 */
export function openReceipts(emit: Emit, doors: Doors, clock: Clock): Receipts {
  const marks = new Map<string, number>();
  return {
    async acknowledge(visitor, state, upTo) {
      const mark = `${visitor}#${state}`;
      let after = marks.get(mark) ?? 0;
      while (after < upTo) {
        const page = (await doors.history(visitor, after, PAGE)).filter(({ seq }) => seq <= upTo);
        const last = page.at(-1);
        if (last === undefined) return;
        const ids = page.filter(({ from }) => from === 'desk').map(({ id }) => id);
        const at = clock.now();
        const fact = { what: 'receipts', visitor, state, ids, at: new Date(at).toISOString() };
        if (ids.length > 0) {
          const key = `${mark}#${last.seq}`;
          const body = Buffer.from(JSON.stringify(fact));
          await emit([
            { key, body, type: 'application/json', notes: {}, query: '', receivedAt: at },
          ]);
        }
        after = last.seq;
        marks.delete(mark);
        marks.set(mark, after);
        forgetOldest(marks);
      }
    },
  };
}

function forgetOldest(marks: Map<string, number>): void {
  const oldest = marks.keys().next();
  if (marks.size > MAX_MARKS && oldest.done !== true) marks.delete(oldest.value);
}
