import { z } from 'zod';
import { empty, json, problem, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import { connectionViews, type ConnectionViews } from '../connection-view.js';
import type { Parts } from '../hub.js';
import { route, type Route } from '../route.js';
import {
  CheckedView,
  ConnectionPatch,
  ConnectionView,
  NewConnection,
} from '../schemas/connections.js';
import { connectionId } from '../schemas/ids.js';
import type { Saved } from '../../connections/service.js';

const params = z.object({ id: connectionId });
const one = { 200: { description: 'The connection', schema: ConnectionView } };
const unknown = (id: string): Answer =>
  problem('unknownConnection', `no connection is called ${id}`);

type Show = (id: string, caller: Caller, status?: number) => Promise<Answer>;

/** Accounts of platforms. Secrets go in and never come out. */
export function connectionRoutes(parts: Parts): readonly Route[] {
  const views = connectionViews(parts);
  const show: Show = async (id, caller, status = 200) => {
    const view = await views.one(id, caller);
    return view === undefined ? unknown(id) : json(view, status);
  };
  return [...readingRoutes(views, show), ...changingRoutes(parts, show), checkRoute(parts)];
}

function readingRoutes(views: ConnectionViews, show: Show): readonly Route[] {
  return [
    route('GET /api/v1/connections', {
      tag: 'Connections',
      summary: 'Connections with their state',
      answers: {
        200: {
          description: 'All connections',
          schema: z.object({ items: z.array(ConnectionView) }),
        },
      },
      handle: async ({ caller }) => json({ items: await views.all(caller) }),
    }),
    route('GET /api/v1/connections/{id}', {
      tag: 'Connections',
      summary: 'One connection',
      params,
      answers: one,
      handle: ({ params: { id }, caller }) => show(id, caller),
    }),
  ];
}

function changingRoutes({ connections }: Parts, show: Show): readonly Route[] {
  return [
    route('POST /api/v1/connections', {
      tag: 'Connections',
      summary: 'Connect an account',
      body: { schema: NewConnection },
      answers: { 201: { description: 'The connection', schema: ConnectionView } },
      async handle({ body, caller }) {
        const saved = await connections.add(body);
        return saved.kind === 'saved'
          ? show(saved.id, caller, 201)
          : refused(saved, body.connector);
      },
    }),
    route('PATCH /api/v1/connections/{id}', {
      tag: 'Connections',
      summary: 'Change, pause or resume',
      description:
        'What is not given stays as it is, null takes a field away; a secret never has to be typed again.',
      params,
      body: { schema: ConnectionPatch },
      answers: one,
      async handle({ params: { id }, body: { status, ...change }, caller }) {
        if (Object.keys(change).length > 0) {
          const saved = await connections.change(id, change);
          if (saved.kind !== 'saved') return refused(saved, id);
        }
        if (status !== undefined && !(await connections.setStatus(id, status))) return unknown(id);
        return show(id, caller);
      },
    }),
    route('DELETE /api/v1/connections/{id}', {
      tag: 'Connections',
      summary: 'Remove; its tickets stay readable, its secrets are erased',
      params,
      answers: { 204: { description: 'Removed' } },
      handle: async ({ params: { id } }) =>
        (await connections.remove(id)) ? empty() : unknown(id),
    }),
  ];
}

function checkRoute({ connections }: Parts): Route {
  return route('POST /api/v1/connections/{id}/check', {
    tag: 'Connections',
    summary: 'Try the account for real and say what is wrong',
    params,
    answers: { 200: { description: 'What was found', schema: CheckedView } },
    async handle({ params: { id } }) {
      const checked = await connections.check(id);
      return checked === null ? unknown(id) : json(checked);
    },
  });
}

function refused(saved: Exclude<Saved, { kind: 'saved' }>, name: string): Answer {
  if (saved.kind === 'invalid') {
    const [first] = saved.problems;
    return problem(
      'invalidForm',
      `${first?.field ?? 'the form'}: ${first?.message ?? 'is wrong'}`,
      {
        problems: saved.problems,
      },
    );
  }
  if (saved.what === 'connection') return unknown(name);
  return problem(
    'badRequest',
    `there is no connector ${name}; there are: ${saved.known.join(', ')}`,
    { problems: [{ field: 'connector', message: `one of: ${saved.known.join(', ')}` }] },
  );
}
