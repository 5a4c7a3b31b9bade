import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;

/** A file system of its own that is quickly full; memory, so nothing of the machine's disk is touched. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it but for so many bytes. */
  fill(leave: number): void;
  free(): void;
  remove(): void;
}

export type MountedDisk =
  | { readonly kind: 'mounted'; readonly disk: SmallDisk }
  | { readonly kind: 'impossible'; readonly why: string };

/** Mounts it; that needs root on Linux. */
export function mountSmallDisk(mebibytes: number): MountedDisk {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return { kind: 'impossible', why: 'a disk of its own can be mounted by root on Linux only' };
  }
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-small-disk-'));
  try {
    const size = `size=${mebibytes}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    return { kind: 'impossible', why: `a tmpfs cannot be mounted here (${String(error)})` };
  }
  const ballast = join(folder, 'ballast');
  const disk: SmallDisk = {
    folder,
    fill(leave) {
      const room = Buffer.alloc(leave);
      const reserve = join(folder, 'reserve');
      if (leave > 0) writeAll(reserve, room);
      fillUp(ballast);
      rmSync(reserve, { force: true });
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return { kind: 'mounted', disk };
}

function writeAll(path: string, bytes: Buffer): void {
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  closeSync(file);
}

/** Writes until not even a page fits. */
function fillUp(path: string): void {
  const file = openSync(path, 'w');
  for (const size of [MEBIBYTE, 4_096]) {
    const bytes = Buffer.alloc(size);
    while (fits(file, bytes));
  }
  closeSync(file);
}

function fits(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') return false;
    throw error;
  }
}
