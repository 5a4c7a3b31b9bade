import { Command } from 'commander';
import { explained, READS_THE_DATA } from './explained.js';
import type { ImportOptions } from './import/run.js';
import type { Shell } from './shell.js';

export function importCommand(shell: Shell): Command {
  const command = new Command('import')
    .description(
      'bring history in: drafts (FILE.jsonl) or mails (FILE.mbox); may be run again · 导入历史消息',
    )
    .argument('<file>', 'one JSON draft a line, or an mbox')
    .option('--connection <id>', 'the connection it belongs to; an mbox needs one that reads mails')
    .option('--json', 'the summary as JSON')
    .action(
      shell.does(async (file: string, options: ImportOptions) =>
        (await import('./import/run.js')).importFile(shell, file, options),
      ),
    );
  return explained(command, {
    about: [
      READS_THE_DATA,
      'History is filed and matched; nobody is told and nothing is answered. A bad line is named with its number and kept in FILE.rejects; the rest goes on.',
      'Ctrl-C stops after what is under way; the same command goes on, and passes over what is here already.',
      'A draft is what normalise prints, by schemas/draft.json. The least of one, on one line:',
      '  {"id":"m-1","conversation":"case-1","kind":"message","sender":{"handle":"C-42"},"text":"The kettle leaks","sentAt":"2025-03-01T10:00:00Z"}',
    ],
    examples: ['import history.jsonl --connection shop', 'import old.mbox --connection mail'],
    exits: ['everything is here', 'something was refused, or it was stopped'],
  });
}
