import { spawnSync } from 'node:child_process';
import { startBenchHub } from '../hub.js';
import { row, type Measure } from '../row.js';

const RUNS = 5;
/** What any start costs: node itself, the driver, a database, an open port. */
const BARE = `
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const db = new DatabaseSync(':memory:');
  const { createServer } = await import('node:http');
  createServer().listen(0, () => process.exit(0));
`;

/** Seconds from the command to the first request that is answered, on data that is there already. */
export const start: Measure = async (bench) => {
  bench.say('start: cold starts');
  const folder = bench.folder('start');
  await (await startBenchHub(folder)).stop();
  const seconds: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const began = performance.now();
    spawnSync(process.execPath, ['--input-type=module', '-e', BARE], { stdio: 'ignore' });
    bare.push((performance.now() - began) / 1_000);
    const hub = await startBenchHub(folder);
    seconds.push(hub.startSeconds);
    await hub.stop();
  }
  return [row('start', median(seconds), 's', median(bare))];
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
