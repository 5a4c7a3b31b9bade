import { z } from 'zod';
import { SCOPES } from '../access.js';
import { time } from './ids.js';

export const NewToken = z
  .strictObject({
    name: z.string().trim().min(1).max(100).meta({
      description: 'Who or what uses it; shown as the author of what is done with it',
    }),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  })
  .meta({ id: 'NewToken' });

export const TokenView = z
  .object({
    id: z.int(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: time,
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Token' });

export const FreshToken = TokenView.extend({
  token: z.string().meta({ description: 'Shown this once' }),
}).meta({ id: 'FreshToken' });
