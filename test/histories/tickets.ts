import { applyEvent, newTicketState, type TicketEvent } from '../../src/model/ticket-state.js';
import { insertConversation } from '../../src/store/conversations.js';
import { insertPerson } from '../../src/store/persons.js';
import { insertEvent, insertTicket } from '../../src/store/tickets.js';
import type { Work } from '../../src/store/work.js';

/** Open tickets without messages, each of somebody else on a conversation of its own; their numbers. */
export function* openTickets(n: number): Work<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < n; i += 1) {
    const person = yield* insertPerson(1, null, 0);
    const key = `conversation of ${person}`;
    const conversation = yield* insertConversation({
      ...{ connection_id: 'c', key, group_id: 1, channel: 'test', handle: key, name: null },
      ...{ subject: null, context: '{}', person_id: person },
    });
    const opened: TicketEvent = {
      type: 'opened',
      data: { subject: `matter ${i}`, fields: {}, first: null },
    };
    const id = yield* insertTicket(1, conversation, applyEvent(newTicketState(i), opened, i));
    yield* insertEvent({ id, conversation }, opened, i, 'customer');
    ids.push(id);
  }
  return ids;
}
