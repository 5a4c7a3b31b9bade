import { z } from 'zod';
import { pageQuery } from '../pages.js';
import { PRIORITIES, STATUSES, type Status } from '../../model/ticket-state.js';
import { CONFIRMATIONS } from '../../replies/choose.js';
import { LinkView, Ticket } from '../../model/ticket.js';
import { connectionId, idInPath } from './ids.js';

const TEXT = 200_000;
const name = z.string().min(1).max(200);
const isStatus = (word: string): word is Status => (STATUSES as readonly string[]).includes(word);

export const numberParams = z.object({ number: idInPath });
export const pairParams = z.object({ number: idInPath, other: idInPath });

export const ownQuery = z.object({
  own: z
    .enum(['1', 'true'])
    .optional()
    .meta({ description: 'Of a merged number: its own part, instead of a redirect to the root.' }),
});

export const TicketQuery = z.object({
  status: z
    .string()
    .max(100)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().refine(isStatus, `one or more of: ${STATUSES.join(', ')}`)))
    .optional()
    .meta({ type: 'string', description: `One or more of ${STATUSES.join(', ')}, with commas.` }),
  q: z.string().min(1).max(200).optional().meta({
    description:
      'Words that stand in the subject or a message, as they were written (case of Latin letters aside).',
  }),
  channel: z.string().max(50).optional(),
  assignee: z.string().max(200).optional().meta({ description: '`none`: nobody.' }),
  priority: z.enum(PRIORITIES).optional(),
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Last message at this time or later.' }),
  spam: z.enum(['true', 'false']).default('false').meta({ description: 'Show spam instead.' }),
  ...pageQuery,
});

export const NewTicket = z
  .strictObject({
    connection: connectionId,
    handle: z.string().min(1).max(320).meta({ description: "The customer's address there" }),
    name: name.optional(),
    subject: z.string().max(2_000).optional(),
    text: z.string().min(1).max(TEXT),
    log: z.boolean().default(false).meta({
      description:
        "True: the words are a note of the customer's own (a call, a visit), and nothing is sent. False: they are sent to the customer.",
    }),
  })
  .meta({ id: 'NewTicket' });

export const TicketPatch = z
  .strictObject({
    status: z.enum(STATUSES),
    subject: z.string().min(1).max(2_000),
    priority: z.enum(PRIORITIES),
    category: name.nullable(),
    assignee: name.nullable(),
    team: name.nullable(),
    tags: z.array(z.string().min(1).max(100)).max(100),
    fields: z
      .record(z.string().min(1).max(100), z.string().max(2_000))
      .refine((fields) => Object.keys(fields).length <= 200, 'at most 200 fields')
      .meta({ description: 'Laid over the fields that are there' }),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'say what is to change')
  .meta({ id: 'TicketPatch' });

const attachmentIds = z
  .array(z.int().positive())
  .max(50)
  .default([])
  .meta({ description: 'Ids of POST /api/v1/attachments' });

const confirmation = z.enum(CONFIRMATIONS);

export const NewReply = z
  .strictObject({
    text: z.string().max(TEXT),
    attachments: attachmentIds,
    conversation: z
      .int()
      .positive()
      .optional()
      .meta({
        description:
          "Absent: the customer's latest reachable one; needed, or `confirm`, where several persons speak on the ticket",
      }),
    confirm: z
      .union([confirmation.transform((one) => [one]), z.array(confirmation).max(2)])
      .default([])
      .meta({
        description:
          '`persons`: answer the person whose ticket it is, although others speak on it. `replyTo`: from now on answer this conversation at the address that was asked for without proof (`replyTo` of the conversation). Both are recorded with your name.',
      }),
    replyTo: z.string().max(320).optional().meta({
      description:
        'With `confirm: "replyTo"`: the address you have read; if another is asked for by now, nothing is sent.',
    }),
    final: z.boolean().default(false).meta({
      description:
        'The last answer for now: where the platform counts messages, it may take those that `replies.reserved` keeps for it.',
    }),
  })
  .refine(
    ({ text, attachments }) => text.trim() !== '' || attachments.length > 0,
    'a reply needs a text or an attachment',
  )
  .refine(({ confirm, replyTo }) => replyTo === undefined || confirm.includes('replyTo'), {
    path: ['replyTo'],
    message:
      'an address alone turns nothing: send it with `confirm: "replyTo"`, or leave it out to answer where the conversation is answered now',
    params: {
      zh: '仅有地址不会改变回复去向:请同时发送 `confirm: "replyTo"`,或去掉此项,按会话当前的地址回复',
    },
  })
  .meta({ id: 'NewReply' });

export const NewNote = z
  .strictObject({ text: z.string().min(1).max(TEXT), attachments: attachmentIds })
  .meta({ id: 'NewNote' });

export const MergeInto = z
  .strictObject({ into: z.int().positive() })
  .meta({ id: 'MergeInto', description: 'Whichever is older keeps its number.' });

export const Unmerge = z
  .strictObject({ preview: z.boolean().default(false) })
  .meta({ id: 'Unmerge' });

export const Parted = z
  .object({ ticket: Ticket, rest: Ticket, preview: z.boolean() })
  .meta({ id: 'Parted' });

export const Split = z
  .strictObject({
    messages: z.array(z.int().positive()).min(1).max(200),
    into: z.int().positive().optional().meta({ description: 'The ticket they belong to instead' }),
  })
  .meta({ id: 'Split' });

export const Spam = z.strictObject({ spam: z.boolean().default(true) }).meta({ id: 'Spam' });

export const Decision = z
  .strictObject({ decision: z.enum(['same', 'different']) })
  .meta({ id: 'Decision' });

export const Duplicate = LinkView.extend({
  ticket: z.int().meta({ description: 'The other ticket' }),
  own: z.int().meta({ description: 'Which part of this ticket it is about' }),
  merged: z.boolean().meta({ description: 'Both are one ticket now' }),
  undoneAt: z.iso.datetime().nullable(),
}).meta({ id: 'Duplicate' });
