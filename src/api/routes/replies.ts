import { createHash } from 'node:crypto';
import { z } from 'zod';
import { json, problem, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import { deliveryView } from '../delivery-view.js';
import type { Parts } from '../hub.js';
import { outgoingFiles } from '../outgoing-files.js';
import { route, type Route } from '../route.js';
import { DeliveryView } from '../schemas/messages.js';
import { NewReply, numberParams } from '../schemas/tickets.js';
import { compose, type Composed, type Once } from '../../replies/compose.js';
import { deliveryById } from '../../store/deliveries.js';
import { partsOf } from '../../store/delivery-parts.js';
import { keepAnswer, keptAnswer, takeKey } from '../../store/idempotency.js';
import type { Work } from '../../store/work.js';

const KEY_CHARACTERS = 200;

const Queued = z
  .object({
    message: z.int(),
    ticket: z.int().meta({ description: 'The member whose conversation it leaves by' }),
    conversation: z.int(),
    deliveries: z.array(DeliveryView),
  })
  .meta({ id: 'QueuedReply' });
type Queued = z.infer<typeof Queued>;

interface Replying {
  readonly number: number;
  readonly body: z.output<typeof NewReply>;
  readonly caller: Caller;
}

/** What an agent answers. */
export function replyRoutes(parts: Parts): readonly Route[] {
  const once = replyOnce(parts);
  return [
    route('POST /api/v1/tickets/{number}/replies', {
      tag: 'Tickets',
      summary: 'Answer the customer',
      description:
        "Leaves by the customer's latest reachable conversation, or the one that is named. 202: it is queued; its deliveries say what becomes of it. Sent again with the same Idempotency-Key, it is still one reply.",
      params: numberParams,
      headers: z.object({
        'Idempotency-Key': z
          .string()
          .max(KEY_CHARACTERS)
          .optional()
          .meta({ description: 'Any text of your own, a new one for each reply' }),
      }),
      body: { schema: NewReply },
      answers: {
        202: { description: 'Queued', schema: Queued },
        409: { description: 'The same Idempotency-Key is being worked on' },
        422: { description: 'It cannot leave, and why; or the Idempotency-Key was used otherwise' },
      },
      async handle({ params: { number }, body, caller, request }) {
        const key = request.headers['idempotency-key'];
        const replying = { number, body, caller };
        if (key === undefined) return (await reply(parts, replying, null)) ?? never();
        if (typeof key !== 'string' || key === '' || key.length > KEY_CHARACTERS) {
          return problem('badRequest', `Idempotency-Key has 1 to ${KEY_CHARACTERS} characters`);
        }
        return once(key, replying);
      },
    }),
  ];
}

/** One reply a key, however often it is asked for; one request at a time works on it. */
function replyOnce(parts: Parts): (key: string, replying: Replying) => Promise<Answer> {
  const { store } = parts.house;
  const inFlight = new Set<string>();

  async function repeated(scope: string, key: string, request: string): Promise<Answer | null> {
    const kept = await store.read(() => keptAnswer(scope, key));
    if (kept === undefined) return null;
    return kept.request === request
      ? json(JSON.parse(kept.response), 202, { 'idempotent-replayed': 'true' })
      : problem(
          'keyReused',
          'this Idempotency-Key came with another request before: take a new one',
        );
  }

  return async (key, replying) => {
    const scope = `replies:token ${replying.caller.token}`;
    const flight = `${scope} ${key}`;
    if (inFlight.has(flight)) return problem('conflict', IN_FLIGHT, {}, { 'retry-after': '1' });
    inFlight.add(flight);
    try {
      const request = hashOf(replying);
      const before = await repeated(scope, key, request);
      if (before !== null) return before;
      const answered = await reply(parts, replying, onceOf(parts, { scope, key, request }));
      return answered ?? (await repeated(scope, key, request)) ?? problem('conflict', IN_FLIGHT);
    } finally {
      inFlight.delete(flight);
    }
  };
}

const IN_FLIGHT = 'a request with this Idempotency-Key is being worked on: ask again in a moment';

/** The answer of a composed reply; null when its key was taken meanwhile. */
async function reply(
  parts: Parts,
  { number, body, caller }: Replying,
  once: Once | null,
): Promise<Answer | null> {
  const files = await outgoingFiles(parts, body.attachments);
  if (files.kind === 'missing') {
    return problem('badRequest', `attachments: ${files.why}`, {
      problems: [{ field: 'attachments', message: files.why }],
    });
  }
  const { house, queue, registry } = parts;
  const composed = await compose(
    { store: house.store, clock: house.clock, queue, find: registry.find },
    {
      ticket: number,
      text: body.text,
      html: null,
      attachments: files.files,
      conversation: body.conversation ?? null,
      agent: caller.name,
    },
    once,
  );
  return answerOf(parts, composed);
}

async function answerOf({ house }: Parts, composed: Composed): Promise<Answer | null> {
  switch (composed.kind) {
    case 'taken':
      return null;
    case 'refused': {
      const { cause, why } = composed.refusal;
      const name =
        cause === 'unknownTicket' || cause === 'unknownConversation' ? 'notFound' : 'refused';
      return problem(name, why.en, { cause, why });
    }
    case 'queued':
      return json(await house.store.read(() => queuedView(composed)), 202);
  }
}

/** Runs in the transaction that queues the reply: the row and its answer commit together, or neither. */
function onceOf(
  { house }: Parts,
  { scope, key, request }: { scope: string; key: string; request: string },
): Once {
  return {
    take: () => takeKey(scope, key, request, house.clock.now()),
    *keep(queued) {
      yield* keepAnswer(scope, key, JSON.stringify(yield* queuedView(queued)));
    },
  };
}

function* queuedView({
  message,
  ticket,
  conversation,
  delivery,
}: Extract<Composed, { kind: 'queued' }>): Work<Queued> {
  const row = yield* deliveryById(delivery);
  const parts = yield* partsOf(delivery);
  return {
    message,
    ticket,
    conversation,
    deliveries: row === undefined ? [] : [deliveryView(row, parts)],
  };
}

function hashOf({ number, body }: Replying): string {
  const { text, attachments, conversation } = body;
  return createHash('sha256')
    .update(JSON.stringify([number, text, attachments, conversation ?? null]))
    .digest('hex');
}

function never(): Answer {
  throw new Error('a reply without a key cannot find its key taken');
}
