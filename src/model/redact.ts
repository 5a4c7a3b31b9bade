import type { CutMessage, TicketEvent } from './ticket-state.js';

/** A message that its customer took back. */
export interface TakenBack {
  readonly message: number;
  /** What a ticket that began with it was called. */
  readonly title: string;
}

/** The same event without the words of a message; the event itself when it holds none of them. */
export function redactEvent(event: TicketEvent, gone: TakenBack): TicketEvent {
  switch (event.type) {
    case 'opened':
      return redactOpening(event, gone);
    case 'received':
      return event.data.message === gone.message
        ? { ...event, data: { ...event.data, excerpt: '' } }
        : event;
    case 'replied':
      return event.data.message === gone.message
        ? { ...event, data: { ...event.data, excerpt: '' } }
        : event;
    case 'cut':
      return event.data.messages.some(({ message }) => message === gone.message)
        ? { ...event, data: { ...event.data, messages: event.data.messages.map(silenced(gone)) } }
        : event;
    default:
      return event;
  }
}

function redactOpening(
  event: Extract<TicketEvent, { type: 'opened' }>,
  { message, title }: TakenBack,
): TicketEvent {
  const { subject, first } = event.data;
  const named = subject !== null && subject === title;
  const told = first?.message === message;
  if (!named && !told) return event;
  const data = {
    ...event.data,
    subject: named ? null : subject,
    first: told ? { ...first, excerpt: '' } : first,
  };
  return { ...event, data };
}

const silenced =
  ({ message }: TakenBack) =>
  (cut: CutMessage): CutMessage =>
    cut.message === message ? { ...cut, excerpt: '' } : cut;
