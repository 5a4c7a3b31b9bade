import { z } from 'zod';
import { time } from './ids.js';

export const AttachmentView = z
  .object({
    id: z.int(),
    name: z.string().nullable(),
    type: z.string().nullable().meta({ description: 'By its content, never by its name' }),
    size: z.int().nullable(),
    sha256: z.string().nullable(),
    state: z.enum(['pending', 'stored', 'expired', 'failed']),
    url: z
      .string()
      .nullable()
      .meta({ description: 'Where to download it; null until it is stored' }),
  })
  .meta({ id: 'Attachment' });
export type AttachmentView = z.infer<typeof AttachmentView>;

export const DELIVERY_STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'uncertain',
] as const;

export const DeliveryView = z
  .object({
    id: z.int(),
    message: z.int(),
    conversation: z.int(),
    connection: z.string(),
    recipient: z.string(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    failure: z
      .looseObject({ kind: z.string(), why: z.string() })
      .nullable()
      .meta({ description: 'What stands in the way, or why it failed' }),
    createdAt: time,
    nextTryAt: time.nullable().meta({ description: 'When the hub works on it again' }),
    outOfOrder: z.boolean(),
    parts: z.array(
      z.object({
        position: z.int(),
        state: z.enum(DELIVERY_STATES),
        preview: z.string(),
        externalId: z.string().nullable(),
        attempts: z.int(),
        sentAt: time.nullable().meta({
          description: 'When the attempt began that is known to have left; null: none is',
        }),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Delivery' });
export type DeliveryView = z.infer<typeof DeliveryView>;

export const MessageView = z
  .object({
    id: z.int(),
    ticket: z.int().meta({ description: 'The member it stands on' }),
    conversation: z.int().nullable().meta({ description: 'Null for a note' }),
    connection: z.string().nullable(),
    channel: z.string().nullable(),
    direction: z.enum(['in', 'out', 'note']),
    kind: z.string(),
    at: time.meta({ description: 'When it was said' }),
    corrected: z
      .boolean()
      .meta({ description: "The platform's own time was out of bounds; receipt stands in for it" }),
    receivedAt: time,
    author: z.string(),
    authorName: z.string().nullable(),
    subject: z.string().nullable(),
    text: z.string(),
    html: z.string().nullable().meta({ description: 'Sanitised: no scripts, no remote content' }),
    visibility: z.enum(['private', 'public']),
    state: z.enum(['edited', 'recalled']).nullable(),
    deliveries: z.array(DeliveryView),
    attachments: z.array(AttachmentView),
  })
  .meta({ id: 'Message' });
export type MessageView = z.infer<typeof MessageView>;
