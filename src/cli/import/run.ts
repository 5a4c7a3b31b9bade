import { createReadStream, openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { loadForCommand } from '../configuration.js';
import { openOperations } from '../data/open.js';
import { megabytes, openProgress, type Progress } from '../progress.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { existing } from '../connections/existing.js';
import { draftBatches, mailBatches, type Batch } from './batches.js';
import { onInterrupt, type Interrupt } from './interrupt.js';
import { mustReadMails } from './reads-mails.js';
import { openRejects, type Rejects } from './rejects.js';
import { splitJsonl } from './split-jsonl.js';
import { splitMbox } from './split-mbox.js';
import { summarise, type Summary, type Tally } from './summary.js';
import type { Operations } from '../data/operations.js';
import type { Connector } from '../../sdk/treaty.js';

const CHUNK_BYTES = 256 * 1024;
/** Further bad lines are only counted. */
const MOST_NAMED = 100;

export interface ImportOptions extends JsonOption {
  readonly connection?: string;
}

export async function importFile(
  shell: Shell,
  file: string,
  { connection: named, json }: ImportOptions,
): Promise<ExitCode> {
  const connection = named ?? null;
  const { size, mbox } = look(file);
  const wiring = await shell.main();
  const told = { withoutData: 'refuse', tell: shell.err } as const;
  const opened = await openOperations(wiring, loadForCommand(), told);
  const interrupt = onInterrupt();
  try {
    await mustFit(opened.operations, connection, mbox ? await wiring.loadConnectors() : null);
    const job = { file, size, mbox, connection, interrupt };
    const summary = await takeIn(shell, opened.operations, job);
    summarise(shell, summary, json === true);
    const waits = !opened.served && summary.new > 0;
    if (waits && json !== true) shell.out('they are filed when the hub starts');
    return summary.refused > 0 || summary.stopped ? 1 : 0;
  } finally {
    interrupt.forget();
    await opened.close();
  }
}

/** `connectors`: those of an mbox, null for drafts, which may name their connection themselves. */
async function mustFit(
  operations: Operations,
  connection: string | null,
  connectors: ReadonlyMap<string, Connector> | null,
): Promise<void> {
  if (connection === null) {
    if (connectors === null) return;
    throw usage('an mbox needs --connection: whose mails are they?');
  }
  const line = await existing(operations, connection);
  if (connectors !== null) mustReadMails(line, await operations.listConnections(), connectors);
}

interface Job {
  readonly file: string;
  readonly size: number;
  readonly mbox: boolean;
  readonly connection: string | null;
  readonly interrupt: Interrupt;
}

async function takeIn(
  shell: Shell,
  operations: Operations,
  { file, size, mbox, connection, interrupt }: Job,
): Promise<Summary> {
  const rejects = openRejects(file);
  const label = `importing ${file}`;
  const progress = await openProgress(shell, { label, total: size, show: megabytes });
  const tally: Tally = { new: 0, known: 0, refused: 0 };
  const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  const batches = mbox
    ? mailBatches(splitMbox(chunks), operations, connection ?? '')
    : draftBatches(splitJsonl(chunks), operations, connection);
  try {
    for await (const batch of batches) {
      await settle(batch, { tally, rejects, progress });
      if (interrupt.asked()) break;
    }
  } finally {
    progress.end();
    rejects.close();
  }
  const kept = tally.refused > 0 ? rejects.path : null;
  return { ...tally, rejects: kept, stopped: interrupt.asked() };
}

interface Settling {
  readonly tally: Tally;
  readonly rejects: Rejects;
  readonly progress: Progress;
}

async function settle(batch: Batch, { tally, rejects, progress }: Settling): Promise<void> {
  for (const { piece, kept } of batch.items) {
    if (kept.kind !== 'refused') {
      tally[kept.kind] += 1;
      continue;
    }
    tally.refused += 1;
    await rejects.keep(piece, kept.why);
    if (tally.refused <= MOST_NAMED) progress.say(`line ${piece.line}: ${kept.why}`);
    if (tally.refused === MOST_NAMED) progress.say('further bad lines are only counted');
  }
  progress.at(batch.end);
}

/** Drafts are JSON objects; whatever begins with `From ` is an mbox, however it is called. */
function look(file: string): { readonly size: number; readonly mbox: boolean } {
  const head = Buffer.alloc(5);
  let handle: number | null = null;
  try {
    handle = openSync(file, 'r');
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw usage(`${file} is not a file: name one .jsonl or .mbox`);
    readSync(handle, head, 0, head.length, 0);
    const mbox = head.toString('latin1') === 'From ';
    if (!mbox && file.endsWith('.mbox') && stat.size > 0) {
      throw usage(`${file} is not an mbox: its first line does not begin with "From "`);
    }
    return { size: stat.size, mbox };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    throw usage(`${file} cannot be read (${code})`);
  } finally {
    if (handle !== null) closeSync(handle);
  }
}
