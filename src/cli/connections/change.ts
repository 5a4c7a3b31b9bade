import { usage, type ExitCode, type Shell } from '../shell.js';
import { withOperations } from '../with-operations.js';
import { readForm, refusalOf, type FormOptions } from './form.js';
import { existing } from './existing.js';
import { tryOut, type TryOptions } from './try-out.js';

/** What `connections change` was told on the command line. */
export interface ChangeOptions extends FormOptions, TryOptions {
  readonly name?: string;
}

/** What is not given stays as it is: nobody types a secret again to mend a host name. */
export async function changeConnection(
  shell: Shell,
  id: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const { name, set, secret } = options;
  if (name === undefined && set.length === 0 && secret.length === 0) {
    throw usage('say what to change: --set, --secret or --name');
  }
  const connectors = await (await shell.main()).loadConnectors();
  return withOperations<ExitCode>(shell, async (opened) => {
    const { connector } = await existing(opened.operations, id);
    const definition = connectors.get(connector)?.definition;
    if (definition === undefined) throw usage(`there is no connector ${connector} any more`);
    const form = await readForm(shell, options, definition);
    const saved = await opened.operations.changeConnection({ id, name, ...form });
    if (saved.kind !== 'saved') throw refusalOf(saved, id, 'changed');
    await tryOut(shell, opened, { id, done: 'changed' }, options);
    return 0;
  });
}
