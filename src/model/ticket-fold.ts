import { applyEvent, newTicketState, type TicketEvent, type TicketState } from './ticket-state.js';

/**
 * The fold of all events of one ticket, or of several that are one complaint; in the order they were
 * recorded. A message that a split moved counts where it stands now, once, and at the time it was
 * first told here: parts that are merged again are exactly the complaint they were.
 */
export function foldEvents(events: readonly RecordedEvent[]): TicketState {
  const stands = standingMessages(events);
  const told = new Set<number>();
  const takes = (message: number): boolean => {
    if (!stands(message) || told.has(message)) return false;
    told.add(message);
    return true;
  };
  return events
    .map(({ event, at }) => ({ event: withMessages(event, takes), at }))
    .reduce(
      (state, { event, at }) => (event === null ? state : applyEvent(state, event, at)),
      newTicketState(events[0]?.at ?? 0),
    );
}

export interface RecordedEvent {
  readonly ticket: number;
  readonly event: TicketEvent;
  readonly at: number;
}

/** Whether a message is on one of the tickets these events are about: the last split that names it says so. */
function standingMessages(events: readonly RecordedEvent[]): (message: number) => boolean {
  const here = new Set(events.map(({ ticket }) => ticket));
  const moved = new Map<number, number>();
  for (const { ticket, event } of events) {
    if (event.type === 'cut') {
      for (const { message } of event.data.messages) moved.set(message, ticket);
    }
    if (event.type === 'split') {
      for (const message of event.data.messages) moved.set(message, event.data.into);
    }
  }
  return (message) => {
    const place = moved.get(message);
    return place === undefined || here.has(place);
  };
}

/** An event with those of its messages that count; null: nothing is left of it. */
function withMessages(event: TicketEvent, takes: (message: number) => boolean): TicketEvent | null {
  switch (event.type) {
    case 'opened': {
      const { first } = event.data;
      return first === null || takes(first.message)
        ? event
        : { type: 'opened', data: { ...event.data, fields: {}, first: null } };
    }
    case 'cut': {
      const messages = event.data.messages.filter(({ message }) => takes(message));
      return { type: 'cut', data: { ...event.data, messages } };
    }
    case 'received':
    case 'replied':
    case 'noted':
      return takes(event.data.message) ? event : null;
    default:
      return event;
  }
}
