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
      const place = await desk.place(number);
      if (place.kind === 'unknown') return desk.unknown(number);
      if (place.root === number) {
        return problem('conflict', `ticket ${number} is not merged into another: name a member`);
      }
      if (preview) {
        const deps = { find: parts.registry.find, now: clock.now() };
        return json(await store.read(() => previewOf(deps, number)));
      }
      const done = await store.write(() =>
        unmergeTicket(number, decided(desk.by(caller), 'different')),
      );
      if (done === undefined) {
        return problem('conflict', `ticket ${number} was taken out meanwhile`);
      }
      parts.queue.ring('announce', 1);
      const [ticket, rest] = await desk.show([number, done.from]);
      return json({ ticket, rest, preview: false });
    },
  });
}

function splitRoute(parts: Parts): Route {
  const desk = ticketDesk(parts);
  return route('POST /api/v1/tickets/{number}/split', {
    tag: 'Tickets',
    summary: 'Two complaints in one: some messages become a ticket of their own',
    description:
      'The new ticket stands on the same conversation; its next message goes where the last one is. The two are remembered as different.',
    params: numberParams,
    body: { schema: Split },
    answers: { 200: { description: 'Both sides', schema: Parted } },
    async handle({ params: { number }, body: { messages }, caller }) {
      const done = await parts.house.store.write(() =>
        splitTicket(number, messages, desk.by(caller)),
      );
      if (done.kind === 'unknown') return desk.unknown(number);
      if (done.kind === 'conflict') return problem('conflict', done.why.en, { why: done.why });
      parts.queue.ring('announce', 1);
      const [ticket, rest] = await desk.show([done.ticket, done.rest]);
      return json({ ticket, rest, preview: false });
    },
  });
}
