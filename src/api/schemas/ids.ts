import { z } from 'zod';

/** A number in a path; what is no such number names nothing. */
export const idInPath = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .meta({ type: 'integer', example: 17 });

export const connectionId = z.string().min(1).max(200).meta({ example: 'mail-support' });

export const time = z.iso.datetime().meta({ description: 'UTC' });

/** Both languages of everything a person reads. */
export const Words = z.object({ en: z.string(), zh: z.string() }).meta({ id: 'Words' });

/** RFC 9457 problem details, as every error is answered. */
export const Problem = z
  .looseObject({
    type: z.string().meta({ example: '/docs/errors#hub_104' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ example: 'HUB_104' }),
    problems: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
