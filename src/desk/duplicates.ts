import { linkOf } from './ticket-view.js';
import type { LinkView } from '../model/ticket.js';
import type { z } from 'zod';
import { componentOf, linksOf, ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export type DuplicateView = z.infer<typeof LinkView> & {
  readonly ticket: number;
  readonly own: number;
  readonly merged: boolean;
  readonly undoneAt: string | null;
};

/** Every decision about a ticket and another, the latest first; `own`: about this member alone. */
export function* duplicatesOf(number: number, own: boolean): Work<readonly DuplicateView[]> {
  const row = yield* ticketById(number);
  const component = yield* componentOf(row?.root_id ?? number);
  const inside = new Set(component.map(({ id }) => id));
  const about = own ? new Set([number]) : inside;
  const links = yield* linksOf([...about]);
  return [...links].reverse().map((link) => {
    // Of a decision between two parts of one complaint, the one that was asked about is its own.
    const ends = [link.older, link.younger];
    const mine = [number, ...ends].find((end) => about.has(end) && ends.includes(end)) ?? number;
    const other = mine === link.older ? link.younger : link.older;
    return {
      ...linkOf(link),
      ticket: other,
      own: mine,
      merged: inside.has(other),
      undoneAt: link.undone_at === null ? null : new Date(link.undone_at).toISOString(),
    };
  });
}
