/**
 * `npm run check`: everything a machine can say about a change without running the product.
 * All of it runs even when one part fails, two parts at a time, and each part's words stay together.
 */
import { spawn } from 'node:child_process';

const PARTS = ['typecheck', 'lint', 'boundaries', 'format:check', 'test:architecture'];
const SIDE_BY_SIDE = 2;

const failed = [];
const waiting = [...PARTS];

async function work() {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const started = performance.now();
    const { code, output } = await run(part);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${part} (${seconds} s)\n`);
    if (code === 0) continue;
    failed.push(part);
    process.stdout.write(`${output.trimEnd()}\n`);
  }
}

function run(part) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '-s', part], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', reject).once('close', (code) => resolve({ code, output }));
  });
}

await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
if (failed.length > 0) {
  process.stdout.write(`\nnot ready: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
