import { json, moved, problem, type Answer } from './answer.js';
import type { Caller } from './auth.js';
import type { Parts } from './hub.js';
import { ownState, rootOf } from '../desk/graph.js';
import { viewRoots, viewTickets } from '../desk/ticket-view.js';
import type { Act, Done } from '../desk/tickets.js';
import type { Ticket } from '../model/ticket.js';
import { ticketById } from '../store/tickets.js';
import type { Work } from '../store/work.js';

export type Place =
  { readonly kind: 'there'; readonly root: number } | { readonly kind: 'unknown' };

/** What every route about a ticket needs. */
export interface TicketDesk {
  /** Roots in the one ticket format. */
  show(roots: readonly number[]): Promise<readonly Ticket[]>;
  /** One member by itself, without what it was merged into. */
  showMember(number: number): Promise<Ticket | undefined>;
  /** Whether it is there, and under which root. */
  place(number: number): Promise<Place>;
  by(caller: Caller): Act;
  unknown(number: number): Answer;
  /** Where a reader of a merged number finds the root's `path`; null: stay, it is the root or asked for itself. */
  elsewhere(number: number, own: string | undefined, path: string): Promise<Answer | null>;
  /** Does it, lets everybody hear of it, and answers with the root as it is then. */
  act(number: number, work: () => Work<Done>): Promise<Answer>;
}

export function ticketDesk({ house, registry, queue }: Parts): TicketDesk {
  const { store, clock } = house;
  const deps = () => ({ find: registry.find, now: clock.now() });
  const show = (roots: readonly number[]): Promise<readonly Ticket[]> =>
    store.read(() => viewRoots(deps(), roots));
  const unknown = (number: number): Answer => problem('notFound', `there is no ticket ${number}`);

  async function place(number: number): Promise<Place> {
    const root = await store.read(() => rootOf(number));
    return root === undefined ? { kind: 'unknown' } : { kind: 'there', root: root.id };
  }

  return {
    show,
    place,
    unknown,
    showMember: (number) =>
      store.read(function* () {
        const row = yield* ticketById(number);
        if (row === undefined) return undefined;
        const shown = { row, members: [row], state: yield* ownState(number) };
        return (yield* viewTickets(deps(), [shown]))[0];
      }),
    by: ({ name }) => ({ who: name, at: clock.now() }),
    async elsewhere(number, own, path) {
      const found = await place(number);
      if (found.kind === 'unknown') return unknown(number);
      if (found.root === number || own !== undefined) return null;
      return moved(`/api/v1/tickets/${found.root}${path}`);
    },
    async act(number, work) {
      const done = await store.write(work);
      if (done.kind === 'unknown') return unknown(number);
      if (done.kind === 'conflict') return problem('conflict', done.why.en, { why: done.why });
      queue.ring('announce', 1);
      // It may be a telling that is compared from now on.
      queue.ring('file', 1);
      return json((await show([done.root]))[0]);
    },
  };
}
