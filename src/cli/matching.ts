import { Command } from 'commander';
import { LABELLED_LINES } from './evaluate.js';
import { explained, READS_THE_DATA } from './explained.js';
import type { FitOptions } from './matching/fit.js';
import type { JsonOption, Shell } from './shell.js';

export function matchingCommand(shell: Shell): Command {
  return new Command('matching')
    .description(
      'how complaints are recognised: explain two, fit the weights · 匹配规则：解释与校准',
    )
    .addCommand(explain(shell))
    .addCommand(fit(shell));
}

function explain(shell: Shell): Command {
  const command = new Command('explain')
    .description('the sum of evidence between two tickets')
    .argument('<ticket>', 'its number')
    .argument('<other>', 'the number of another')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (one: string, other: string, options: JsonOption) =>
        (await import('./matching/explain.js')).explainTickets(shell, [one, other], options),
      ),
    );
  return explained(command, {
    about: [
      READS_THE_DATA,
      'The younger complaint is compared with the older one, each with all that was merged into it. Weights are log2(m/u), by config/matching.yaml and what lies over it.',
      'Only what was filed while matching.by was evidence is kept for comparing.',
    ],
    examples: ['matching explain 1042 1007', 'matching explain 1042 1007 --json'],
    exits: ['the two were compared', 'one of them is not there, or told nothing'],
  });
}

function fit(shell: Shell): Command {
  const command = new Command('fit')
    .description('estimate the weights from labelled messages, and show the change')
    .requiredOption('--messages <file>', 'drafts in order of arrival, one JSON a line')
    .requiredOption('--truth <file>', 'which message tells which complaint, one JSON a line')
    .option('--write <file>', 'write the proposed rules there, to lie over config/matching.yaml')
    .option('--json', 'the change as JSON')
    .action(
      shell.does(async (options: FitOptions) =>
        (await import('./matching/fit.js')).fitRules(shell, options),
      ),
    );
  return explained(command, {
    about: [
      'The messages are filed on a database of their own; every pair that is compared there is labelled by the truth. Nothing of the installation changes: put the file it writes into HUBBUB_CONFIG_DIR as matching.yaml.',
      ...LABELLED_LINES,
    ],
    examples: ['matching fit --messages messages.jsonl --truth truth.jsonl --write matching.yaml'],
    exits: ['the weights were estimated', 'it failed'],
  });
}
