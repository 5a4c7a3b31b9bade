import { foldEvents, type RecordedEvent } from '../../src/model/ticket-fold.js';
import type { TicketState } from '../../src/model/ticket-state.js';
import type { Store } from '../../src/store/store.js';
import { all, type Work } from '../../src/store/work.js';

interface Row {
  readonly id: number;
  readonly parent: number | null;
  readonly root_id: number | null;
}

interface EventRow {
  readonly ticket_id: number;
  readonly type: string;
  readonly data: string;
  readonly at: number;
}

/** What holds at any time, whatever was done: each list names what does not. */
export interface Faults {
  /** On a cycle, under a younger one, or with a wrong root. */
  readonly tickets: readonly number[];
  readonly persons: readonly number[];
  /** Messages without a ticket on their own conversation. */
  readonly messages: readonly number[];
  /** Roots whose state is not the fold of the events of their tickets. */
  readonly states: readonly unknown[];
}

export const NO_FAULTS: Faults = { tickets: [], persons: [], messages: [], states: [] };

export function faultsOf(store: Store): Promise<Faults> {
  return store.read(function* (): Work<Faults> {
    const tickets = yield* all<Row & { state: string }>(
      'SELECT id, merged_into AS parent, root_id, state FROM tickets ORDER BY id',
    );
    const messages = yield* all<{ id: number }>(
      `SELECT m.id FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id AND t.conversation_id = m.conversation_id
       WHERE t.id IS NULL`,
    );
    const events = yield* all<EventRow>('SELECT ticket_id, type, data, at FROM events ORDER BY id');
    return {
      tickets: misplaced(tickets),
      persons: misplaced(
        yield* all<Row>('SELECT id, joined_into AS parent, root_id FROM persons ORDER BY id'),
      ),
      messages: messages.map(({ id }) => id),
      states: unfolded(tickets, events),
    };
  });
}

function misplaced(rows: readonly Row[]): readonly number[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const wrong = rows.filter((row) => {
    let top = row;
    while (top.parent !== null) {
      const above = byId.get(top.parent);
      // Every step leads to an older one, hence to an end.
      if (above === undefined || above.id >= top.id) return true;
      top = above;
    }
    return (row.root_id ?? row.id) !== top.id;
  });
  return wrong.map(({ id }) => id);
}

function unfolded(
  tickets: readonly (Row & { readonly state: string })[],
  rows: readonly EventRow[],
): readonly unknown[] {
  const roots = new Map(tickets.map(({ id, root_id }) => [id, root_id ?? id]));
  const events = new Map<number, RecordedEvent[]>();
  for (const { ticket_id, type, data, at } of rows) {
    const root = roots.get(ticket_id) ?? 0;
    const event = { type, data: JSON.parse(data) as unknown } as RecordedEvent['event'];
    const list = events.get(root);
    if (list === undefined) events.set(root, [{ ticket: ticket_id, event, at }]);
    else list.push({ ticket: ticket_id, event, at });
  }
  return tickets.flatMap(({ id, root_id, state }) => {
    const fold = foldEvents(events.get(id) ?? []);
    const stored = JSON.parse(state) as TicketState;
    const same = JSON.stringify(sorted(stored)) === JSON.stringify(sorted(fold));
    return root_id !== null || same ? [] : [{ id, stored, fold }];
  });
}

/** Key by key, whatever order they were written in. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
