import { DatabaseSync } from '@photostructure/sqlite';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  callApi,
  cpuSeconds,
  residentMiB,
  runLoad,
  startHubProcess,
  type Running,
} from './processes.js';
import type { LoadResult } from './load.js';
import { SECRET } from './signed.js';

const LONGEST_WAIT_MS = 300_000;

export interface BenchHub extends Running {
  readonly folder: string;
  readonly startSeconds: number;
  /** Messages on tickets so far. */
  filed(): number;
}

export async function startBenchHub(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchHub> {
  const hub = await startHubProcess(folder, env);
  const db = new DatabaseSync(join(folder, 'hubbub.db'), { readOnly: true });
  const last = db.prepare('SELECT COALESCE(MAX(id), 0) AS n FROM messages');
  return {
    ...hub,
    folder,
    filed: () => (last.get() as { n: number }).n,
    async stop() {
      db.close();
      await hub.stop();
    },
  };
}

export async function connectShop(hub: BenchHub): Promise<string> {
  const { hookUrl } = await callApi<{ hookUrl: string }>(hub.port, 'POST', '/connections', {
    connector: 'webhook',
    name: 'shop',
    settings: {},
    credentials: { secret: SECRET },
  });
  return new URL(hookUrl).pathname;
}

export interface EndToEnd {
  /** Messages a second, from the first byte sent to the last message on its ticket. */
  readonly rate: number;
  readonly cpuMs: number;
  readonly residentMiB: number;
  readonly load: LoadResult;
}

export interface Run {
  readonly path: string;
  readonly run: string;
  readonly messages: number;
  readonly connections: number;
}

/** Sends signed webhooks and waits until every one of them stands on a ticket. */
export async function measureWebhooks(hub: BenchHub, { path, ...run }: Run): Promise<EndToEnd> {
  const [before, cpuBefore] = [hub.filed(), cpuSeconds(hub.pid)];
  const load = await runLoad({ port: hub.port, path, secret: SECRET, ...run });
  if (load.refused > 0) throw new Error(`${load.refused} of ${run.messages} webhooks were refused`);
  const end = await untilFiled(hub, before + run.messages);
  return {
    rate: run.messages / ((end - load.startedAt) / 1_000),
    cpuMs: ((cpuSeconds(hub.pid) - cpuBefore) / run.messages) * 1_000,
    residentMiB: residentMiB(hub.pid),
    load,
  };
}

/** The time (milliseconds) at which the n-th message was filed. */
export async function untilFiled(hub: BenchHub, n: number): Promise<number> {
  const patience = Date.now() + LONGEST_WAIT_MS;
  while (hub.filed() < n) {
    if (Date.now() > patience) {
      throw new Error(`${hub.filed()} of ${n} messages were filed in ${LONGEST_WAIT_MS} ms`);
    }
    await pause(5);
  }
  return Date.now();
}
