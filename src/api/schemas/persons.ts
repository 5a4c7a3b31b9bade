import { z } from 'zod';
import { idInPath } from './ids.js';
import { HandleView, LinkView, PersonView, Ticket } from '../../model/ticket.js';

/** Of one person, so many tickets are shown. */
export const MOST_TICKETS = 100;

/** Of what was said of blocking one person, so much is shown. */
export const MOST_BLOCKS = 20;

export const personParams = z.object({ id: idInPath });
export const personPair = z.object({ id: idInPath, other: idInPath });

export const PersonMember = z
  .object({
    id: z.int(),
    name: z.string().nullable(),
    joinedInto: z.int().nullable(),
    handles: z.array(HandleView),
    why: LinkView.nullable().meta({ description: 'What joined them; null on the root' }),
  })
  .meta({ id: 'PersonMember' });

export const PersonBlock = z
  .object({
    blocked: z.boolean().meta({ description: 'False: this is where it ended' }),
    person: z.int().meta({ description: 'The member of whom it was said' }),
    reason: z.string().nullable(),
    author: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'PersonBlock' });

export const PersonDetails = PersonView.extend({
  blocks: z.array(PersonBlock).meta({
    description: `Who blocked and unblocked them, and why: the latest ${MOST_BLOCKS}, the last word first`,
  }),
  members: z.array(PersonMember).meta({ description: 'The root first' }),
  tickets: z.array(Ticket).meta({ description: `The latest ${MOST_TICKETS}` }),
}).meta({ id: 'PersonDetails' });
export type PersonDetails = z.infer<typeof PersonDetails>;

export const Block = z
  .strictObject({
    reason: z.string().trim().min(1).max(1_000).nullable().default(null).meta({
      description: 'For other agents; no customer sees it',
    }),
  })
  .meta({ id: 'Block' });

const anyway = z.boolean().default(false).meta({
  description: 'True: one person holds both, though their proven accounts conflict.',
});

export const JoinInto = z
  .strictObject({ into: z.int().positive(), anyway })
  .meta({ id: 'JoinInto', description: 'Whoever is older keeps their number.' });

export const PersonDecision = z
  .strictObject({ decision: z.enum(['same', 'different']), anyway })
  .meta({ id: 'PersonDecision' });

export const Unjoined = z
  .object({
    person: PersonDetails,
    rest: PersonDetails,
    tickets: z.array(z.int()).meta({
      description: 'On these both speak still: un-merge what is not one complaint',
    }),
  })
  .meta({ id: 'Unjoined' });

export const PersonDuplicate = LinkView.extend({
  person: z.int().meta({ description: 'The other person' }),
  own: z.int().meta({ description: 'Which member of this person it is about' }),
  joined: z.boolean().meta({ description: 'Both are one person now' }),
  undoneAt: z.iso.datetime().nullable(),
}).meta({ id: 'PersonDuplicate' });
export type PersonDuplicate = z.infer<typeof PersonDuplicate>;
