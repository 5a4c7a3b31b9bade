import { z } from 'zod';
import { json, problem, type Answer } from '../answer.js';
import type { Caller } from '../auth.js';
import { deliveryView } from '../delivery-view.js';
import type { Parts } from '../hub.js';
import { idempotencyAnswers, idempotencyHeader, onceByKey } from '../once.js';
import { outgoingFiles } from '../outgoing-files.js';
import { route, type Route } from '../route.js';
import { DeliveryView } from '../schemas/messages.js';
import { NewReply, numberParams } from '../schemas/tickets.js';
import type { ProblemName } from '../../model/problems.js';
import type { Refusal } from '../../replies/admit.js';
import { compose, type Composed, type QueuedReply } from '../../replies/compose.js';
import { deliveryById } from '../../store/deliveries.js';
import { partsOf } from '../../store/delivery-parts.js';
import type { Once } from '../../store/idempotency.js';
import type { Work } from '../../store/work.js';

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
  const once = onceByKey<Queued>(parts, {
    scope: 'replies',
    answer: (queued, headers) => json(queued, 202, headers),
  });
  return [
    route('POST /api/v1/tickets/{number}/replies', {
      tag: 'Tickets',
      summary: 'Answer the customer',
      description:
        "Leaves by the customer's latest reachable conversation, or the one that is named. Where several persons who are not known to be one speak on the ticket, nothing leaves until you name the conversation or confirm `persons`. 202: it is queued; its deliveries say what becomes of it. Sent again with the same Idempotency-Key, it is still one reply.",
      params: numberParams,
      headers: idempotencyHeader,
      body: { schema: NewReply },
      answers: { 202: { description: 'Queued', schema: Queued }, ...idempotencyAnswers },
      handle({ params: { number }, body, caller, request }) {
        const { text, attachments, conversation, confirm, replyTo, final } = body;
        const where = [conversation ?? null, confirm, replyTo ?? null, final];
        const content = [number, text, attachments, ...where];
        return once({ request, caller, content }, (key) =>
          reply(parts, { number, body, caller }, key),
        );
      },
    }),
  ];
}

/** The answer of a composed reply; null when its key was taken meanwhile. */
async function reply(
  parts: Parts,
  { number, body, caller }: Replying,
  once: Once<Queued> | null,
): Promise<Answer | null> {
  const files = await outgoingFiles(parts, body.attachments);
  if (files.kind === 'missing') {
    return problem('badRequest', `attachments: ${files.why}`, {
      problems: [{ field: 'attachments', message: files.why }],
    });
  }
  const { house, queue, registry } = parts;
  const composed = await compose(
    {
      ...{ store: house.store, clock: house.clock, queue, find: registry.find },
      reserved: house.loaded.config.replies.reserved,
    },
    {
      ticket: number,
      text: body.text,
      html: null,
      attachments: files.files,
      conversation: body.conversation ?? null,
      confirm: body.confirm,
      replyTo: body.replyTo ?? null,
      agent: caller.name,
      final: body.final,
    },
    keeping(once),
  );
  return answerOf(parts, composed);
}

/** What a refusal is called where it is not the platform's or the customer's. */
const PROBLEM_OF: Partial<Record<Refusal['cause'], ProblemName>> = {
  unknownTicket: 'notFound',
  unknownConversation: 'notFound',
  severalPersons: 'unconfirmed',
  nothingToConfirm: 'unconfirmed',
};

async function answerOf({ house }: Parts, composed: Composed): Promise<Answer | null> {
  switch (composed.kind) {
    case 'taken':
      return null;
    case 'refused': {
      const { cause, why, persons } = composed.refusal;
      return problem(PROBLEM_OF[cause] ?? 'refused', why.en, {
        cause,
        why,
        ...(persons === undefined ? {} : { persons }),
      });
    }
    case 'queued':
      return json(await house.store.read(() => queuedView(composed)), 202);
  }
}

/** What the API says of a queued reply, kept in the transaction that queues it. */
const keeping = (once: Once<Queued> | null): Once<QueuedReply> | null =>
  once === null
    ? null
    : {
        take: () => once.take(),
        *keep(queued) {
          yield* once.keep(yield* queuedView(queued));
        },
      };

function* queuedView({ message, ticket, conversation, delivery }: QueuedReply): Work<Queued> {
  const row = yield* deliveryById(delivery);
  const parts = yield* partsOf(delivery);
  return {
    message,
    ticket,
    conversation,
    deliveries: row === undefined ? [] : [deliveryView(row, parts)],
  };
}
