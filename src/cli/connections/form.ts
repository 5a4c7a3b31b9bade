import type { Saved } from '../../connections/service.js';
import type { Definition } from '../../sdk/definition.js';
import { usage, type CommandProblem, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';
import { readSecrets } from './secrets.js';
import { readSettings, type Fields } from './settings.js';

/** What `add` and `change` are told about an account. */
export interface FormOptions {
  readonly set: readonly string[];
  readonly secret: readonly string[];
}

export interface Form {
  readonly settings: Fields;
  readonly credentials: Fields;
}

/** `--set` and `--secret` as the connector's schemas mean them. */
export async function readForm(
  shell: Shell,
  { set, secret }: FormOptions,
  { settings, credentials }: Definition,
): Promise<Form> {
  return {
    settings: readSettings(set, settings),
    credentials: await readSecrets(shell, secret, credentials),
  };
}

/** Why a form was not taken, field by field. */
export function refusalOf(
  saved: Exclude<Saved, { kind: 'saved' }>,
  name: string,
  done: string,
): CommandProblem {
  if (saved.kind === 'unknown') return usage(unknownName(saved.what, name, saved.known));
  const problems = saved.problems.map(({ field, message }) => `${field}: ${message}`);
  return usage(`not ${done}: ${problems.join('; ')}`);
}
