import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadResult, LoadTask } from './load.js';
import type { MailResult, MailTask } from './mail-load.js';

const TICKS_PER_SECOND = 100;
export const TOKEN = 'hub_bench_token_for_this_run_only';

export interface Running {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Runs a load in a process of its own and returns what it saw. */
function runChild<Result>(script: string, task: object): Promise<Result> {
  const child = fork(new URL(script, import.meta.url));
  return new Promise((resolve, reject) => {
    child.once('message', (result) => resolve(result as Result));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? undefined : reject(new Error(`${script} ended with ${code}`)),
    );
    child.send(task);
  });
}

export const runLoad = (task: LoadTask): Promise<LoadResult> => runChild('./load.js', task);
export const runMail = (task: MailTask): Promise<MailResult> => runChild('./mail-load.js', task);

async function startServer(script: string, ...args: readonly string[]): Promise<Running> {
  const child = fork(new URL(script, import.meta.url), args);
  const port = await new Promise<number>((resolve) =>
    child.once('message', (said) => resolve((said as { port: number }).port)),
  );
  return { pid: child.pid ?? 0, port, stop: () => ended(child, 'SIGKILL') };
}

export const startRaw = (folder: string): Promise<Running> =>
  startServer('./raw-server.js', folder);
/** Verifies with that secret and files each message in a knex transaction of its own. */
export const startKnex = (folder: string, secret: string): Promise<Running> =>
  startServer('./knex-server.js', folder, secret);
export const startRawMail = (folder: string): Promise<Running> =>
  startServer('./raw-mail-server.js', folder);
/** Takes every POST with 200 and an id. */
export const startSink = (): Promise<Running> => startServer('./sink.js');

/** The hub as its users start it; resolves when it is ready, with the seconds that took. */
export async function startHubProcess(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Running & { readonly startSeconds: number }> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, ['bin/hubbub.mjs', 'start'], {
    env: {
      ...process.env,
      HUBBUB_PORT: String(port),
      HUBBUB_DATA_DIR: folder,
      HUBBUB_BOOTSTRAP_TOKEN: TOKEN,
      HUBBUB_LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}`);
    await pause(10);
  }
  const startSeconds = (performance.now() - began) / 1_000;
  return { pid: child.pid ?? 0, port, startSeconds, stop: () => ended(child, 'SIGTERM') };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** CPU seconds a process has used so far, user and system, all its threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MiB. */
export function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return Number(line) / 1_024;
}

export async function callApi<T>(
  port: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}
