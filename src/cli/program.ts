import { loadConfig } from '../config/load.js';
import { StartProblem } from '../ops/start-problem.js';
import type { Wiring } from './wiring.js';

/** The command line; returns the exit code: 0 ok, 1 failed, 2 bad usage. */
export async function runCommand(argv: readonly string[], wiring: Wiring): Promise<number> {
  try {
    if (argv[0] !== 'start') return 2;
    const hub = await wiring.startHub(loadConfig());
    process.stdout.write(`hubbub is ready at ${hub.url}\n${hub.adminToken ?? ''}\n`);
    await new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
    await hub.close();
    return 0;
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
