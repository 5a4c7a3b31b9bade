import { setFlagsFromString } from 'node:v8';
import type { Hub } from '../../api/hub.js';
import { readConfig, type Loaded } from '../../config/load.js';
import { ConfigProblem } from '../../config/problem.js';
import { unknownVariables } from '../../config/variables.js';
import { openDoor } from '../data/door.js';
import { operationsOver } from '../data/over-house.js';
import type { ExitCode, Shell } from '../shell.js';
import type { Wiring } from '../wiring.js';
import { welcome } from './welcome.js';

/**
 * Left to itself V8 lets the heap of a hub (some 30 MiB in use) grow three- or fourfold between two
 * collections; half as much again costs no measurable time and keeps a fifth of its memory free.
 */
const HEAP_GROWTH = '--heap-growing-percent=50';

/** Runs the hub until the first SIGTERM or SIGINT has closed it; the second ends the process at once. */
export async function serve(shell: Shell, wiring: Wiring): Promise<ExitCode> {
  setFlagsFromString(HEAP_GROWTH);
  const stop = onSignal();
  for (const sentence of unknownVariables()) shell.err(sentence);
  const hub = await wiring.startHub(await settingsFor(wiring));
  let closeDoor: () => void = () => undefined;
  try {
    closeDoor = await doorOf(hub);
    shell.out((await welcome(hub)).join('\n'));
    await stop;
    shell.err('stopping: what is being sent ends first; the same signal again ends at once');
  } finally {
    closeDoor();
    await hub.close();
  }
  return 0;
}

/** Where a setting is wrong the other files are read all the same: one refusal names everything. */
async function settingsFor({ readInstallation }: Wiring): Promise<Loaded> {
  const read = readConfig();
  if (read.ok) return read.loaded;
  const rest = await readInstallation(read.environment);
  throw new ConfigProblem(...read.mistakes, ...(rest.ok ? [] : rest.mistakes));
}

function onSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const heard = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on('SIGTERM', heard).on('SIGINT', heard);
  });
}

/** Many processes may serve a Postgres: there commands go to the database themselves. */
async function doorOf(hub: Hub): Promise<() => void> {
  const { house, queue } = hub;
  if (house.store.dialect === 'postgres') return () => undefined;
  const operations = operationsOver({ ...hub, ring: (stage) => queue.ring(stage) });
  return openDoor(house.loaded.config.data.dir, hub.url, operations);
}
