import { Command } from 'commander';
import type { AddOptions } from './connections/add.js';
import type { ChangeOptions } from './connections/change.js';
import { explained, READS_THE_DATA } from './explained.js';
import type { JsonOption, Shell } from './shell.js';

export function connectionsCommand(shell: Shell): Command {
  return new Command('connections')
    .description('the connected accounts: list, add, change, check, remove · 已连接的账号')
    .addCommand(listCommand(shell))
    .addCommand(addCommand(shell))
    .addCommand(changeCommand(shell))
    .addCommand(checkCommand(shell))
    .addCommand(removeCommand(shell));
}

function listCommand(shell: Shell): Command {
  const command = new Command('list')
    .description('list the connections, never their secrets')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (options: JsonOption) =>
        (await import('./connections/list.js')).listConnections(shell, options),
      ),
    );
  return explained(command, {
    about: [READS_THE_DATA],
    examples: ['connections list', 'connections list --json'],
    exits: ['listed', 'the data cannot be read'],
  });
}

function addCommand(shell: Shell): Command {
  const command = new Command('add')
    .description('connect an account; takes effect at once in a running hub')
    .option('--connector <name>', 'as connectors list shows it')
    .option('--name <name>', 'a name of your own; the id is made of it')
    .option('--group <brand>', 'the brand it belongs to (default: default)');
  withForm(command)
    .option('--from <file.yaml>', 'connector, name, group, settings, credentials from a file')
    .action(
      shell.does(async (options: AddOptions) =>
        (await import('./connections/add.js')).addConnection(shell, options),
      ),
    );
  return explained(command, {
    about: [
      READS_THE_DATA,
      'Saves it, tries it for real, and says whether it can be used. connectors/<name>/README.md has a command to copy for each platform, and every field.',
    ],
    examples: [
      'connections add --connector webhook --name shop --set sendUrl=https://shop.example/answers --secret secret',
      'connections add --connector webhook --name shop --secret secret=env:SHOP_SECRET --json',
      'connections add --from mail.yaml',
    ],
    exits: ['saved, usable or not', 'it could not be saved'],
  });
}

function changeCommand(shell: Shell): Command {
  const command = new Command('change')
    .description('change settings or secrets of a connection; what is not named stays as it is')
    .argument('<id>', 'as connections list shows it')
    .option('--name <name>', 'another name; the id stays');
  withForm(command).action(
    shell.does(async (id: string, options: ChangeOptions) =>
      (await import('./connections/change.js')).changeConnection(shell, id, options),
    ),
  );
  return explained(command, {
    about: [READS_THE_DATA],
    examples: [
      'connections change shop --set sendUrl=https://shop.example/replies',
      'connections change shop --secret secret',
    ],
    exits: ['saved, usable or not', 'it could not be saved'],
  });
}

function withForm(command: Command): Command {
  const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value];
  return command
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
    .option('--no-check', 'do not try it')
    .option('--json', 'as JSON');
}

function checkCommand(shell: Shell): Command {
  const command = new Command('check')
    .description('try an account for real and say what is wrong')
    .argument('<id>', 'as connections list shows it')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (id: string, options: JsonOption) =>
        (await import('./connections/check.js')).checkConnection(shell, id, options),
      ),
    );
  return explained(command, {
    about: [READS_THE_DATA, 'Signs in where the account says; sends nothing to a customer.'],
    examples: ['connections check mail'],
    exits: ['it can be used', 'it cannot, and what is wrong is named with the way out'],
  });
}

function removeCommand(shell: Shell): Command {
  const command = new Command('remove')
    .description('end a connection; its tickets stay, its secrets are erased')
    .argument('<id>', 'as connections list shows it')
    .option('--json', 'as JSON')
    .action(
      shell.does(async (id: string, options: JsonOption) =>
        (await import('./connections/remove.js')).removeConnection(shell, id, options),
      ),
    );
  return explained(command, {
    about: [READS_THE_DATA, 'An id that was used is never given again.'],
    examples: ['connections remove mail'],
    exits: ['removed', 'it could not be removed'],
  });
}
