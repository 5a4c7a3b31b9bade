import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
import { loadForCommand } from '../configuration.js';
import { megabytes, openProgress } from '../progress.js';
import { CommandProblem, usage, type ExitCode, type JsonOption, type Shell } from '../shell.js';
import { openTar } from './tar.js';

const DATABASE = 'hubbub.db';
const LOOK_EVERY_MS = 200;

const READ_ME = `A backup of a Hubbub installation.

To restore: put these files into an empty data folder, put the master key beside them (master.key, or
HUBBUB_MASTER_KEY), start. The key is not in here: without it the credentials cannot be opened.
`;

/** Where the pieces of a backup go. */
interface Target {
  add(name: string, path: string, size: number, progress: (bytes: number) => void): Promise<void>;
  addText(name: string, text: string): void;
  end(): void;
}

/**
 * The database first, as one snapshot; then the blobs, which were all there before their rows were.
 * Works beside a running hub, since it only reads.
 */
export async function backUp(
  shell: Shell,
  target: string,
  { json }: JsonOption,
): Promise<ExitCode> {
  const { dir, databaseUrl } = loadForCommand().config.data;
  const embedded = databaseUrl === null;
  if (embedded && !existsSync(join(dir, DATABASE))) {
    throw usage(`there is no installation in ${dir}: name its folder in HUBBUB_DATA_DIR`);
  }
  const into = openTarget(target);
  // Beside the target: the copy needs room where the backup does.
  const scratch = mkdtempSync(join(dirname(resolve(target)), '.hubbub-backup-'));
  try {
    const copy = embedded ? await copyOfDatabase(shell, dir, join(scratch, DATABASE)) : null;
    await writeAll(shell, into, { dir, copy });
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    throw spaceProblem(error);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (json === true) {
    shell.out(JSON.stringify({ data: dir, target, database: embedded, masterKey: false }));
    return 0;
  }
  shell.out(`backed up ${dir} to ${target}`);
  shell.out('the master key is not in it: keep it elsewhere, or the credentials stay closed');
  if (!embedded) shell.out('attachments only: copy the Postgres database with pg_dump');
  return 0;
}

function openTarget(target: string): Target {
  try {
    if (target.endsWith('.tar')) return openTar(target, Date.now());
    mkdirSync(target, { recursive: true, mode: 0o700 });
    if (readdirSync(target).length === 0) return folderTarget(target);
  } catch (error) {
    const { code } = error as { code?: string };
    throw usage(
      code === 'EEXIST'
        ? `${target} is there already: name a new file`
        : `${target} cannot be written (${code ?? String(error)})`,
    );
  }
  throw usage(`${target} is not empty: name a new folder, or a FILE.tar`);
}

function folderTarget(folder: string): Target {
  return {
    async add(name, path, size, progress) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      await copyFile(path, join(folder, name));
      progress(size);
    },
    addText: (name, text) => writeFileSync(join(folder, name), text),
    end: () => undefined,
  };
}

async function copyOfDatabase(shell: Shell, dir: string, copy: string): Promise<string> {
  const file = join(dir, DATABASE);
  const { size } = statSync(file);
  const progress = await openProgress(shell, {
    label: 'copying the database',
    total: size,
    show: megabytes,
  });
  const timer = setInterval(() => {
    void stat(copy).then(
      (grown) => progress.at(Math.min(grown.size, size)),
      () => undefined,
    );
  }, LOOK_EVERY_MS);
  try {
    await new Promise<void>((done, fail) => {
      const thread = new Worker(new URL('./copy-thread.js', import.meta.url), {
        workerData: { file, copy },
      });
      thread.on('error', fail).on('exit', () => done());
    });
  } finally {
    clearInterval(timer);
    progress.end();
  }
  return copy;
}

interface Sources {
  readonly dir: string;
  readonly copy: string | null;
}

async function writeAll(shell: Shell, target: Target, { dir, copy }: Sources): Promise<void> {
  const blobs = await blobsIn(join(dir, 'blobs'));
  const files = blobs.map(({ name, size }) => ({
    name: `blobs/${name}`,
    path: join(dir, 'blobs', name),
    size,
  }));
  if (copy !== null) files.unshift({ name: DATABASE, path: copy, size: statSync(copy).size });
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = await openProgress(shell, { label: 'writing', total, show: megabytes });
  let done = 0;
  target.addText('README.txt', READ_ME);
  for (const { name, path, size } of files) {
    await target.add(name, path, size, (bytes) => progress.at((done += bytes)));
  }
  target.end();
  progress.end();
}

/** Finished blobs by their path below the folder; those still being written have longer names. */
async function blobsIn(
  folder: string,
): Promise<readonly { readonly name: string; readonly size: number }[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    /^[0-9a-f]{2}[/\\][0-9a-f]{64}$/.test(name),
  );
  return Promise.all(
    names.sort().map(async (name) => ({
      name: name.replaceAll('\\', '/'),
      size: (await stat(join(folder, name))).size,
    })),
  );
}

function spaceProblem(error: unknown): unknown {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  return code === 'ENOSPC' || /disk is full/i.test(message)
    ? new CommandProblem('there is no room for the backup: free some space, or write it elsewhere')
    : error;
}
