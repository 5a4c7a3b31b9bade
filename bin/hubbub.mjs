#!/usr/bin/env node
/** The command `hubbub`: compiles what is stale, then hands over to the compiled program. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LINGER_MS = 2_000;
const root = dirname(import.meta.dirname);

/** An image carries dist/ alone; a checkout carries the sources dist/ has to match. */
async function isReady() {
  if (!existsSync(join(root, 'src'))) return true;
  const { ensureBuilt, BuildFailed } = await import('../scripts/build.mjs');
  try {
    ensureBuilt();
    return true;
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    return false;
  }
}

/** Whoever reads us may stop early (`| head`): that ends a command and is no defect; a hub serves on. */
function notPrinted(error) {
  if (error.code !== 'EPIPE') {
    process.stderr.write(`what this prints cannot be written (${error.code}): it is incomplete\n`);
    process.exit(1);
  }
  if (process.argv[2] !== 'start') process.exit(0);
}

if (await isReady()) {
  process.stdout.on('error', notPrinted);
  const { runCommand } = await import('../dist/src/cli/program.js');
  // The house itself is loaded by the commands that need it, so that --help is quick.
  process.exitCode = await runCommand(process.argv.slice(2), () => import('../dist/src/main.js'));
  // A command that failed half-way may have left something open: it does not keep the shell waiting.
  setTimeout(() => process.exit(), LINGER_MS).unref();
} else {
  process.exitCode = 1;
}
