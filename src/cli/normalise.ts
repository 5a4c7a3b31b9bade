import { Command } from 'commander';
import type { NormaliseOptions } from './normalise/reader.js';
import type { Shell } from './shell.js';

export function normaliseCommand(shell: Shell): Command {
  return new Command('normalise')
    .description(
      'raw payloads in, drafts out: one JSON a line; needs no data and no server · 原始报文转为统一格式，每行一个 JSON',
    )
    .argument('<connector>', 'as connectors list shows it')
    .argument('[file...]', 'files, folders (read recursively) or - for standard input')
    .option('--settings <file>', 'settings of the connection as YAML or JSON (default: defaults)')
    .option('--type <type>', 'the content type they came with')
    .option('--query <query>', 'the query string they came with, without ?')
    .addHelpText(
      'after',
      '\nEvery line carries `source`, the file as named. Input that cannot be read gives a line with `error`, and exit code 1 at the end.',
    )
    .action(
      shell.does(async (connector: string, files: string[], options: NormaliseOptions) =>
        (await import('./normalise/run.js')).normalise(shell, { connector, files, ...options }),
      ),
    );
}
