import { Command } from 'commander';
import type { Shell } from './shell.js';

export function startCommand(shell: Shell): Command {
  return new Command('start')
    .description(
      'serve: receive, file, answer, until it is told to stop · 启动服务：接收、建单、回复',
    )
    .addHelpText(
      'after',
      '\nSettings come from HUBBUB_* variables and hubbub.yaml in HUBBUB_CONFIG_DIR; config/default.yaml explains each.',
    )
    .action(
      shell.does(async () => (await import('./start/serve.js')).serve(shell, await shell.main())),
    );
}
