import { jsonAnswer, type HttpAnswer } from '../http/answer.js';
import type { Ending, HttpRequest } from '../http/loopback.js';
import type { Ledger } from '../ledger.js';
import type { ShopEntry } from './entries.js';
import { isSignedWith } from './signature.js';

/** A reply of the hub that the shop took. */
export interface ShopReply {
  /** The shop's own id for it, as answered. */
  readonly id: string;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where the shop takes the hub's replies. */
export interface Counter {
  readonly replies: readonly ShopReply[];
  take(request: HttpRequest): HttpAnswer;
  observe(request: HttpRequest, ending: Ending): void;
}

const TOLERANCE_MS = 5 * 60 * 1000;

/**
 * A counter without replies yet. A reply with a `webhook-id` that was seen before gets the first answer again,
 * as Standard Webhooks asks of receivers.
 */
export function createCounter(options: {
  /** The hub's key; null: replies are not checked. */
  readonly hubKey: string | null;
  readonly now: () => Date;
  readonly ledger: Ledger<ShopEntry>;
}): Counter {
  const replies: ShopReply[] = [];
  const known = new Map<string, ShopReply>();

  function take(request: HttpRequest): HttpAnswer {
    if (request.method !== 'POST') return jsonAnswer(405, { error: 'POST only' });
    if (options.hubKey !== null && !isGenuine(request, options.hubKey, options.now())) {
      return jsonAnswer(401, { error: 'signature' });
    }
    const webhookId = request.headers['webhook-id'];
    const earlier = webhookId === undefined ? undefined : known.get(webhookId);
    const body = request.body.toString('utf8');
    const reply = earlier ?? {
      id: `rpl_${replies.length + 1}`,
      path: request.path,
      headers: request.headers,
      body,
    };
    if (earlier === undefined) replies.push(reply);
    if (webhookId !== undefined) known.set(webhookId, reply);
    options.ledger.record({ kind: 'taken', id: reply.id, body, repeated: earlier !== undefined });
    return jsonAnswer(200, { id: reply.id });
  }

  return {
    replies,
    take,
    observe(request, ending) {
      const { path } = request;
      options.ledger.record({ kind: 'request', path, body: request.body.toString('utf8'), ending });
    },
  };
}

function isGenuine(request: HttpRequest, key: string, now: Date): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request.headers;
  const header = request.headers['webhook-signature'];
  if (id === undefined || timestamp === undefined || header === undefined) return false;
  const age = Math.abs(now.getTime() - Number(timestamp) * 1000);
  if (!(age <= TOLERANCE_MS)) return false;
  return isSignedWith(key, header, { id, timestamp, body: request.body });
}
