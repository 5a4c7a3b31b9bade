import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { newApiToken } from '../../api/token.js';
import { loadConfig } from '../../config/load.js';
import type { ExitCode } from '../shell.js';
import type { Wiring } from '../wiring.js';

/** Simulated platforms live on the loopback, which a hub otherwise never calls. */
const CONFIG = "network:\n  allowPrivate: ['127.0.0.0/8']\n";

/** A hub of its own in a folder that is gone afterwards; nothing of the real installation is touched. */
export async function runDemo(wiring: Wiring, once: boolean): Promise<ExitCode> {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-demo-'));
  const signal = endSignal();
  try {
    const { mappings, play } = await wiring.loadDemo();
    const token = newApiToken();
    const hub = await wiring.startHub(loadConfig(environmentOf(folder, mappings, token)));
    try {
      const { url } = hub;
      const write = (text: string): void => void process.stdout.write(text);
      const columns = process.stdout.isTTY ? process.stdout.columns : null;
      const good = await play({ url, token, write, columns, once, signal });
      return good || !once ? 0 : 1;
    } finally {
      await hub.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function environmentOf(
  folder: string,
  mappings: Readonly<Record<string, string>>,
  token: string,
): NodeJS.ProcessEnv {
  const config = join(folder, 'config');
  const files = { 'hubbub.yaml': CONFIG };
  const below = Object.entries(mappings).map(([path, text]) => [`mappings/${path}`, text] as const);
  for (const [path, text] of [...Object.entries(files), ...below]) {
    mkdirSync(dirname(join(config, path)), { recursive: true });
    writeFileSync(join(config, path), text);
  }
  return {
    HUBBUB_PORT: '0',
    HUBBUB_DATA_DIR: join(folder, 'data'),
    HUBBUB_CONFIG_DIR: config,
    HUBBUB_LOG_LEVEL: 'error',
    HUBBUB_BOOTSTRAP_TOKEN: token,
  };
}

/** Ctrl-C ends the story; a second one ends the process. */
function endSignal(): AbortSignal {
  const ending = new AbortController();
  const heard = (): void => {
    if (ending.signal.aborted) process.exit(1);
    ending.abort();
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  return ending.signal;
}
