import { z } from 'zod';
import { time, Words } from './ids.js';

const form = z.record(z.string(), z.unknown());

export const NewConnection = z
  .strictObject({
    connector: z.string().min(1).max(100).meta({ example: 'webhook' }),
    name: z.string().min(1).max(200),
    group: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'A brand; `default` if absent' }),
    settings: form.default({}),
    credentials: form.default({}).meta({ description: 'Stored encrypted and never shown again' }),
  })
  .meta({ id: 'NewConnection' });

export const ConnectionPatch = z
  .strictObject({
    name: z.string().min(1).max(200),
    settings: form.meta({ description: 'Laid over what is set' }),
    credentials: form.meta({ description: 'Laid over what is stored; the rest stays' }),
    status: z.enum(['active', 'paused']),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'say what is to change')
  .meta({ id: 'ConnectionPatch' });

export const ConnectionView = z
  .object({
    id: z.string(),
    connector: z.string(),
    channel: z.string(),
    name: z.string(),
    group: z.string(),
    status: z.enum(['active', 'attention', 'paused', 'failing']).meta({
      description:
        '`attention`: active, but something of it does not work (a listener that has no port, a mailbox that cannot be reached), as `statusReason` says',
    }),
    statusReason: z.string().nullable(),
    hookUrl: z
      .string()
      .nullable()
      .meta({ description: 'Where the platform delivers; null where it takes no webhooks' }),
    doorUrl: z
      .string()
      .nullable()
      .meta({ description: 'The own door (widget, app, form); null without one' }),
    port: z.int().nullable().meta({ description: 'The bound port of a listening connection' }),
    open: z.boolean().meta({ description: 'Its live half is open in this process' }),
    settings: form,
    credentials: z
      .array(z.string())
      .meta({ description: 'Names of the secrets that are stored; never their values' }),
    createdAt: time,
  })
  .meta({ id: 'Connection' });
export type ConnectionView = z.infer<typeof ConnectionView>;

export const CheckedView = z
  .object({
    ok: z.boolean(),
    findings: z.array(
      z.object({
        ...{ ok: z.boolean(), cause: z.string(), text: Words, next: Words.optional() },
        fields: z.array(z.string()).optional().meta({ description: 'What to enter' }),
        sending: z.enum(['impossible', 'untried']).optional().meta({
          description: 'Sending was not tried: nowhere to send to is set, or it cannot be tried',
        }),
      }),
    ),
    resumed: z.boolean().meta({
      description: 'It was failing and nothing is wrong: the replies it held back are tried again',
    }),
  })
  .meta({ id: 'Checked' });

export const ConnectorView = z
  .looseObject({
    name: z.string(),
    title: Words,
    version: z.string(),
    summary: Words,
    docs: z.string(),
    channel: z.string(),
    transports: z.array(z.string()),
    settings: z.looseObject({}).meta({ description: 'JSON Schema; labels in both languages' }),
    credentials: z
      .looseObject({})
      .meta({ description: 'JSON Schema; what is secret says so with `secret: true`' }),
    setup: z.array(z.looseObject({ kind: z.string() })),
    capabilities: z.looseObject({}),
    limits: z.array(z.looseObject({})),
    policies: z.looseObject({}),
  })
  .meta({ id: 'Connector' });
