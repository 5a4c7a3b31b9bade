import { createReadStream, openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { loadForCommand } from '../configuration.js';
import { openOperations } from '../data/open.js';
import { megabytes, openProgress, type Progress } from '../progress.js';
import { usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { unknownName } from '../unknown-name.js';
import { draftBatches, mailBatches, type Batch } from './batches.js';
import { openRejects, type Rejects } from './rejects.js';
import { splitJsonl } from './split-jsonl.js';
import { splitMbox } from './split-mbox.js';
import type { Operations } from '../data/operations.js';

const CHUNK_BYTES = 256 * 1024;
/** Further bad lines are only counted. */
const MOST_NAMED = 100;

export interface ImportOptions extends JsonOption {
  readonly connection?: string;
}

interface Tally {
  new: number;
  known: number;
  refused: number;
}

export async function importFile(
  shell: Shell,
  file: string,
  { connection, json }: ImportOptions,
): Promise<ExitCode> {
  const { size, mbox } = look(file);
  if (mbox && connection === undefined) {
    throw usage('an mbox needs --connection: whose mails are they?');
  }
  const opened = await openOperations(await shell.main(), loadForCommand());
  const rejects = openRejects(file);
  const progress = await openProgress(shell, {
    label: `importing ${file}`,
    total: size,
    show: megabytes,
  });
  const tally: Tally = { new: 0, known: 0, refused: 0 };
  try {
    if (connection !== undefined) await mustExist(opened.operations, connection);
    const chunks = createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
    const batches = mbox
      ? mailBatches(splitMbox(chunks), opened.operations, connection ?? '')
      : draftBatches(splitJsonl(chunks), opened.operations, connection ?? null);
    for await (const batch of batches) await settle(batch, { tally, rejects, progress });
  } finally {
    progress.end();
    rejects.close();
    await opened.close();
  }
  summarise(shell, { ...tally, rejects: tally.refused > 0 ? rejects.path : null }, json === true);
  if (!opened.served && json !== true) shell.out('they are filed when the hub starts');
  return tally.refused > 0 ? 1 : 0;
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
    await rejects.keep(piece);
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

async function mustExist(operations: Operations, connection: string): Promise<void> {
  const ids = (await operations.listConnections()).map(({ id }) => id);
  if (!ids.includes(connection)) throw usage(unknownName('connection', connection, ids));
}

function summarise(
  shell: Shell,
  summary: Tally & { readonly rejects: string | null },
  json: boolean,
): void {
  if (json) return shell.out(JSON.stringify(summary));
  const refused =
    summary.rejects === null ? '' : `, ${summary.refused} refused (kept in ${summary.rejects})`;
  shell.out(`${summary.new} imported, ${summary.known} here already${refused}`);
}
