import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TOKEN } from '../bench/processes.js';

export interface ChildOptions {
  /** Holds `data/` and `config/`. */
  readonly folder: string;
  readonly port: number;
  /** As HUBBUB_CRASHPOINTS takes them; null: it lives. */
  readonly crashpoints: string | null;
}

/** A hub in a process of its own, as its users start it. */
export interface Child {
  /** Resolves when the process is gone, whatever ended it. */
  readonly exited: Promise<NodeJS.Signals | null>;
  stop(): Promise<void>;
}

export async function startChild({ folder, port, crashpoints }: ChildOptions): Promise<Child> {
  const child = spawn(process.execPath, ['bin/hubbub.mjs', 'start'], {
    env: {
      ...process.env,
      HUBBUB_PORT: String(port),
      HUBBUB_DATA_DIR: join(folder, 'data'),
      HUBBUB_CONFIG_DIR: join(folder, 'config'),
      HUBBUB_BOOTSTRAP_TOKEN: TOKEN,
      HUBBUB_LOG_LEVEL: 'error',
      HUBBUB_CRASHPOINTS: crashpoints ?? '',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  );
  while (child.exitCode === null && child.signalCode === null && !(await isReady(port))) {
    await pause(20);
  }
  return {
    exited,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  return response?.ok === true;
}
