import { createBodyBudget, type BodyBudget } from './body-budget.js';
import { clientAddress, type ClientAddress } from './client-address.js';
import { createOpenRequests, type OpenRequests } from './open-requests.js';
import type { Config } from '../config/config.js';

/** What bounds all requests of this process together, whoever sends them. */
export interface Bounds {
  readonly client: ClientAddress;
  readonly bodies: BodyBudget;
  readonly streams: OpenRequests;
}

export function openBounds(server: Config['server']): Bounds {
  return {
    client: clientAddress(server.trustedProxies),
    bodies: createBodyBudget(server.bodiesBytes, server.bodyBytes),
    streams: createOpenRequests(server),
  };
}
