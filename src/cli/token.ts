import { Command, Option } from 'commander';
import { explained, READS_THE_DATA } from './explained.js';
import type { ExitCode, Shell } from './shell.js';
import { withNewOperations } from './with-operations.js';

interface CreateOptions {
  readonly scope: string;
  readonly name: string;
  readonly json?: boolean;
}

export function tokenCommand(shell: Shell): Command {
  const command = new Command('token').description('tokens for the API · API 令牌');
  const creating = command
    .command('create')
    .description('make a token; it is shown once, only its hash is kept')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(SCOPES).default('admin'))
    .option('--name <name>', 'who will use it', 'command line')
    .option('--json', 'as JSON')
    .action(shell.does((options: CreateOptions) => create(shell, options)));
  explained(creating, {
    about: [READS_THE_DATA],
    examples: ['token create --scope agent --name "support desk"', 'token create --json'],
    exits: ['made', 'it could not be made'],
  });
  return command;
}

const SCOPES = ['admin', 'agent', 'integrator', 'viewer'];

async function create(shell: Shell, { scope, name, json }: CreateOptions): Promise<ExitCode> {
  const token = await withNewOperations(shell, ({ operations }) =>
    operations.createToken({ name, scopes: scope }),
  );
  shell.out(json === true ? JSON.stringify({ name, scope, token }, null, 2) : token);
  return 0;
}
