import { Command } from 'commander';
import { explained } from './explained.js';
import type { Shell } from './shell.js';

export function startCommand(shell: Shell): Command {
  const command = new Command('start')
    .description(
      'serve: receive, file, answer, until it is told to stop · 启动服务：接收、建单、回复',
    )
    .action(
      shell.does(async () => (await import('./start/serve.js')).serve(shell, await shell.main())),
    );
  return explained(command, {
    about: [
      'Settings come from HUBBUB_* variables and hubbub.yaml in HUBBUB_CONFIG_DIR; config/default.yaml explains each.',
      'Ctrl-C or SIGTERM stops it: what is being sent ends first; the same again ends it at once.',
    ],
    examples: ['start', 'start   # with HUBBUB_PORT=8081 HUBBUB_DATA_DIR=/var/lib/hubbub in front'],
    exits: ['it was told to stop', 'it broke, or was told twice'],
  });
}
