import { Command } from 'commander';
import { explained } from './explained.js';
import type { JsonOption, Shell } from './shell.js';

export function backupCommand(shell: Shell): Command {
  const command = new Command('backup')
    .description(
      'a consistent copy of a running or stopped installation, without its key · 备份（不含主密钥）',
    )
    .argument('<target>', 'FILE.tar, or a folder that is empty or not there yet')
    .option('--json', 'the summary as JSON')
    .action(
      shell.does(async (target: string, options: JsonOption) =>
        (await import('./backup/run.js')).backUp(shell, target, options),
      ),
    );
  return explained(command, {
    about: [
      'Reads the data folder; a hub may run meanwhile. For Postgres it copies the attachments only: take the database with pg_dump.',
      'To restore: put the copy into an empty data folder, add the master key, start.',
      'The master key is never part of a backup: without it the credentials inside cannot be opened. Keep it elsewhere.',
    ],
    examples: ['backup hubbub-2026-11-20.tar', 'backup /mnt/backup/hubbub'],
    exits: ['the copy is whole', 'it is not, and nothing is left behind'],
  });
}
