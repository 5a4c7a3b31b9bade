import { z } from 'zod';
import { pageQuery } from '../pages.js';
import { time } from './ids.js';
import { DELIVERY_STATES } from './messages.js';

export const DeliveryQuery = z.object({ state: z.enum(DELIVERY_STATES).optional(), ...pageQuery });

export const Retry = z
  .strictObject({
    evenIfItMayArriveTwice: z.boolean().optional().meta({
      description:
        'Also an uncertain one. Look at the platform first: it may have reached the customer.',
    }),
  })
  .meta({ id: 'Retry' });

export const Resolve = z
  .strictObject({
    as: z.enum(['delivered', 'failed', 'resend']).meta({
      description: 'What a person found out about it. `resend` may reach the customer twice.',
    }),
  })
  .meta({ id: 'Resolve' });

export const ENVELOPE_STATES = ['received', 'done', 'quarantine'] as const;

export const EnvelopeQuery = z.object({ state: z.enum(ENVELOPE_STATES).optional(), ...pageQuery });

export const EnvelopeView = z
  .object({
    id: z.int(),
    connection: z.string(),
    key: z.string(),
    receivedAt: time,
    type: z.string(),
    size: z.int(),
    state: z.enum(ENVELOPE_STATES),
    attempts: z.int(),
    reason: z.string().nullable().meta({ description: 'Why it is in quarantine' }),
    remarks: z.array(z.string()),
  })
  .meta({ id: 'Envelope' });
export type EnvelopeView = z.infer<typeof EnvelopeView>;

export const RawEnvelope = EnvelopeView.extend({
  notes: z.record(z.string(), z.string()).meta({ description: 'Allow-listed headers' }),
  query: z.string(),
  body: z.string().meta({ description: 'The bytes as received, in base64' }),
}).meta({ id: 'RawEnvelope' });
