import { Command } from 'commander';
import { explained } from './explained.js';
import type { Shell } from './shell.js';

export function demoCommand(shell: Shell): Command {
  const command = new Command('demo')
    .description(
      'five customers complain to simulated platforms and get their answers; no account needed · 演示：五位客户投诉并得到回复',
    )
    .option('--once', 'end with a summary; 0 when every answer arrived exactly once')
    .action(
      shell.does(async (options: { readonly once?: boolean }) =>
        (await import('./demo/run.js')).runDemo(await shell.main(), options.once === true),
      ),
    );
  return explained(command, {
    about: ['Works in a temporary folder on free ports, and leaves nothing behind.'],
    examples: ['demo', 'demo --once'],
    exits: ['every answer arrived exactly once', 'one did not'],
  });
}
