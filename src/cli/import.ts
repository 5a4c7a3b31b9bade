import { Command } from 'commander';
import type { ImportOptions } from './import/run.js';
import type { Shell } from './shell.js';

export function importCommand(shell: Shell): Command {
  return new Command('import')
    .description(
      'bring history in: drafts (FILE.jsonl) or mails (FILE.mbox); may be run again · 导入历史消息',
    )
    .argument('<file>', 'one JSON draft a line, or an mbox')
    .option('--connection <id>', 'the connection it belongs to; an mbox needs one')
    .option('--json', 'the summary as JSON')
    .addHelpText(
      'after',
      '\nHistory is filed and matched; nobody is told and nothing is answered. A bad line is named with its number and kept in FILE.rejects; the rest goes on.',
    )
    .action(
      shell.does(async (file: string, options: ImportOptions) =>
        (await import('./import/run.js')).importFile(shell, file, options),
      ),
    );
}
