import type { Command } from 'commander';
import { HUBBUB } from './typed.js';

/** What `--help` says below the options. */
export interface Explanation {
  /** What it reads, what it leaves, what to know: whole sentences. */
  readonly about?: readonly string[];
  /** What to type after the command's name. */
  readonly examples: readonly string[];
  /** What 0 and 1 mean here; 2 means the same everywhere. */
  readonly exits: readonly [ok: string, failed: string];
}

/** Of commands that work on an installation. */
export const READS_THE_DATA =
  'Reads and writes the data that HUBBUB_DATA_DIR (./data) or HUBBUB_DATABASE_URL names; while a hub serves them, through that hub.';

export function explained(command: Command, { about = [], examples, exits }: Explanation): Command {
  const lines = [
    '',
    ...about,
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${HUBBUB} ${example}`),
    `Exit codes: 0 ${exits[0]}; 1 ${exits[1]}; 2 used or set up wrongly`,
  ];
  return command.addHelpText('after', lines.join('\n'));
}
