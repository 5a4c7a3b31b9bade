import { Command } from 'commander';
import { explained } from './explained.js';
import type { EvaluateOptions } from './evaluate/run.js';
import type { Shell } from './shell.js';

/** A line of each file that labelled messages come in. */
export const LABELLED_LINES: readonly string[] = [
  'A message is a whole draft, its connection and receivedAt named: {"id":"m1","connection":"shop","channel":"webhook","conversation":"c1","kind":"message","receivedAt":"2026-03-01T10:00:00Z","sender":{"handle":"C-42"},"text":"…"}',
  'A truth names the same message and the complaint it tells: {"id":"m1","conversation":"c1","complaint":"k1","customer":"p1"}',
];

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
      ...LABELLED_LINES,
    ],
    examples: [
      'evaluate dedup --messages messages.jsonl --truth truth.jsonl',
      'evaluate dedup --messages messages.jsonl --assignments out.jsonl --suggestions asked.jsonl',
    ],
    exits: ['everything was filed', 'it failed'],
  });
}
