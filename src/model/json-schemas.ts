import { z } from 'zod';
import { Draft, DRAFT_VERSION } from './draft.js';
import { Ticket, TICKET_VERSION } from './ticket.js';

/** The two formats as JSON Schema, by the file that `npm run docs` writes; a test finds a stale one. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'schemas/draft.json': {
      ...z.toJSONSchema(Draft, { io: 'input' }),
      title: 'Draft',
      description: 'One inbound message that is not filed yet: the one inbound format.',
      version: DRAFT_VERSION,
    },
    'schemas/ticket.json': {
      ...z.toJSONSchema(Ticket),
      title: 'Ticket',
      description:
        'One complaint, as everything that leaves the hub tells it: the one ticket format.',
      version: TICKET_VERSION,
    },
  };
}
