import { z } from 'zod';
import { json } from '../answer.js';
import type { Parts } from '../hub.js';
import { viewMessages } from '../message-view.js';
import { cutPage, pageOf, pageQuery } from '../pages.js';
import { route, type Route } from '../route.js';
import { makeSafe } from '../safe-html.js';
import { MessageView } from '../schemas/messages.js';
import { numberParams, ownQuery } from '../schemas/tickets.js';
import { ticketDesk } from '../ticket-desk.js';
import { ConversationView } from '../../model/ticket.js';
import { messagesOfTickets, type MessageRow } from '../../store/messages.js';
import { componentOf } from '../../store/tickets.js';
import type { Work } from '../../store/work.js';

const START = { at: -1, id: 0 };

/** What was said on a ticket, and where. */
export function timelineRoutes(parts: Parts): readonly Route[] {
  const desk = ticketDesk(parts);
  const { store } = parts.house;
  return [
    route('GET /api/v1/tickets/{number}/messages', {
      tag: 'Tickets',
      summary: 'The merged timeline, oldest first',
      description:
        'By the time each message was said, over all members. A message that arrives late stands where it belongs.',
      params: numberParams,
      query: ownQuery.extend(pageQuery),
      answers: { 200: { description: 'A page', schema: pageOf(MessageView) } },
      async handle({ params: { number }, query: { own, limit, cursor } }) {
        const away = await desk.elsewhere(number, own, '/messages');
        if (away !== null) return away;
        const [at, id] = cursor ?? [];
        const after = at === undefined || id === undefined ? START : { at, id };
        const rows = await store.read(() => timeline(number, own !== undefined, after, limit + 1));
        const page = cutPage(rows, limit, (last) => [last.at, last.id]);
        const views = await store.read(() => viewMessages(page.rows));
        return json({ items: await Promise.all(views.map(safe)), nextCursor: page.nextCursor });
      },
    }),
    route('GET /api/v1/tickets/{number}/conversations', {
      tag: 'Tickets',
      summary: 'Where the customer can be answered, with reply windows',
      params: numberParams,
      query: ownQuery,
      answers: {
        200: {
          description: 'The latest customer word first',
          schema: z.object({ items: z.array(ConversationView) }),
        },
      },
      async handle({ params: { number }, query: { own } }) {
        const away = await desk.elsewhere(number, own, '/conversations');
        if (away !== null) return away;
        const ticket =
          own === undefined ? (await desk.show([number]))[0] : await desk.showMember(number);
        return json({ items: ticket?.conversations ?? [] });
      },
    }),
  ];
}

function* timeline(
  number: number,
  own: boolean,
  after: { readonly at: number; readonly id: number },
  limit: number,
): Work<readonly MessageRow[]> {
  const members = own ? [number] : (yield* componentOf(number)).map(({ id }) => id);
  return yield* messagesOfTickets(members, after, limit);
}

async function safe(message: MessageView): Promise<MessageView> {
  return message.html === null ? message : { ...message, html: await makeSafe(message.html) };
}
