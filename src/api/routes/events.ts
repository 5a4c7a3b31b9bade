import { z } from 'zod';
import { empty, problem, WRITTEN } from '../answer.js';
import { networkOf } from '../client-address.js';
import { streamEvents } from '../event-stream.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { EventView } from '../schemas/events.js';
import { lastEventNumber } from '../../store/tickets.js';

/** Everything that happens to tickets, in one order that nobody sees differently. */
export function eventRoutes(parts: Parts): readonly Route[] {
  const { store } = parts.house;
  return [
    route('GET /api/v1/events', {
      tag: 'Events',
      summary: 'A live stream of events (server-sent events), resumable',
      description:
        'Each event has a number; numbers have no gaps. Resume with `Last-Event-ID` or `after`: nothing is missed and nothing comes twice. Without either the stream begins now. A reader that does not keep up is disconnected and resumes.',
      query: z.object({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .optional()
          .meta({ description: 'Begin after this number; 0: from the first event' }),
      }),
      headers: z.object({
        'Last-Event-ID': z.string().optional().meta({ description: 'As browsers send it' }),
      }),
      answers: {
        200: { description: 'One event a message', type: 'text/event-stream', schema: EventView },
      },
      async handle({ query, request, response }) {
        const header = request.headers['last-event-id'];
        const given = header === undefined || header === '' ? query.after : Number(header);
        if (given !== undefined && !Number.isSafeInteger(given)) {
          return problem('badRequest', 'Last-Event-ID is the number of an event');
        }
        const after = given ?? (await store.read(lastEventNumber));
        if (request.method === 'HEAD') return empty(200);
        const network = networkOf(parts.bounds.client(request));
        if (!parts.bounds.streams.admit(network, response)) return WRITTEN;
        await streamEvents(parts, response, after);
        return WRITTEN;
      },
    }),
  ];
}
