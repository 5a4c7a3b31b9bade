/** What a token may be; one token may be several. */
export const SCOPES = ['admin', 'agent', 'integrator', 'viewer'] as const;
export type Scope = (typeof SCOPES)[number];

const EVERYBODY = ['admin', 'agent', 'integrator', 'viewer'] as const;
const READERS = EVERYBODY;
const DESK = ['admin', 'agent'] as const;
const SYSTEMS = ['admin', 'integrator'] as const;
const WRITERS = ['admin', 'agent', 'integrator'] as const;
const ADMINS = ['admin'] as const;
/** Without a token: it shows nothing of anybody. */
const OPEN = 'open';

/**
 * The one table of who may do what. A route that does not stand here does not compile; one that
 * stands here and is not served fails a test.
 *
 * `admin` everything · `agent` works on tickets · `integrator` an own system: pushes messages, reads
 * what happens, mends what was refused · `viewer` reads.
 */
export const ACCESS = {
  'GET /healthz': OPEN,
  'GET /readyz': OPEN,
  'GET /metrics': OPEN,
  'GET /docs': OPEN,
  'GET /docs/errors': OPEN,
  'GET /api/openapi.json': OPEN,
  'GET /files/{id}/{until}/{mac}/{name}': OPEN,

  'GET /api/v1/connectors': READERS,
  'GET /api/v1/connections': READERS,
  'POST /api/v1/connections': ADMINS,
  'GET /api/v1/connections/{id}': READERS,
  'PATCH /api/v1/connections/{id}': ADMINS,
  'DELETE /api/v1/connections/{id}': ADMINS,
  'POST /api/v1/connections/{id}/check': ADMINS,

  'GET /api/v1/tickets': READERS,
  'POST /api/v1/tickets': DESK,
  'GET /api/v1/tickets/{number}': READERS,
  'PATCH /api/v1/tickets/{number}': DESK,
  'GET /api/v1/tickets/{number}/messages': READERS,
  'GET /api/v1/tickets/{number}/conversations': READERS,
  'POST /api/v1/tickets/{number}/replies': DESK,
  'POST /api/v1/tickets/{number}/notes': DESK,
  'POST /api/v1/tickets/{number}/merge': DESK,
  'POST /api/v1/tickets/{number}/unmerge': DESK,
  'POST /api/v1/tickets/{number}/split': DESK,
  'POST /api/v1/tickets/{number}/spam': DESK,
  'GET /api/v1/tickets/{number}/duplicates': READERS,
  'POST /api/v1/tickets/{number}/duplicates/{other}': DESK,

  'GET /api/v1/persons/{id}': READERS,
  'POST /api/v1/persons/{id}/join': DESK,
  'POST /api/v1/persons/{id}/unjoin': DESK,
  'POST /api/v1/persons/{id}/block': DESK,
  'POST /api/v1/persons/{id}/unblock': DESK,
  'GET /api/v1/persons/{id}/duplicates': READERS,
  'POST /api/v1/persons/{id}/duplicates/{other}': DESK,

  'POST /api/v1/attachments': WRITERS,
  'GET /api/v1/attachments/{id}': READERS,

  'GET /api/v1/deliveries': READERS,
  'POST /api/v1/deliveries/{id}/retry': DESK,
  'POST /api/v1/deliveries/{id}/resolve': DESK,

  'GET /api/v1/envelopes': SYSTEMS,
  'GET /api/v1/envelopes/{id}': SYSTEMS,
  'POST /api/v1/envelopes/{id}/replay': SYSTEMS,

  'GET /api/v1/events': READERS,
  'POST /api/v1/messages': SYSTEMS,

  'GET /api/v1/tokens': ADMINS,
  'POST /api/v1/tokens': ADMINS,
  'DELETE /api/v1/tokens/{id}': ADMINS,
} as const satisfies Readonly<Record<string, typeof OPEN | readonly Scope[]>>;

/** Method and path template of a route, its one name. */
export type RouteId = keyof typeof ACCESS;

/** True when the route asks for no token. */
export function isOpen(route: RouteId): boolean {
  return ACCESS[route] === OPEN;
}

export function mayCall(route: RouteId, scopes: readonly Scope[]): boolean {
  const allowed: typeof OPEN | readonly Scope[] = ACCESS[route];
  return allowed === OPEN || scopes.some((scope) => allowed.includes(scope));
}

/** Who may, in words for the refusal and the docs. */
export function whoMay(route: RouteId): string {
  const allowed: typeof OPEN | readonly Scope[] = ACCESS[route];
  return allowed === OPEN ? 'anybody' : allowed.join(', ');
}
