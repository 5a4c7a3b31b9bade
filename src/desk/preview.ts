import { previewUnmerge, subtree } from './graph.js';
import { viewTickets, type ViewDependencies } from './ticket-view.js';
import type { Ticket } from '../model/ticket.js';
import { componentOf, ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface Parting {
  readonly ticket: Ticket;
  readonly rest: Ticket;
  readonly preview: true;
}

/** Both sides of an un-merge as they would be, in the one ticket format. */
export function* previewOf(deps: ViewDependencies, number: number): Work<Parting | undefined> {
  const row = yield* ticketById(number);
  const states = yield* previewUnmerge(number);
  const rootRow =
    row === undefined || row.root_id === null ? undefined : yield* ticketById(row.root_id);
  if (row === undefined || rootRow === undefined || states === undefined) return undefined;
  const all = yield* componentOf(rootRow.id);
  const below = new Set(subtree(all, number));
  const top = { ...row, merged_into: null, root_id: null };
  const [ticket, rest] = yield* viewTickets(deps, [
    {
      row: top,
      members: all.filter(({ id }) => below.has(id)).map((one) => (one.id === number ? top : one)),
      state: states.ticket,
    },
    { row: rootRow, members: all.filter(({ id }) => !below.has(id)), state: states.rest },
  ]);
  return ticket === undefined || rest === undefined ? undefined : { ticket, rest, preview: true };
}
