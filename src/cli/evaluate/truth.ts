import { z } from 'zod';

export const LEVELS = ['easy', 'medium', 'hard', 'ambiguous'] as const;
export type Level = (typeof LEVELS)[number];

const labels = z.array(z.string()).default([]);

/** What is true of one message. */
export const TruthRow = z.object({
  id: z.string(),
  conversation: z.string(),
  channel: z.string().default(''),
  language: z.string().default(''),
  /** The matter it tells. */
  complaint: z.string(),
  /** Whose matter it is. */
  customer: z.string().default(''),
  /** One cause behind many people's complaints, which stay apart. */
  incident: z.string().nullable().default(null),
  /** The message of the same complaint it hangs on; null: it is the first. */
  parent: z.string().nullable().default(null),
  reason: labels,
  /** Of the link to its parent. */
  difficulty: z.enum(LEVELS).default('easy'),
  cases: labels,
  /** Complaints of one group lie in wait for each other. */
  decoys: z.array(z.object({ kind: z.string(), group: z.string() })).default([]),
});
export type TruthRow = z.infer<typeof TruthRow>;

/** Two tickets, each named by one of its messages: `ask` is a question to an agent, `auto` was merged. */
export interface Suggestion {
  readonly a: string;
  readonly b: string;
  readonly decision: 'auto' | 'ask';
  readonly score: number;
}
