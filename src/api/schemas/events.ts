import { z } from 'zod';
import { time } from './ids.js';

export const EventView = z
  .object({
    number: z.int(),
    type: z.string().meta({ example: 'received' }),
    ticket: z.int().meta({ description: 'The member it happened to' }),
    conversation: z.int().nullable(),
    at: time,
    author: z.string(),
    data: z.looseObject({}).meta({ description: 'Ids and excerpts, never whole contents' }),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof EventView>;
