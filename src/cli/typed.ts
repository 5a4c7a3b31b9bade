import { join } from 'node:path';
import type { Loaded } from '../config/load.js';
import { INSTALLATION } from '../config/paths.js';

/** How a command is run in a checkout and in the image. */
export const HUBBUB = 'npm run -s hubbub --';

/**
 * A command to copy into another terminal. What led this process to its data and is not the default
 * stands in front, or the command would work on other data; a password is left for the person to fill in.
 */
export function typed({ config, environment }: Loaded, words: string): string {
  const { dir, databaseUrl } = config.data;
  const { configDir } = environment;
  const variables = [
    ...(configDir === null ? [] : [['HUBBUB_CONFIG_DIR', configDir] as const]),
    ...(dir === join(INSTALLATION, 'data') ? [] : [['HUBBUB_DATA_DIR', dir] as const]),
    ...(databaseUrl === null
      ? []
      : [['HUBBUB_DATABASE_URL', withoutPassword(databaseUrl)] as const]),
  ];
  return [...variables.map(([name, value]) => `${name}=${quoted(value)}`), HUBBUB, words].join(' ');
}

/** `postgres://hubbub:…@db:5432/hub`; whoever reads a terminal or a log need not learn the rest. */
export function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return databaseUrl.replace(`:${url.password}@`, ':…@');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
