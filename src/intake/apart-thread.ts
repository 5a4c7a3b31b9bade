import { parentPort, workerData } from 'node:worker_threads';
import type { ApartAnswer, ApartSources, ApartTask, Asked } from './apart.js';
import { draftsOf } from './drafting.js';
import { loadMappings } from '../mapping/load.js';
import type { Connector } from '../sdk/treaty.js';

type Catalogue = Readonly<Record<string, () => Promise<Connector>>>;

/** The inside of the thread that reads apart: one task after the other, each answered. */
async function readTasks({ catalogue: url, mappings: folders }: ApartSources): Promise<void> {
  // The composition root names the catalogue; nothing below it knows a connector.
  const { catalogue } = (await import(url)) as { readonly catalogue: Catalogue };
  const loaded = await loadMappings(folders);
  // One after the other: the deadline outside is that of the task whose turn it is.
  let line = Promise.resolve();
  parentPort?.on('message', (task: ApartTask) => {
    line = line.then(async () => parentPort?.postMessage(await answerTask(task)));
  });

  async function answerTask(task: ApartTask): Promise<ApartAnswer> {
    try {
      return { id: task.id, found: await find(task) };
    } catch (error) {
      return { id: task.id, defect: String((error as Error).stack ?? error).slice(0, 2_000) };
    }
  }

  async function find(task: Asked): Promise<unknown> {
    const connector = await catalogue[task.connector]?.();
    if (connector === undefined) throw new Error(`there is no connector ${task.connector}`);
    const { buffer, byteOffset, byteLength } = task.envelope.body;
    const envelope = { ...task.envelope, body: Buffer.from(buffer, byteOffset, byteLength) };
    if (task.about === 'attachment') return connector.attachment?.(envelope, task.ref) ?? null;
    const set = loaded.ok ? loaded.library.get(task.mappings) : undefined;
    if (set === undefined) throw new Error(`there is no mapping ${task.mappings}`);
    return draftsOf(connector, set, task.account, envelope);
  }
}

await readTasks(workerData as ApartSources);
