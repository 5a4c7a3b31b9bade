import { z } from 'zod';
import { json, moved, problem, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import type { Parts } from '../hub.js';
import { personDuplicates, ticketsOfBoth, viewPerson } from '../person-view.js';
import { route, type Route } from '../route.js';
import {
  Block,
  JoinInto,
  PersonDecision,
  PersonDetails,
  PersonDuplicate,
  personPair,
  personParams,
  Unjoined,
} from '../schemas/persons.js';
import { blockPerson, unblockPerson, type BlockedRoot } from '../../desk/person-blocks.js';
import { joinByHand, tellPersonsApart, unjoinPerson, type Joined } from '../../desk/persons.js';
import type { Act } from '../../desk/tickets.js';
import { personById } from '../../store/persons.js';
import type { Work } from '../../store/work.js';

const MOVED = { description: 'They were found to be the same as another: that one is there' };
const root = { 200: { description: 'The root as it is now', schema: PersonDetails } };

/** Customers, as far as their handles prove who they are. */
export function personRoutes(parts: Parts): readonly Route[] {
  return [...readRoutes(parts), ...joinRoutes(parts), unjoinRoute(parts), ...blockRoutes(parts)];
}

const unknown = (...ids: readonly number[]): Answer =>
  problem('notFound', `there is no person ${ids.join(' or ')}`);
const seen = ({ registry, house }: Parts) => ({ find: registry.find, now: house.clock.now() });

function readRoutes(parts: Parts): readonly Route[] {
  const { store } = parts.house;

  /** Where a reader of a joined person finds the root's `path`; null: it is the root. */
  async function elsewhere(id: number, path: string): Promise<Answer | null> {
    const row = await store.read(() => personById(id));
    if (row === undefined) return unknown(id);
    return row.root_id === null ? null : moved(`/api/v1/persons/${row.root_id}${path}`);
  }

  return [
    route('GET /api/v1/persons/{id}', {
      tag: 'Persons',
      summary: 'A person with handles, tickets and everybody joined into them',
      params: personParams,
      answers: { 200: { description: 'The person', schema: PersonDetails }, 307: MOVED },
      async handle({ params: { id } }) {
        const away = await elsewhere(id, '');
        return away ?? json(await store.read(() => viewPerson(seen(parts), id)));
      },
    }),
    route('GET /api/v1/persons/{id}/duplicates', {
      tag: 'Persons',
      summary: 'Decisions and open questions about this and other persons, with evidence',
      description:
        '`possible` is a question: something speaks for their being one, and something against it.',
      params: personParams,
      answers: {
        200: {
          description: 'The latest first',
          schema: z.object({ items: z.array(PersonDuplicate) }),
        },
        307: MOVED,
      },
      async handle({ params: { id } }) {
        const away = await elsewhere(id, '/duplicates');
        return away ?? json({ items: await store.read(() => personDuplicates(id)) });
      },
    }),
  ];
}

function joinRoutes(parts: Parts): readonly Route[] {
  const { store } = parts.house;

  async function done(ids: readonly number[], work: () => Work<Joined>): Promise<Answer> {
    const joined = await store.write(work);
    if (joined.kind !== 'done') return refusalOf(ids, joined);
    return json(await store.read(() => viewPerson(seen(parts), joined.root)));
  }

  return [
    route('POST /api/v1/persons/{id}/join', {
      tag: 'Persons',
      summary: 'Two persons are one',
      description: 'Whichever way it is asked for, the older one keeps their number.',
      params: personParams,
      body: { schema: JoinInto },
      answers: root,
      handle: ({ params: { id }, body: { into, anyway }, caller }) =>
        done([id, into], () => joinByHand(id, into, actOf(parts, caller), anyway)),
    }),
    route('POST /api/v1/persons/{id}/duplicates/{other}', {
      tag: 'Persons',
      summary: 'Say whether two persons are the same',
      description: '`same` joins them; `different` keeps every proof from joining them again.',
      params: personPair,
      body: { schema: PersonDecision },
      answers: root,
      handle: ({ params: { id, other }, body: { decision, anyway }, caller }) =>
        done([id, other], () =>
          decision === 'same'
            ? joinByHand(id, other, actOf(parts, caller), anyway)
            : tellPersonsApart(id, other, actOf(parts, caller)),
        ),
    }),
  ];
}

function unjoinRoute(parts: Parts): Route {
  const { store } = parts.house;
  return route('POST /api/v1/persons/{id}/unjoin', {
    tag: 'Persons',
    summary: 'Take a joined person out again, with everybody joined into them',
    description:
      'Both are exactly who they were, each with what was learned of them since. Their tickets stay as they are: `tickets` names those on which both speak.',
    params: personParams,
    answers: { 200: { description: 'Both persons', schema: Unjoined } },
    async handle({ params: { id }, caller }) {
      const apart = await store.write(() => unjoinPerson(id, actOf(parts, caller)));
      if (apart.kind !== 'done') return refusalOf([id], apart);
      return json(
        await store.read(function* () {
          return {
            person: yield* viewPerson(seen(parts), id),
            rest: yield* viewPerson(seen(parts), apart.root),
            tickets: yield* ticketsOfBoth(id, apart.root),
          };
        }),
      );
    },
  });
}

function blockRoutes(parts: Parts): readonly Route[] {
  const { store } = parts.house;

  async function done(id: number, work: () => Work<BlockedRoot>): Promise<Answer> {
    const blocked = await store.write(work);
    if (blocked === null) return unknown(id);
    return json(await store.read(() => viewPerson(seen(parts), blocked)));
  }

  return [
    route('POST /api/v1/persons/{id}/block', {
      tag: 'Persons',
      summary: 'Hear no more of a person',
      description:
        'What they write is received and kept as ever. It opens tickets that are `spam` from the first word: in no list but that of spam, compared with nothing. Their open tickets stay as they are, and an agent can still answer. It holds for everybody joined with them, and leaves with them when they are taken out.',
      params: personParams,
      body: { schema: Block, optional: true },
      answers: root,
      handle: ({ params: { id }, body: { reason }, caller }) =>
        done(id, () => blockPerson(id, reason, actOf(parts, caller))),
    }),
    route('POST /api/v1/persons/{id}/unblock', {
      tag: 'Persons',
      summary: 'Hear a person again',
      description:
        'Their next message goes on with the complaint they had before, or opens a ticket. What came meanwhile stays among the spam.',
      params: personParams,
      answers: root,
      handle: ({ params: { id }, caller }) =>
        done(id, () => unblockPerson(id, actOf(parts, caller))),
    }),
  ];
}

const actOf = ({ house }: Parts, { name }: Caller): Act => ({ who: name, at: house.clock.now() });

function refusalOf(ids: readonly number[], refused: Exclude<Joined, { kind: 'done' }>): Answer {
  if (refused.kind === 'unknown') return unknown(...ids);
  return problem('conflict', refused.why.en, { why: refused.why });
}
