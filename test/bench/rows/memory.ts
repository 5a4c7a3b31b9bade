import { connectShop, measureWebhooks, startBenchHub } from '../hub.js';
import { residentMiB, runLoad, startRaw } from '../processes.js';
import { row, type Measure } from '../row.js';
import { SECRET } from '../signed.js';

const MESSAGES = 100_000;
const SLICE = 20_000;

/** Resident memory after 100,000 messages, beside a plain server that stored as many. */
export const memory: Measure = async (bench) => {
  bench.say(`memory: ${MESSAGES} messages through the raw server and the hub`);
  const raw = await startRaw(bench.folder('raw-memory'));
  const hub = await startBenchHub(bench.folder('memory'));
  const path = await connectShop(hub);
  for (let sent = 0; sent < MESSAGES; sent += SLICE) {
    await runLoad({
      port: raw.port,
      path,
      secret: SECRET,
      run: `raw${sent}`,
      messages: SLICE,
      connections: 32,
    });
    await measureWebhooks(hub, { path, run: `m${sent}`, messages: SLICE, connections: 32 });
  }
  const rows = [row('memory', residentMiB(hub.pid), 'MiB', residentMiB(raw.pid))];
  await raw.stop();
  await hub.stop();
  return rows;
};
