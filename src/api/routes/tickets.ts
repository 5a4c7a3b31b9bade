import { problem, json, moved, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import type { Parts } from '../hub.js';
import { idempotencyAnswers, idempotencyHeader, onceByKey } from '../once.js';
import { pageOf, writeCursor } from '../pages.js';
import { route, type Route } from '../route.js';
import { NewTicket, numberParams, ownQuery, TicketPatch, TicketQuery } from '../schemas/tickets.js';
import { ticketDesk } from '../ticket-desk.js';
import { openByAgent } from '../../desk/open-ticket.js';
import { findTickets } from '../../desk/ticket-list.js';
import { viewRoots } from '../../desk/ticket-view.js';
import { changeTicket } from '../../desk/tickets.js';
import { Ticket } from '../../model/ticket.js';
import type { Once } from '../../store/idempotency.js';
import type { z } from 'zod';

const one = { 200: { description: 'The ticket', schema: Ticket } };

/** Complaints: roots in lists, members where they are asked for. */
export function ticketRoutes(parts: Parts): readonly Route[] {
  const desk = ticketDesk(parts);
  const { store } = parts.house;
  const once = onceByKey<Ticket>(parts, { scope: 'tickets', answer: made });
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
      description: 'Sent again with the same Idempotency-Key, it is still one ticket.',
      headers: idempotencyHeader,
      body: { schema: NewTicket },
      answers: { 201: { description: 'The new ticket', schema: Ticket }, ...idempotencyAnswers },
      handle: ({ body, caller, request }) =>
        once({ request, caller, content: body }, (key) => openTicket(parts, { body, caller }, key)),
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

interface Opening {
  readonly body: z.output<typeof NewTicket>;
  readonly caller: Caller;
}

/** The answer to a ticket opened by hand; null when its key was taken meanwhile. */
async function openTicket(
  parts: Parts,
  { body, caller }: Opening,
  once: Once<Ticket> | null,
): Promise<Answer | null> {
  const desk = ticketDesk(parts);
  const { queue, house, registry } = parts;
  const connected = registry.find(body.connection);
  if (connected === undefined) {
    return problem('unknownConnection', `no connection is called ${body.connection}`);
  }
  const opened = await openByAgent(
    { ...house, queue, once: keeping(parts, once) },
    { ...body, name: body.name ?? null, subject: body.subject ?? null, connected },
    desk.by(caller),
  );
  if (opened.kind === 'taken') return null;
  if (opened.kind === 'refused') {
    const { cause, why } = opened.refusal;
    return problem('refused', why.en, { cause, why });
  }
  const [ticket] = await desk.show([opened.ticket]);
  return ticket === undefined ? desk.unknown(opened.ticket) : made(ticket);
}

const made = (ticket: Ticket, headers: Readonly<Record<string, string>> = {}): Answer =>
  json(ticket, 201, { ...headers, location: `/api/v1/tickets/${ticket.number}` });

/** What the API says of the new ticket, kept in the transaction that opens it. */
function keeping({ house, registry }: Parts, once: Once<Ticket> | null): Once<number> | null {
  if (once === null) return null;
  const deps = { find: registry.find, now: house.clock.now() };
  return {
    take: () => once.take(),
    *keep(number) {
      const [ticket] = yield* viewRoots(deps, [number]);
      if (ticket !== undefined) yield* once.keep(ticket);
    },
  };
}
