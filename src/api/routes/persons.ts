import { z } from 'zod';
import { json, moved, problem } from '../answer.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import { idInPath } from '../schemas/ids.js';
import { handleViews, viewRoots } from '../../desk/ticket-view.js';
import { PersonView, Ticket } from '../../model/ticket.js';
import { personById } from '../../store/persons.js';
import { handlesOfPersons, rootPersonsOf, rootsOfPerson } from '../../store/ticket-views.js';
import type { Work } from '../../store/work.js';

const MOST_TICKETS = 100;

const PersonWithTickets = PersonView.extend({
  tickets: z.array(Ticket).meta({ description: `The latest ${MOST_TICKETS}` }),
}).meta({ id: 'PersonWithTickets' });

/** Customers, as far as their handles prove who they are. */
export function personRoutes({ house, registry }: Parts): readonly Route[] {
  const { store, clock } = house;

  function* view(root: number): Work<z.infer<typeof PersonWithTickets>> {
    const [person] = yield* rootPersonsOf([root]);
    const handles = yield* handlesOfPersons([root]);
    const tickets = yield* rootsOfPerson(root, MOST_TICKETS);
    return {
      id: root,
      name: person?.name ?? null,
      handles: handleViews(handles),
      tickets: yield* viewRoots({ find: registry.find, now: clock.now() }, tickets),
    };
  }

  return [
    route('GET /api/v1/persons/{id}', {
      tag: 'Persons',
      summary: 'A person with handles and tickets',
      params: z.object({ id: idInPath }),
      answers: {
        200: { description: 'The person', schema: PersonWithTickets },
        307: { description: 'They were found to be the same as another: that one is there' },
      },
      async handle({ params: { id } }) {
        const row = await store.read(() => personById(id));
        if (row === undefined) return problem('notFound', `there is no person ${id}`);
        if (row.root_id !== null) return moved(`/api/v1/persons/${row.root_id}`);
        return json(await store.read(() => view(id)));
      },
    }),
  ];
}
