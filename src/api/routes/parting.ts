import { json, problem } from '../answer.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { numberParams, Parted, Split, Unmerge } from '../schemas/tickets.js';
import { ticketDesk } from '../ticket-desk.js';
import { previewOf } from '../../desk/preview.js';
import { unmergeTicket } from '../../desk/graph.js';
import { splitTicket } from '../../desk/split.js';
import { decided } from '../../desk/tickets.js';

/** Taking complaints apart again. */
export function partingRoutes(parts: Parts): readonly Route[] {
  return [unmergeRoute(parts), splitRoute(parts)];
}

function unmergeRoute(parts: Parts): Route {
  const desk = ticketDesk(parts);
  const { store, clock } = parts.house;
  return route('POST /api/v1/tickets/{number}/unmerge', {
    tag: 'Tickets',
    summary: 'Take a merged ticket out again, with all that was merged into it',
    description:
      'Both sides are exactly what they would be if they had never been merged. `preview` shows them without doing it.',
    params: numberParams,
    body: { schema: Unmerge, optional: true },
    answers: { 200: { description: 'Both sides', schema: Parted } },
    async handle({ params: { number }, body: { preview }, caller }) {
      const deps = { find: parts.registry.find, now: clock.now() };
      const done = preview
        ? await store.read(() => previewOf(deps, number))
        : await store.write(() => unmergeTicket(number, decided(desk.by(caller), 'different')));
      switch (done.kind) {
        case 'unknown':
          return desk.unknown(number);
        case 'conflict':
          return problem('conflict', done.why.en, { why: done.why });
        case 'parting':
          return json(done.parting);
        case 'done': {
          parts.queue.ring('announce', 1);
          const [ticket, rest] = await desk.show([number, done.from]);
          return json({ ticket, rest, preview: false });
        }
      }
    },
  });
}

function splitRoute(parts: Parts): Route {
  const desk = ticketDesk(parts);
  return route('POST /api/v1/tickets/{number}/split', {
    tag: 'Tickets',
    summary:
      'Two complaints in one: some messages become a ticket of their own, or move to another',
    description:
      'The new ticket stands on the same conversation; its next message goes where the last one is. The two are remembered as different. With `into` the messages are moved: the new ticket is merged into that one.',
    params: numberParams,
    body: { schema: Split },
    answers: { 200: { description: 'Both sides', schema: Parted } },
    async handle({ params: { number }, body: { messages, into }, caller }) {
      const done = await parts.house.store.write(() =>
        splitTicket(number, { messages, into: into ?? null }, desk.by(caller)),
      );
      if (done.kind === 'unknown') return desk.unknown(number);
      if (done.kind === 'conflict') return problem('conflict', done.why.en, { why: done.why });
      parts.queue.ring('announce', 1);
      parts.queue.ring('file', 1);
      const [ticket, rest] = await desk.show([done.ticket, done.rest]);
      return json({ ticket, rest, preview: false });
    },
  });
}
