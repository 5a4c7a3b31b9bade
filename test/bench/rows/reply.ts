import { Agent, request } from 'node:http';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { measureWebhooks, startBenchHub } from '../hub.js';
import { callApi, startSink, TOKEN } from '../processes.js';
import { row, type Measure } from '../row.js';
import { SECRET } from '../signed.js';

const AT_ONCE = 16;

/** An agent's POST → the platform has it and the hub knows, replies a second, beside bare POSTs to the same platform. */
export const reply: Measure = async (bench) => {
  const replies = Math.ceil(bench.messages / 10);
  bench.say('reply: bare POSTs, then replies through the hub');
  const sink = await startSink();
  const body = JSON.stringify({ text: 'We are on it. 马上处理' });
  const limit = await postAll(replies, () => ({ port: sink.port, path: '/', body }));

  const config = bench.folder('reply-config');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'hubbub.yaml'), 'network: { allowPrivate: ["127.0.0.0/8"] }\n');
  const hub = await startBenchHub(bench.folder('reply'), { HUBBUB_CONFIG_DIR: config });
  const { hookUrl } = await callApi<{ hookUrl: string }>(hub.port, 'POST', '/connections', {
    connector: 'webhook',
    name: 'shop',
    settings: { sendUrl: `http://127.0.0.1:${sink.port}/replies`, externalId: 'body.id' },
    credentials: { secret: SECRET },
  });
  await measureWebhooks(hub, {
    path: new URL(hookUrl).pathname,
    run: 'r',
    messages: replies,
    connections: AT_ONCE,
  });
  const began = performance.now();
  await postAll(replies, (n) => ({
    port: hub.port,
    path: `/api/v1/tickets/${n}/replies`,
    body,
    key: `k${n}`,
  }));
  await untilSent(hub.folder, replies);
  const rate = replies / ((performance.now() - began) / 1_000);
  await hub.stop();
  await sink.stop();
  return [row('reply', rate, 'replies/s', replies / limit)];
};

interface Post {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly key?: string;
}

/** Seconds for n POSTs, several at once over kept connections. */
async function postAll(n: number, postOf: (n: number) => Post): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < n) await post(agent, postOf((next += 1)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  agent.destroy();
  return (performance.now() - began) / 1_000;
}

function post(agent: Agent, { port, path, body, key }: Post): Promise<void> {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  return new Promise((resolve, reject) => {
    const call = request(
      { agent, port, path, host: '127.0.0.1', method: 'POST', headers },
      (response) => {
        response.resume();
        response.on('end', () =>
          (response.statusCode ?? 0) < 300
            ? resolve()
            : reject(new Error(`${path} answered ${response.statusCode}`)),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

async function untilSent(folder: string, n: number): Promise<void> {
  const db = new DatabaseSync(join(folder, 'hubbub.db'), { readOnly: true });
  const sent = db.prepare(
    "SELECT COUNT(*) AS n FROM deliveries WHERE state IN ('sent', 'delivered')",
  );
  while ((sent.get() as { n: number }).n < n) await pause(10);
  db.close();
}
