import { Command } from 'commander';
import type { JsonOption, Shell } from './shell.js';

export function doctorCommand(shell: Shell): Command {
  return new Command('doctor')
    .description(
      'look over the installation: what is wrong, and the way out; changes nothing · 体检：检查安装并给出解决办法',
    )
    .option('--json', 'as JSON')
    .action(
      shell.does(async (options: JsonOption) =>
        (await import('./doctor/run.js')).examine(shell, options),
      ),
    );
}
