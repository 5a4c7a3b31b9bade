import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installation, wherever the compiled program stands inside it. */
export const INSTALLATION = installation(dirname(fileURLToPath(import.meta.url)));
export const CONFIG_FOLDER = join(INSTALLATION, 'config');
export const MAPPINGS_FOLDER = join(INSTALLATION, 'mappings');

function installation(folder: string): string {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'config'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) {
    throw new Error('the installation folder (package.json beside config/) was not found');
  }
  return installation(parent);
}
