import { Command } from 'commander';
import { explained } from './explained.js';
import type { EvaluateOptions } from './evaluate/run.js';
import type { Shell } from './shell.js';

export function evaluateCommand(shell: Shell): Command {
  return new Command('evaluate')
    .description('measure the hub on labelled messages · 用标注数据评估')
    .addCommand(dedup(shell));
}

function dedup(shell: Shell): Command {
  const command = new Command('dedup')
    .description(
      'file drafts through the real intake, and score what was merged and asked against the truth · 评估重复投诉识别',
    )
    .requiredOption('--messages <file>', 'drafts in order of arrival, one JSON a line')
    .option('--truth <file>', 'which message tells which complaint, one JSON a line')
    .option('--assignments <file>', 'write {"id","ticket"} a message there')
    .option('--suggestions <file>', 'write {"a","b","decision","score"} a question there')
    .option('--json', 'the figures as JSON')
    .action(
      shell.does(async (options: EvaluateOptions) =>
        (await import('./evaluate/run.js')).evaluateDedup(shell, options),
      ),
    );
  return explained(command, {
    about: [
      'The messages are filed on a fresh database of their own, with a clock that follows them. Nothing of the installation is read but its rules (config/matching.yaml and what lies over it). The same messages give the same result.',
    ],
    examples: [
      'evaluate dedup --messages messages.jsonl --truth truth.jsonl',
      'evaluate dedup --messages messages.jsonl --assignments out.jsonl --suggestions asked.jsonl',
    ],
    exits: ['everything was filed', 'it failed'],
  });
}
