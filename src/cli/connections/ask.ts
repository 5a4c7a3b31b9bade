import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Shell } from '../shell.js';

/** Asks on the terminal without showing what is typed. */
export async function askSecretly(shell: Shell, question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = createInterface({ input: shell.stdin, output: nowhere, terminal: true });
  try {
    return await asking.question('');
  } finally {
    asking.close();
    process.stderr.write('\n');
  }
}
