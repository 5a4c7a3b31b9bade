import type { NewConnection, Saved } from '../../connections/service.js';
import { usage, type CommandProblem, type ExitCode, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { readConnectionFile } from './from-file.js';
import { unknownName } from '../unknown-name.js';
import { readSecrets } from './secrets.js';
import { layOver, readSettings } from './settings.js';

/** What `connections add` was told on the command line. */
export interface AddOptions {
  readonly connector?: string;
  readonly name?: string;
  readonly group?: string;
  readonly set: readonly string[];
  readonly secret: readonly string[];
  readonly from?: string;
  readonly json?: boolean;
}

export async function addConnection(shell: Shell, options: AddOptions): Promise<ExitCode> {
  const connection = await connectionOf(shell, options);
  return withOperations<ExitCode>(shell, async ({ operations, served }) => {
    const saved = await operations.addConnection(connection);
    if (saved.kind !== 'saved') throw refusalOf(saved, connection.connector);
    const line = (await operations.listConnections()).find(({ id }) => id === saved.id);
    const hookUrl = line?.hookUrl ?? null;
    if (options.json === true) {
      shell.out(JSON.stringify({ id: saved.id, hookUrl }, null, 2));
      return 0;
    }
    shell.out(`added ${saved.id}${served ? ', and it is open' : '; it opens when the hub starts'}`);
    if (hookUrl !== null) shell.out(`  its platform calls: ${hookUrl}`);
    shell.out(`  try it: connections check ${saved.id}`);
    return 0;
  });
}

async function connectionOf(shell: Shell, options: AddOptions): Promise<NewConnection> {
  const file = options.from === undefined ? {} : readConnectionFile(options.from);
  const name = options.connector ?? file.connector;
  if (name === undefined) throw usage('--connector is missing: connectors list names them all');
  const connectors = await (await shell.main()).loadConnectors();
  const connector = connectors.get(name);
  if (connector === undefined) throw usage(unknownName('connector', name, connectors.keys()));
  const { definition } = connector;
  const given = {
    settings: readSettings(options.set, definition.settings),
    credentials: await readSecrets(shell, options.secret, definition.credentials),
  };
  return {
    connector: name,
    name: options.name ?? file.name ?? definition.title.en,
    group: options.group ?? file.group,
    settings: layOver(file.settings ?? {}, given.settings),
    credentials: layOver(file.credentials ?? {}, given.credentials),
  };
}

function refusalOf(saved: Exclude<Saved, { kind: 'saved' }>, connector: string): CommandProblem {
  if (saved.kind === 'unknown') return usage(unknownName(saved.what, connector, saved.known));
  const problems = saved.problems.map(({ field, message }) => `${field}: ${message}`);
  return usage(`not added: ${problems.join('; ')}`);
}
