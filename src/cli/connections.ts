import { Command } from 'commander';
import type { AddOptions } from './connections/add.js';
import type { JsonOption, Shell } from './shell.js';

export function connectionsCommand(shell: Shell): Command {
  const command = new Command('connections').description(
    'the connected accounts: list, add, check, remove · 已连接的账号',
  );
  command
    .command('list')
    .description('list the connections, never their secrets')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (options: JsonOption) =>
        (await import('./connections/list.js')).listConnections(shell, options),
      ),
    );
  command.addCommand(addCommand(shell));
  command
    .command('check')
    .description('try an account for real and say what is wrong')
    .argument('<id>', 'as connections list shows it')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (id: string, options: JsonOption) =>
        (await import('./connections/check.js')).checkConnection(shell, id, options),
      ),
    );
  command
    .command('remove')
    .description('end a connection; its tickets stay, its secrets are erased')
    .argument('<id>', 'as connections list shows it')
    .action(
      shell.does(async (id: string) =>
        (await import('./connections/remove.js')).removeConnection(shell, id),
      ),
    );
  return command;
}

function addCommand(shell: Shell): Command {
  const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];
  return new Command('add')
    .description('connect an account; takes effect at once in a running hub')
    .option('--connector <name>', 'as connectors list shows it')
    .option('--name <name>', 'a name of your own')
    .option('--group <brand>', 'the brand it belongs to (default: default)')
    .option(
      '--set <key=value>',
      'a setting; a dot goes deeper (mailbox.host=…); repeatable',
      collect,
      [],
    )
    .option(
      '--secret <key>',
      'a credential: asked for, or a line of standard input, or key=env:VARIABLE, or key=file:PATH; repeatable',
      collect,
      [],
    )
    .option('--from <file.yaml>', 'connector, name, group, settings, credentials from a file')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (options: AddOptions) =>
        (await import('./connections/add.js')).addConnection(shell, options),
      ),
    );
}
