/** The source tree as these tests see it: the files git would carry, read from disk, never from dist/. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The checkout; this file runs as dist/test/architecture/tree.js. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The rooms that hold our TypeScript. */
export const ROOMS: readonly string[] = ['src', 'connectors', 'simulators', 'test'];

/** Every file under a folder of the checkout, relative to the checkout, sorted; none when it is missing. */
export function filesUnder(folder: string): readonly string[] {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** The folders directly inside a folder of the checkout. */
export function foldersIn(folder: string): readonly string[] {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

export function typescriptUnder(folder: string): readonly string[] {
  return filesUnder(folder).filter((file) => file.endsWith('.ts'));
}

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || file.startsWith('test/');
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export function exists(file: string): boolean {
  return existsSync(join(ROOT, file));
}
