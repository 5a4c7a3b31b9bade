import type { Opened, WithoutData } from './data/open.js';
import type { Shell } from './shell.js';

/** Runs `use` over the data of this installation, whoever holds it, and lets go of it afterwards; refused where there are none. */
export function withOperations<T>(shell: Shell, use: (opened: Opened) => Promise<T>): Promise<T> {
  return over(shell, 'refuse', use);
}

/** The same, for a command with which an installation may begin. */
export function withNewOperations<T>(
  shell: Shell,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  return over(shell, 'make', use);
}

async function over<T>(
  shell: Shell,
  withoutData: WithoutData,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const [{ openOperations }, { loadForCommand }] = await Promise.all([
    import('./data/open.js'),
    import('./configuration.js'),
  ]);
  const told = { withoutData, tell: shell.err };
  const opened = await openOperations(await shell.main(), loadForCommand(), told);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
