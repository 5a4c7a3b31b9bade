import { Command } from 'commander';
import type { Shell } from './shell.js';

export function demoCommand(shell: Shell): Command {
  return new Command('demo')
    .description(
      'five customers complain to simulated platforms and get their answers; no account needed · 演示：五位客户投诉并得到回复',
    )
    .option('--once', 'end with a summary; 0 when every answer arrived exactly once')
    .action(
      shell.does(async (options: { readonly once?: boolean }) =>
        (await import('./demo/run.js')).runDemo(await shell.main(), options.once === true),
      ),
    );
}
