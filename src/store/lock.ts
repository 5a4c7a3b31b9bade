import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

const FILE = 'lock.db';
const HOLDER = 'lock.pid';

export type Locked =
  | { readonly ok: true; readonly release: () => void }
  /** `pid`: the holder's number in its own container; null where it has not said it. */
  | { readonly ok: false; readonly pid: number | null };

/**
 * The embedded database has exactly one serving process: the one that holds a write lock on a
 * database of its own in the data folder. The kernel keeps that lock and frees it when the process
 * ends in whatever way; process numbers decide nothing, for every container has a process 1. Keep `release`: it keeps the lock.
 */
export function lockData(folder: string): Locked {
  mkdirSync(folder, { recursive: true });
  // Asked of the kernel, whose refusal says more than that of SQLite.
  accessSync(folder, constants.W_OK);
  const holder = join(folder, HOLDER);
  const handle = hold(join(folder, FILE));
  if (handle === null) return { ok: false, pid: pidIn(holder) };
  writeFileSync(holder, String(process.pid));
  let held = true;
  return {
    ok: true,
    release() {
      if (!held) return;
      held = false;
      rmSync(holder, { force: true });
      handle.close();
    },
  };
}

type Handle = InstanceType<typeof DatabaseSync>;

/** Null when another handle has it. The file stays: removing it would let two hold a lock each. */
function hold(path: string): Handle | null {
  const handle = new DatabaseSync(path, { timeout: 0 });
  try {
    handle.exec('PRAGMA journal_mode=MEMORY');
    handle.exec('PRAGMA locking_mode=EXCLUSIVE');
    handle.exec('BEGIN EXCLUSIVE');
    return handle;
  } catch (error) {
    handle.close();
    if (/\bdatabase is locked\b/.test((error as Error).message)) return null;
    throw error;
  }
}

function pidIn(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
