import { Command } from 'commander';
import type { CheckOptions } from './connectors/check.js';
import { explained } from './explained.js';
import type { ExitCode, JsonOption, Shell } from './shell.js';
import { table } from './table.js';

export function connectorsCommand(shell: Shell): Command {
  const command = new Command('connectors').description(
    'the platforms this hub can connect · 支持的平台',
  );
  const listing = command
    .command('list')
    .description('list them with their titles and how they receive')
    .option('--json', 'the definitions, with JSON Schema of settings and credentials')
    .action(shell.does((options: JsonOption) => list(shell, options)));
  explained(listing, {
    about: ['Reads no data.'],
    examples: ['connectors list', 'connectors list --json'],
    exits: ['listed', 'a connector cannot be loaded'],
  });
  const checking = command
    .command('check')
    .description('put one or all to the conformance kit, as docs/conformance.md says')
    .argument('[name]', 'as connectors list shows it')
    .option('--all', 'every connector there is')
    .option('--json', 'of one: every check with its result; of all: one summary each')
    .action(
      shell.does(async (name: string | undefined, options: CheckOptions) =>
        (await import('./connectors/check.js')).checkConnectors(shell, name, options),
      ),
    );
  explained(checking, {
    about: [
      'In a checkout: reads test/conformance/<name>/subject.ts, and talks to its simulator only.',
      'Levels: bronze, nothing fails of what it says and reads; silver, nothing fails; gold, and nothing is waived.',
    ],
    examples: [
      'connectors check webhook',
      'connectors check --all',
      'connectors check --all --json',
    ],
    exits: ['nothing failed', 'a check failed'],
  });
  return command;
}

async function list(shell: Shell, { json }: JsonOption): Promise<ExitCode> {
  const connectors = await (await shell.main()).loadConnectors();
  const definitions = [...connectors.values()].map(({ definition }) => definition);
  if (json === true) {
    const { z } = await import('zod');
    const schema = (fields: (typeof definitions)[number]['settings']): unknown =>
      z.toJSONSchema(fields, { io: 'input', unrepresentable: 'any' });
    const shown = definitions.map((definition) => ({
      ...definition,
      settings: schema(definition.settings),
      credentials: schema(definition.credentials),
    }));
    shell.out(JSON.stringify(shown, null, 2));
    return 0;
  }
  const rows = definitions.map(({ name, title, version, transports, summary }) => [
    name,
    `${title.en} · ${title.zh}`,
    version,
    transports.join(', '),
    summary.en,
  ]);
  for (const row of table(['name', 'title', 'version', 'receives by', ''], rows)) shell.out(row);
  return 0;
}
