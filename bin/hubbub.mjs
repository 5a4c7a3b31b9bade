#!/usr/bin/env node
/** The command `hubbub`: compiles what is stale, then hands over to the compiled program. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

if (await isReady()) {
  const { run } = await import('../dist/src/main.js');
  process.exitCode = await run(process.argv.slice(2));
} else {
  process.exitCode = 1;
}
