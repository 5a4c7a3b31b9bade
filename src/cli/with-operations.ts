import type { Opened } from './data/open.js';
import type { Shell } from './shell.js';

/** Runs `use` over the data of this installation, whoever holds it, and lets go of it afterwards. */
export async function withOperations<T>(
  shell: Shell,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const [{ openOperations }, { loadForCommand }] = await Promise.all([
    import('./data/open.js'),
    import('./configuration.js'),
  ]);
  const opened = await openOperations(await shell.main(), loadForCommand(), shell.err);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
