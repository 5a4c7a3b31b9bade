import type { HttpRequest } from '../../src/sdk/index.js';
import type { Call } from './render.js';
import type { SendPlan } from './send-plan.js';
import { signStandard } from './standard-webhooks.js';

interface Attempt {
  /** The part's key. */
  readonly key: string;
  /** Milliseconds UTC. */
  readonly now: number;
}

/**
 * The call with its id and signature. The id comes from the part's key, so a repeat carries the
 * same `webhook-id`; the time is that of the attempt, as Standard Webhooks says.
 */
export function requestOf(plan: SendPlan, call: Call, { key, now }: Attempt): HttpRequest {
  const body = Buffer.from(JSON.stringify(call.body));
  const id = key.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  const timestamp = String(Math.floor(now / 1_000));
  const { authorization } = plan.prepared.credentials;
  return {
    method: call.method,
    url: call.url,
    headers: {
      'content-type': 'application/json',
      ...call.headers,
      'idempotency-key': id,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(authorization === undefined ? {} : { authorization }),
      ...(plan.signingKey === null
        ? {}
        : { 'webhook-signature': signStandard(plan.signingKey, `${id}.${timestamp}.`, body) }),
    },
    body,
  };
}
