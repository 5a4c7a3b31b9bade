import type { NewConnection } from '../../connections/service.js';
import type { Operations } from '../data/operations.js';
import { usage, type ExitCode, type Shell } from '../shell.js';
import { HUBBUB } from '../typed.js';
import { unknownName } from '../unknown-name.js';
import { withNewOperations } from '../with-operations.js';
import { readForm, refusalOf, type FormOptions } from './form.js';
import { readConnectionFile } from './from-file.js';
import { layOver } from './settings.js';
import { tryOut, type TryOptions } from './try-out.js';

/** What `connections add` was told on the command line. */
export interface AddOptions extends FormOptions, TryOptions {
  readonly connector?: string;
  readonly name?: string;
  readonly group?: string;
  readonly from?: string;
}

/** 0 as soon as it is saved: whether it can be used is told, and is mended without adding it again. */
export async function addConnection(shell: Shell, options: AddOptions): Promise<ExitCode> {
  const connection = await connectionOf(shell, options);
  return withNewOperations<ExitCode>(shell, async (opened) => {
    await refuseSameName(opened.operations, connection.name);
    const saved = await opened.operations.addConnection(connection);
    if (saved.kind !== 'saved') throw refusalOf(saved, connection.connector, 'added');
    await tryOut(shell, opened, { id: saved.id, done: 'added' }, options);
    return 0;
  });
}

/** Whoever adds a name twice mostly wants to mend the first: two of one name would both be in use. */
async function refuseSameName(operations: Operations, name: string): Promise<void> {
  const same = (await operations.listConnections()).find((one) => one.name === name);
  if (same === undefined) return;
  throw usage(
    `not added: there is a connection called ${name} already. To change it: ${HUBBUB} connections change ${same.id} --set … --secret …; for another one beside it, give another --name`,
  );
}

async function connectionOf(shell: Shell, options: AddOptions): Promise<NewConnection> {
  const file = options.from === undefined ? {} : readConnectionFile(options.from);
  const name = options.connector ?? file.connector;
  if (name === undefined) throw usage('--connector is missing: connectors list names them all');
  const connectors = await (await shell.main()).loadConnectors();
  const connector = connectors.get(name);
  if (connector === undefined) throw usage(unknownName('connector', name, connectors.keys()));
  const { definition } = connector;
  const given = await readForm(shell, options, definition);
  return {
    connector: name,
    name: options.name ?? file.name ?? definition.title.en,
    group: options.group ?? file.group,
    settings: layOver(file.settings ?? {}, given.settings),
    credentials: layOver(file.credentials ?? {}, given.credentials),
  };
}
