import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'hubbub.lock';

export type Locked =
  | { readonly ok: true; readonly release: () => void }
  | { readonly ok: false; readonly pid: number };

/**
 * The embedded database has exactly one serving process: a file in the data folder names it. A lock
 * whose process is gone (a crash, a restarted machine) is taken over.
 */
export function lockData(folder: string): Locked {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  for (;;) {
    try {
      takeFile(path);
      return { ok: true, release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error;
      const holder = holderOf(path);
      if (holder !== null) return { ok: false, pid: holder };
      rmSync(path, { force: true });
    }
  }
}

/** The file appears with its content: nobody reads a lock that is half written and takes it for a stale one. */
function takeFile(path: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${process.pid} ${processStart(process.pid)}`);
  try {
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function holderOf(path: string): number | null {
  const [pid, start] = read(path).split(' ');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0 || number === process.pid) return null;
  return isAlive(number) && (start ?? '') === processStart(number) ? number : null;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

/** When a process began, so that a reused number is not taken for the holder; empty where unknown. */
function processStart(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
