import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../architecture/tree.js';
import type { Ended } from './order.js';
import { openStanding } from './standing.js';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

interface LaunchOptions extends RunOptions {
  /** Where standard output goes instead of to the test. */
  readonly stdout?: number;
}

/** A folder of its own, and the real command run on it. */
export interface Bench {
  readonly data: string;
  path(name: string): string;
  /** Runs `hubbub …` to its end, in a process that has run others before: most of a command is loading the program. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Runs `hubbub …` in a process of its own, as a shell does: where the process is what is tested. */
  launch(args: readonly string[], options?: LaunchOptions): Pick<Running, 'child' | 'ended'>;
  /** Runs `hubbub start` until it is ready. */
  start(options?: RunOptions): Promise<Serving>;
  /** Kills what still runs and forgets the folder. */
  end(): void;
}

export interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it has printed so far. */
  out(): string;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const standing = openStanding();
afterAll(() => standing.end());

/** What a test needs that lets its hub call platforms on this machine. */
export const LOOPBACK = 'network: { allowPrivate: ["127.0.0.0/8"] }\n';

/** `configuration`: the installation's own hubbub.yaml. */
export function openBench(configuration?: string): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-cli-'));
  const data = join(folder, 'data');
  const children = new Set<ChildProcess>();

  const config = join(folder, 'config');
  if (configuration !== undefined) {
    mkdirSync(config);
    writeFileSync(join(config, 'hubbub.yaml'), configuration);
  }

  const environment = ({ env }: RunOptions): NodeJS.ProcessEnv => ({
    ...{ PATH: process.env['PATH'], HUBBUB_DATA_DIR: data, HUBBUB_PORT: '0' },
    ...(configuration === undefined ? {} : { HUBBUB_CONFIG_DIR: config }),
    ...env,
  });

  function launch(args: readonly string[], options: LaunchOptions = {}): Running {
    const child = spawn(process.execPath, [join(ROOT, 'bin/hubbub.mjs'), ...args], {
      cwd: ROOT,
      env: environment(options),
      stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
    });
    children.add(child);
    child.stdin?.end(options.input ?? '');
    return watch(child, () => children.delete(child));
  }

  return {
    data,
    path: (name) => join(folder, name),
    run: (args, options = {}) =>
      standing.run({ args, env: environment(options), input: options.input ?? '' }),
    launch,
    async start(options = {}) {
      const running = launch(['start'], options);
      const url = await running.ready;
      return {
        child: running.child,
        url,
        out: () => running.text.out,
        stop(signal = 'SIGTERM') {
          running.child.kill(signal);
          return running.ended;
        },
      };
    },
    end() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly text: { out: string; err: string };
  readonly ended: Promise<Ended>;
  /** The URL of the line that says so. */
  readonly ready: Promise<string>;
}

function watch(child: ChildProcess, gone: () => void): Running {
  const text = { out: '', err: '' };
  let isReady: (url: string) => void = () => undefined;
  let isNot: (error: Error) => void = () => undefined;
  const ready = new Promise<string>((resolve, reject) => {
    isReady = resolve;
    isNot = reject;
  });
  ready.catch(() => undefined);
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
    const url = /is ready on (http:\S+)/.exec(text.out)?.[1];
    // The lines come in one piece; the last of them is there with the first.
    if (url !== undefined) isReady(url);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      gone();
      isNot(new Error(`hubbub ended (${String(code)}): ${text.err}`));
      resolve({ code, ...text });
    });
  });
  return { child, text, ended, ready };
}
