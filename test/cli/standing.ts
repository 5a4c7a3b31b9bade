import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { ROOT } from '../architecture/tree.js';
import { END, type Ended, type Order } from './order.js';

/** A process that carries out commands, one after the other, for the tests of one file. */
export interface Standing {
  run(order: Order): Promise<Ended>;
  end(): void;
}

export function openStanding(): Standing {
  let child: ChildProcess | null = null;
  let before: Promise<unknown> = Promise.resolve();
  return {
    run(order) {
      const ended = before.then(() => carryOut((child ??= launch()), order));
      before = ended.catch(() => undefined);
      return ended;
    },
    end: () => void child?.kill('SIGKILL'),
  };
}

function launch(): ChildProcess {
  const child = fork(join(ROOT, 'dist/test/cli/standing-process.js'), {
    cwd: ROOT,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout?.setEncoding('utf8');
  child.stderr?.setEncoding('utf8');
  return child;
}

async function carryOut(child: ChildProcess, order: Order): Promise<Ended> {
  const texts = Promise.all([child.stdout, child.stderr].map(upToTheEnd));
  const code = new Promise<number>((resolve) => child.once('message', resolve));
  child.send(order);
  const [out = '', err = ''] = await texts;
  return { code: await code, out, err };
}

/** What a stream says of one command. */
function upToTheEnd(stream: Readable | null): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const heard = (chunk: string): void => {
      text += chunk;
      if (!text.endsWith(END)) return;
      stream?.off('data', heard).off('close', gone);
      resolve(text.slice(0, -END.length));
    };
    const gone = (): void => reject(new Error(`the process is gone: ${text}`));
    stream?.on('data', heard).once('close', gone);
  });
}
