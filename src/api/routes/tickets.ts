import { problem, json, moved, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import type { Parts } from '../hub.js';
import { pageOf, writeCursor } from '../pages.js';
import { route, type Route } from '../route.js';
import { NewTicket, numberParams, ownQuery, TicketPatch, TicketQuery } from '../schemas/tickets.js';
import { ticketDesk } from '../ticket-desk.js';
import { openByAgent } from '../../desk/open-ticket.js';
import { findTickets } from '../../desk/ticket-list.js';
import { changeTicket } from '../../desk/tickets.js';
import { Ticket } from '../../model/ticket.js';
import type { z } from 'zod';

const one = { 200: { description: 'The ticket', schema: Ticket } };

/** Complaints: roots in lists, members where they are asked for. */
export function ticketRoutes(parts: Parts): readonly Route[] {
  const desk = ticketDesk(parts);
  const { store } = parts.house;
  return [
    route('GET /api/v1/tickets', {
      tag: 'Tickets',
      summary: 'Tickets, the latest word first',
      description:
        'Roots only: a merged complaint stands here once. Spam is left out. A request looks at a bounded number of tickets (for `q` at 1,000, whatever their messages; there is no search index yet): a page may be short, even empty, and still have a nextCursor; go on with it.',
      query: TicketQuery,
      answers: { 200: { description: 'A page', schema: pageOf(Ticket) } },
      async handle({ query }) {
        const found = await store.read(() => findTickets(askedOf(query)));
        return json({
          items: await desk.show(found.roots),
          nextCursor:
            found.next === null ? null : writeCursor([found.next.lastMessageAt, found.next.id]),
        });
      },
    }),
    route('POST /api/v1/tickets', {
      tag: 'Tickets',
      summary: 'Log a call, or write to a customer first',
      body: { schema: NewTicket },
      answers: { 201: { description: 'The new ticket', schema: Ticket } },
      handle: ({ body, caller }) => openTicket(parts, body, caller),
    }),
    route('GET /api/v1/tickets/{number}', {
      tag: 'Tickets',
      summary: 'One ticket',
      params: numberParams,
      query: ownQuery,
      answers: { ...one, 307: { description: 'It was merged: the root is there' } },
      async handle({ params: { number }, query: { own } }) {
        const place = await desk.place(number);
        if (place.kind === 'unknown') return desk.unknown(number);
        if (place.root === number) return json((await desk.show([number]))[0]);
        if (own !== undefined) return json(await desk.showMember(number));
        return moved(`/api/v1/tickets/${place.root}`);
      },
    }),
    route('PATCH /api/v1/tickets/{number}', {
      tag: 'Tickets',
      summary: 'Set status, assignee, tags, fields…',
      description: 'What is done to a merged number is done to its root.',
      params: numberParams,
      body: { schema: TicketPatch },
      answers: one,
      handle: ({ params: { number }, body, caller }) =>
        desk.act(number, () => changeTicket(number, body, desk.by(caller))),
    }),
  ];
}

type Query = z.output<typeof TicketQuery>;

function askedOf(query: Query): Parameters<typeof findTickets>[0] {
  const { status, q, channel, assignee, priority, since, spam, limit, cursor } = query;
  const [lastMessageAt, id] = cursor ?? [];
  return {
    filter: {
      statuses: status ?? [],
      channel: channel ?? null,
      assignee: assignee === 'none' ? '' : (assignee ?? null),
      priority: priority ?? null,
      since: since === undefined ? null : Date.parse(since),
      spam: spam === 'true',
    },
    words: q ?? null,
    after: lastMessageAt === undefined || id === undefined ? null : { lastMessageAt, id },
    limit,
  };
}

async function openTicket(
  parts: Parts,
  body: z.output<typeof NewTicket>,
  caller: Caller,
): Promise<Answer> {
  const desk = ticketDesk(parts);
  const { queue, house, registry } = parts;
  const connected = registry.find(body.connection);
  if (connected === undefined) {
    return problem('unknownConnection', `no connection is called ${body.connection}`);
  }
  const opened = await openByAgent(
    { ...house, queue },
    { ...body, name: body.name ?? null, subject: body.subject ?? null, connected },
    desk.by(caller),
  );
  if (opened.kind === 'refused') {
    return problem('refused', opened.refusal.why.en, {
      cause: opened.refusal.cause,
      why: opened.refusal.why,
    });
  }
  return json((await desk.show([opened.ticket]))[0], 201, {
    location: `/api/v1/tickets/${opened.ticket}`,
  });
}
