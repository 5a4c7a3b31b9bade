import { Command } from 'commander';
import type { Shell } from './shell.js';

export function backupCommand(shell: Shell): Command {
  return new Command('backup')
    .description(
      'a consistent copy of a running or stopped installation, without its key · 备份（不含主密钥）',
    )
    .argument('<target>', 'FILE.tar, or a folder that is empty or not there yet')
    .addHelpText(
      'after',
      '\nTo restore: put the copy into an empty data folder, add the master key, start.\nThe master key is never part of a backup: without it the credentials inside cannot be opened. Keep it elsewhere.',
    )
    .action(
      shell.does(async (target: string) => (await import('./backup/run.js')).backUp(shell, target)),
    );
}
