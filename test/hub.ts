import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Hub, Seams } from '../src/api/hub.js';
import { loadConfig } from '../src/config/load.js';
import { startHub } from '../src/main.js';
import { createMigratedDatabase, onPostgres, putMigratedDatabase } from './database.js';

export const ADMIN_TOKEN = 'hub_test_admin_token_for_this_process_only';

export interface TestHub extends Hub {
  /** The API as an admin, JSON in and out. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer>;
  /** Closes the hub and forgets its data. */
  end(): Promise<void>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of many shapes.
  readonly body: never;
}

export interface TestOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly seams?: Seams;
  readonly dataDir?: string;
}

/**
 * A real hub on a free port and a folder of its own; loopback platforms may be called. With `DB=postgres`
 * it stands on the test Postgres and BullMQ instead.
 */
export async function startTestHub({
  env = {},
  seams = {},
  dataDir,
}: TestOptions = {}): Promise<TestHub> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'hubbub-test-'));
  const servers = onPostgres ? await createMigratedDatabase() : null;
  const loaded = loadConfig({
    HUBBUB_PORT: '0',
    HUBBUB_DATA_DIR: folder,
    HUBBUB_LOG_LEVEL: process.env['HUBBUB_LOG_LEVEL'] ?? 'silent',
    HUBBUB_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
    ...(servers === null
      ? {}
      : { HUBBUB_DATABASE_URL: servers.url, HUBBUB_REDIS_URL: servers.redis }),
    ...env,
  });
  const config = { ...loaded.config, network: { allowPrivate: ['127.0.0.0/8'] } };
  if (servers === null) await putMigratedDatabase(config.data.dir);
  const hub = await startHub({ ...loaded, config }, seams);
  return {
    ...hub,
    api: (method, path, body, headers = {}) => callApi(hub.url, { method, path, body, headers }),
    async end() {
      await hub.close();
      await servers?.drop();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

async function callApi(url: string, { method, path, body, headers }: Call): Promise<ApiAnswer> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as never,
  };
}

/** Waits for something the hub does in its own time; the error says what never came. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  patience = 10_000,
): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`waited ${patience} ms in vain for ${what}`);
    await pause(20);
  }
}
