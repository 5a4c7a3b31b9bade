import { z } from 'zod';
import { json, problem } from '../answer.js';
import type { Parts } from '../hub.js';
import { viewMessages } from '../message-view.js';
import { outgoingFiles } from '../outgoing-files.js';
import { route, type Route } from '../route.js';
import { MessageView } from '../schemas/messages.js';
import {
  Decision,
  Duplicate,
  MergeInto,
  NewNote,
  numberParams,
  ownQuery,
  pairParams,
  Spam,
} from '../schemas/tickets.js';
import { ticketDesk, type TicketDesk } from '../ticket-desk.js';
import { duplicatesOf } from '../../desk/duplicates.js';
import { markSpam, mergeByHand, noteTicket, tellApart } from '../../desk/tickets.js';
import { Ticket } from '../../model/ticket.js';
import { messageById } from '../../store/messages.js';

const root = { 200: { description: 'The root as it is now', schema: Ticket } };

/** What agents do to a ticket besides answering it. */
export function ticketActRoutes(parts: Parts): readonly Route[] {
  return [noteRoute(parts), ...actRoutes(ticketDesk(parts)), duplicatesRoute(parts)];
}

function noteRoute(parts: Parts): Route {
  const desk = ticketDesk(parts);
  const { store } = parts.house;
  return route('POST /api/v1/tickets/{number}/notes', {
    tag: 'Tickets',
    summary: 'Write an internal note',
    params: numberParams,
    body: { schema: NewNote },
    answers: { 201: { description: 'The note', schema: MessageView } },
    async handle({ params: { number }, body, caller }) {
      const files = await outgoingFiles(parts, body.attachments);
      if (files.kind === 'missing') return problem('badRequest', `attachments: ${files.why}`);
      const done = await store.write(() => noteTicket(number, body, desk.by(caller)));
      if (done === null) return desk.unknown(number);
      parts.queue.ring('announce', 1);
      const [view] = await store.read(function* () {
        const row = yield* messageById(done);
        return row === undefined ? [] : yield* viewMessages([row]);
      });
      return json(view, 201);
    },
  });
}

function actRoutes(desk: TicketDesk): readonly Route[] {
  return [
    route('POST /api/v1/tickets/{number}/merge', {
      tag: 'Tickets',
      summary: 'Two tickets tell one complaint',
      description: 'Whichever way it is asked for, the older one keeps its number.',
      params: numberParams,
      body: { schema: MergeInto },
      answers: root,
      handle: ({ params: { number }, body: { into }, caller }) =>
        desk.act(number, () => mergeByHand(number, into, desk.by(caller))),
    }),
    route('POST /api/v1/tickets/{number}/spam', {
      tag: 'Tickets',
      summary: 'It is spam, or it is not',
      params: numberParams,
      body: { schema: Spam, optional: true },
      answers: root,
      handle: ({ params: { number }, body: { spam }, caller }) =>
        desk.act(number, () => markSpam(number, spam, desk.by(caller))),
    }),
    route('POST /api/v1/tickets/{number}/duplicates/{other}', {
      tag: 'Tickets',
      summary: 'Say whether two tickets are the same',
      description: '`same` merges them; `different` keeps every rule from merging them again.',
      params: pairParams,
      body: { schema: Decision },
      answers: root,
      handle: ({ params: { number, other }, body: { decision }, caller }) =>
        desk.act(number, () =>
          decision === 'same'
            ? mergeByHand(number, other, desk.by(caller))
            : tellApart(number, other, desk.by(caller)),
        ),
    }),
  ];
}

function duplicatesRoute(parts: Parts): Route {
  const desk = ticketDesk(parts);
  const { store } = parts.house;
  return route('GET /api/v1/tickets/{number}/duplicates', {
    tag: 'Tickets',
    summary: 'Decisions and suggestions about this and other tickets, with evidence',
    params: numberParams,
    query: ownQuery,
    answers: {
      200: { description: 'The latest first', schema: z.object({ items: z.array(Duplicate) }) },
    },
    async handle({ params: { number }, query: { own } }) {
      const away = await desk.elsewhere(number, own, '/duplicates');
      if (away !== null) return away;
      return json({ items: await store.read(() => duplicatesOf(number, own !== undefined)) });
    },
  });
}
