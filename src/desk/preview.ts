import { subtree } from './forest.js';
import { nodesOf, previewUnmerge, type UnmergePreview } from './graph.js';
import { viewTickets, type ViewDependencies } from './ticket-view.js';
import type { Ticket } from '../model/ticket.js';
import { componentOf, ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export interface Parting {
  readonly ticket: Ticket;
  readonly rest: Ticket;
  readonly preview: true;
}

export type Previewed =
  | { readonly kind: 'parting'; readonly parting: Parting }
  | Exclude<UnmergePreview, { kind: 'sides' }>;

/** Both sides of an un-merge as they would be, in the one ticket format; else why it is refused. */
export function* previewOf(deps: ViewDependencies, number: number): Work<Previewed> {
  const states = yield* previewUnmerge(number);
  if (states.kind !== 'sides') return states;
  const row = yield* ticketById(number);
  const rootRow = yield* ticketById(row?.root_id ?? number);
  if (row === undefined || rootRow === undefined) return { kind: 'unknown' };
  const all = yield* componentOf(rootRow.id);
  const below = new Set(subtree(nodesOf(all), number));
  const top = { ...row, merged_into: null, root_id: null };
  const [ticket, rest] = yield* viewTickets(deps, [
    {
      row: top,
      members: all.filter(({ id }) => below.has(id)).map((one) => (one.id === number ? top : one)),
      state: states.ticket,
    },
    { row: rootRow, members: all.filter(({ id }) => !below.has(id)), state: states.rest },
  ]);
  if (ticket === undefined || rest === undefined) return { kind: 'unknown' };
  return { kind: 'parting', parting: { ticket, rest, preview: true } };
}
