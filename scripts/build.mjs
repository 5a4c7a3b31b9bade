/**
 * Compiles the TypeScript of this checkout into dist/, and only when something changed.
 *
 * Run it (`npm run build`) or import `ensureBuilt()`. The compiler emits without checking types:
 * types are checked by `npm run check`, so that a start never waits for them.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = dirname(import.meta.dirname);
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.stamp');
const LOCK = join(ROOT, '.cache', 'build.lock');
const BUILD_INFO = join(DIST, '.tsbuildinfo');
const ROOMS = ['src', 'connectors', 'simulators', 'test'];
const SETTINGS = ['tsconfig.json', 'package.json'];
const LOCK_POLL_MS = 50;

/** Compiles when dist/ is missing or does not match its sources. Throws `BuildFailed` with the compiler's words. */
export function ensureBuilt() {
  if (isFresh(sources())) return;
  withLock(() => {
    // Whoever held the lock before us may have built already.
    const found = sources();
    if (!isFresh(found)) build(found);
  });
}

/** The compiler refused the sources; `message` is what it printed. */
export class BuildFailed extends Error {}

function build(found) {
  process.stderr.write('hubbub: compiling TypeScript into dist/ …\n');
  // Taken before compiling: an edit made meanwhile must make the next start compile again.
  const mark = fingerprint(found);
  rmSync(STAMP, { force: true });
  removeStale(found);
  // Without its output the compiler's memory of what it has emitted is wrong.
  if (!outputsOf(found).every(existsSync)) rmSync(BUILD_INFO, { force: true });
  compile();
  writeAtomically(STAMP, mark);
}

function compile() {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', join(ROOT, 'tsconfig.json'), '--noCheck', '--pretty', 'false'];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    rmSync(BUILD_INFO, { force: true });
    throw new BuildFailed(run.error?.message ?? `${run.stdout}${run.stderr}`.trim());
  }
}

/** Every TypeScript source, relative to the checkout, sorted. */
function sources() {
  return ROOMS.flatMap((room) => filesUnder(join(ROOT, room)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => relative(ROOT, file))
    .sort();
}

function isFresh(found) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint(found);
}

/**
 * A hash of names, sizes and times, not only the newest time: deleting a file, or putting an older
 * one back, must count as a change too.
 */
function fingerprint(found) {
  const hash = createHash('sha256');
  for (const file of [...found, ...SETTINGS]) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function outputsOf(found) {
  return found.map((file) => join(DIST, file.replace(/\.ts$/, '.js')));
}

/** A compiled test whose source is gone would go on running, and a compiled module go on being importable. */
function removeStale(found) {
  const wanted = new Set(outputsOf(found).flatMap((file) => [file, `${file}.map`]));
  for (const room of ROOMS) {
    for (const file of filesUnder(join(DIST, room))) {
      if (!wanted.has(file)) rmSync(file);
    }
    removeEmptyFolders(join(DIST, room));
  }
}

function removeEmptyFolders(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function writeAtomically(file, text) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

/** Two starts at once must not write the same outputs: the second waits, then finds nothing to do. */
function withLock(work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  while (!takeLock()) {
    if (!isHeld()) rmSync(LOCK, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
  try {
    work();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function takeLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock left behind by a build that was killed names a process that no longer runs. */
function isHeld() {
  try {
    const holder = Number(readFileSync(LOCK, 'utf8'));
    // An empty file: its owner has made it and not yet written its number.
    return holder === 0 || process.kill(holder, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    ensureBuilt();
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
