import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { isOpen } from './access.js';
import { problem, writeAnswer, type Answer } from './answer.js';
import { createAuth, type Auth, type Caller } from './auth.js';
import { securityHeaders } from './headers.js';
import type { Parts } from './hub.js';
import { understand } from './read-request.js';
import { methodAndPath, type Route } from './route.js';
import { attachmentRoutes } from './routes/attachments.js';
import { connectionRoutes } from './routes/connections.js';
import { connectorRoutes } from './routes/connectors.js';
import { deliveryRoutes } from './routes/deliveries.js';
import { docsRoutes } from './routes/docs.js';
import { envelopeRoutes } from './routes/envelopes.js';
import { eventRoutes } from './routes/events.js';
import { fileRoutes } from './routes/files.js';
import { healthRoutes } from './routes/health.js';
import { messageRoutes } from './routes/messages.js';
import { partingRoutes } from './routes/parting.js';
import { personRoutes } from './routes/persons.js';
import { replyRoutes } from './routes/replies.js';
import { ticketActRoutes } from './routes/ticket-acts.js';
import { ticketRoutes } from './routes/tickets.js';
import { timelineRoutes } from './routes/timeline.js';
import { tokenRoutes } from './routes/tokens.js';
import { StoreProblem } from '../store/store.js';

/** Everything over HTTP that is not on the hot path; the table of contents of the API. */
export function allRoutes(parts: Parts, auth: Auth): readonly Route[] {
  const routes: readonly Route[] = [
    ...ticketRoutes(parts),
    ...timelineRoutes(parts),
    ...replyRoutes(parts),
    ...ticketActRoutes(parts),
    ...partingRoutes(parts),
    ...personRoutes(parts),
    ...attachmentRoutes(parts),
    ...messageRoutes(parts),
    ...eventRoutes(parts),
    ...connectorRoutes(parts),
    ...connectionRoutes(parts),
    ...deliveryRoutes(parts),
    ...envelopeRoutes(parts),
    ...tokenRoutes(parts, auth),
    ...healthRoutes(parts),
    ...fileRoutes(parts),
    ...docsRoutes(() => routes),
  ];
  return routes;
}

export function createApp(parts: Parts): Express {
  const { house, bounds } = parts;
  const auth = createAuth(house.store, house.clock, bounds.client);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(securityHeaders(parts.publicUrl));
  const routes = allRoutes(parts, auth);
  for (const route of routes) mount(app, parts, route, auth);
  refuseOtherMethods(app, routes);
  app.use((request: Request, response: Response) =>
    writeAnswer(
      response,
      problem('notFound', `nothing is at ${request.path.slice(0, 200)}; /docs lists what there is`),
    ),
  );
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction): void =>
    answerTrouble(parts, error, { request, response }),
  );
  return app;
}

/** Routes without a token are open to anybody; nothing reads `caller` there. */
const NOBODY: Caller = { token: 0, name: 'nobody', scopes: [] };

function mount(app: Express, { house, bounds }: Parts, route: Route, auth: Auth): void {
  const { method, path } = methodAndPath(route.id);
  const { requestTimeout } = house.loaded.config.server;

  async function answer(request: Request, response: Response): Promise<Answer> {
    const admission = isOpen(route.id) ? null : await auth.admit(route.id, request);
    if (admission?.ok === false) {
      request.resume();
      return admission.problem;
    }
    const room = bounds.bodies.open('the API');
    try {
      const understood = await understand(route, request, { timeout: requestTimeout, room });
      if (!understood.ok) return understood.problem;
      const { params, query, body } = understood;
      const caller = admission?.caller ?? NOBODY;
      const asked = { params, query, body, caller, request, response };
      return await route.handle(asked as Parameters<Route['handle']>[0]);
    } finally {
      room.close();
    }
  }

  const verb = method.toLowerCase() as 'get' | 'post' | 'patch' | 'delete';
  app[verb](expressPath(path), async (request, response) =>
    writeAnswer(response, await answer(request, response)),
  );
}

/** `/tickets/{number}` is `/tickets/:number` to Express. */
const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** A path that exists, with a method it has not: 405 names those it has. */
function refuseOtherMethods(app: Express, routes: readonly Route[]): void {
  const methods = new Map<string, string[]>();
  for (const { id } of routes) {
    const { method, path } = methodAndPath(id);
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  for (const [path, known] of methods) {
    const allow = known.includes('GET') ? ['HEAD', ...known] : known;
    app.all(expressPath(path), (request, response) => {
      request.resume();
      const said = `${request.method} is not for this path; these are: ${allow.join(', ')}`;
      writeAnswer(response, problem('methodNotAllowed', said, {}, { allow: allow.join(', ') }));
    });
  }
}

/** Nothing of the error itself goes out: it may quote content. */
function answerTrouble(
  { house }: Parts,
  error: unknown,
  { request, response }: { readonly request: Request; readonly response: Response },
): void {
  if (response.headersSent) return void response.destroy();
  if (error instanceof StoreProblem) {
    return writeAnswer(response, problem('notStored', error.message, {}, { 'retry-after': '5' }));
  }
  if ((error as { status?: unknown }).status === 400) {
    return writeAnswer(response, problem('badRequest', 'the path is not valid percent-encoding'));
  }
  house.log.error('a request failed', {
    method: request.method,
    path: request.path.slice(0, 200),
    why: String((error as Error).stack ?? error).slice(0, 2_000),
  });
  writeAnswer(response, problem('internal', 'the hub failed on this request; its log says where'));
}
