import { z } from 'zod';
import { Draft, isWordless } from '../../model/draft.js';

const MOST_DRAFTS = 1_000;

/** A draft as it is pushed: the hub knows when it came, and which channel its connection is. */
export const PushedDraft = Draft.extend({
  receivedAt: Draft.shape.receivedAt.optional(),
  channel: Draft.shape.channel.optional(),
  source: z.string().optional().meta({ description: 'What `normalise` writes beside a draft; not kept' }),
})
  .refine((draft) => !isWordless(draft), {
    path: ['text'],
    error: 'it says nothing: a text, subject, html or attachment is missing',
    params: { zh: '没有内容:缺少 text、subject、html 或附件' },
  })
  .meta({ id: 'PushedDraft' });

export const PushedDrafts = z.union([PushedDraft, z.array(PushedDraft).min(1).max(MOST_DRAFTS)]);

export const Accepted = z
  .object({ accepted: z.int(), duplicates: z.int() })
  .meta({ id: 'Accepted' });
