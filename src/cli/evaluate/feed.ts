import { megabytes, openProgress } from '../progress.js';
import type { Shell } from '../shell.js';
import { openTrial, type Trial } from './intake.js';
import { draftsIn, sizeOf } from './read.js';
import type { Compared } from '../../intake/matching.js';
import type { MatchingRules } from '../../matching/rules.js';

/** Messages to be filed on a database of their own. */
export interface Feed {
  /** A file of drafts. */
  readonly messages: string;
  readonly rules: MatchingRules;
  /** Hears of every comparison. */
  readonly compared?: (seen: Compared) => void;
}

/** Drafts that wait together are one batch of the ordered writer, as under load. */
const BATCH = 64;

/** Files all of them, shows how far it is, and looks at what came of it before the database is gone. */
export async function fileThrough<T>(
  shell: Shell,
  { messages, rules, compared }: Feed,
  look: (trial: Trial) => Promise<T>,
): Promise<T> {
  const progress = await openProgress(shell, {
    label: `filing ${messages}`,
    total: sizeOf(messages),
    show: megabytes,
  });
  const trial = await openTrial(rules, progress.say, compared);
  try {
    let waiting = 0;
    for await (const { draft, end } of draftsIn(messages)) {
      trial.take(draft);
      waiting += 1;
      if (waiting < BATCH) continue;
      await trial.file();
      progress.at(end);
      waiting = 0;
    }
    await trial.file();
    return await look(trial);
  } finally {
    progress.end();
    await trial.end();
  }
}
