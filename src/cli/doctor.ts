import { Command } from 'commander';
import { explained } from './explained.js';
import type { JsonOption, Shell } from './shell.js';

export function doctorCommand(shell: Shell): Command {
  const command = new Command('doctor')
    .description(
      'look over the installation: what is wrong, and the way out; changes nothing · 体检：检查安装并给出解决办法',
    )
    .option('--json', 'as JSON')
    .action(
      shell.does(async (options: JsonOption) =>
        (await import('./doctor/run.js')).examine(shell, options),
      ),
    );
  return explained(command, {
    about: [
      'Looks at the configuration, Node, connectors, mappings, the data folder, the database, the master key, the connections, answers and messages that are stuck, the clock, Redis and the public address.',
    ],
    examples: ['doctor'],
    exits: ['nothing is wrong', 'something is, and is named with the way out'],
  });
}
