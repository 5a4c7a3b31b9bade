import { Command } from 'commander';
import type { ExplainOptions } from './mapping/explain.js';
import { explained } from './explained.js';
import type { JsonOption, Shell } from './shell.js';

export function mappingCommand(shell: Shell): Command {
  const command = new Command('mapping').description(
    'mappings: test them, see what they make of a payload · 映射规则：测试与解释',
  );
  const testing = command
    .command('test')
    .description('run the cases beside the mappings')
    .argument('[name]', 'only below this folder of mappings/, or this file')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (name: string | undefined, options: JsonOption) =>
        (await import('./mapping/test-mappings.js')).testMappingFiles(shell, name, options),
      ),
    );
  explained(testing, {
    about: ['Reads mappings/ of the installation and of HUBBUB_CONFIG_DIR; no data, no server.'],
    examples: ['mapping test', 'mapping test webhook', 'mapping test webhook/message'],
    exits: ['every case passes', 'one does not'],
  });
  const explaining = command
    .command('explain')
    .description('field by field, which line of the mapping made what of a payload')
    .argument('<connector>', 'as connectors list shows it')
    .argument('<file>', 'a raw payload')
    .option('--settings <file>', 'settings of the connection as YAML or JSON')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (connector: string, file: string, options: ExplainOptions) =>
        (await import('./mapping/explain.js')).explain(shell, { connector, file, ...options }),
      ),
    );
  explained(explaining, {
    about: ['Reads the payload (- for standard input) and the mappings; no data, no server.'],
    examples: [
      'mapping explain webhook payload.json',
      'mapping explain webhook payload.json --settings settings.yaml   # { mapping: acme }',
    ],
    exits: ['a draft comes out', 'none does, and the reason is named'],
  });
  return command;
}
