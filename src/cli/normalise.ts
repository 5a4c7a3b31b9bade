import { Command } from 'commander';
import type { NormaliseOptions } from './normalise/reader.js';
import { explained } from './explained.js';
import type { Shell } from './shell.js';

export function normaliseCommand(shell: Shell): Command {
  const command = new Command('normalise')
    .description(
      'raw payloads in, drafts out: one JSON a line; needs no data and no server · 原始报文转为统一格式，每行一个 JSON',
    )
    .argument('<connector>', 'as connectors list shows it')
    .argument('[file...]', 'files, folders (read recursively) or - for standard input')
    .option('--settings <file>', 'settings of the connection as YAML or JSON (default: defaults)')
    .option('--type <type>', 'the content type they came with')
    .option('--query <query>', 'the query string they came with, without ?')
    .action(
      shell.does(async (connector: string, files: string[], options: NormaliseOptions) =>
        (await import('./normalise/run.js')).normalise(shell, { connector, files, ...options }),
      ),
    );
  return explained(command, {
    about: [
      'Every line carries `source`, the file as named. Input that cannot be read gives a line with `error`; the rest goes on.',
      'What it prints can be imported: import drafts.jsonl --connection <id>.',
    ],
    examples: ['normalise email mails/ > drafts.jsonl', 'normalise webhook - < body.json'],
    exits: ['everything was read', 'some input could not be read'],
  });
}
