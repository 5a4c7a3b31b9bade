import { z } from 'zod';
import { Draft } from '../../model/draft.js';

const MOST_DRAFTS = 1_000;

/** A draft as it is pushed: the hub knows when it came, and which channel its connection is. */
export const PushedDraft = Draft.extend({
  receivedAt: Draft.shape.receivedAt.optional(),
  channel: Draft.shape.channel.optional(),
}).meta({ id: 'PushedDraft' });

export const PushedDrafts = z.union([PushedDraft, z.array(PushedDraft).min(1).max(MOST_DRAFTS)]);

export const Accepted = z
  .object({ accepted: z.int(), duplicates: z.int() })
  .meta({ id: 'Accepted' });
