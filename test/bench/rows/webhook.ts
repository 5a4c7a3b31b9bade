import { connectShop, measureWebhooks, startBenchHub, type EndToEnd } from '../hub.js';
import { cpuSeconds, runLoad, startKnex, startRaw } from '../processes.js';
import type { LoadResult } from '../load.js';
import { row, type Bench, type Measure } from '../row.js';
import { SECRET } from '../signed.js';
import { storeTickets } from '../stored.js';

const WARM_UP = 2_000;
const MANY = 32;
const STORED_TICKETS = 500_000;
/** The usual way is slow: as many say enough of it. */
const MOST_BY_KNEX = 4_000;

interface Raw {
  readonly rate: number;
  readonly cpuMs: number;
  readonly load: LoadResult;
}

async function measureRaw(bench: Bench, connections: number, messages: number): Promise<Raw> {
  const raw = await startRaw(bench.folder(`raw-${connections}`));
  const send = (run: string, n: number): Promise<LoadResult> =>
    runLoad({ port: raw.port, path: '/hooks/shop', secret: SECRET, run, messages: n, connections });
  await send('warm', WARM_UP);
  const before = cpuSeconds(raw.pid);
  const load = await send('raw', messages);
  const cpuMs = ((cpuSeconds(raw.pid) - before) / messages) * 1_000;
  await raw.stop();
  return { rate: messages / load.seconds, cpuMs, load };
}

/** Messages a second, acknowledged when they are filed. */
async function measureKnex(bench: Bench): Promise<number> {
  const knex = await startKnex(bench.folder('knex'), SECRET);
  const messages = Math.min(bench.messages, MOST_BY_KNEX);
  const task = { port: knex.port, path: '/hooks/shop', secret: SECRET, connections: MANY };
  try {
    await runLoad({ ...task, run: 'warm', messages: WARM_UP / 4 });
    const { refused, seconds } = await runLoad({ ...task, run: 'knex', messages });
    if (refused > 0) throw new Error(`${refused} of ${messages} were refused`);
    return messages / seconds;
  } finally {
    await knex.stop();
  }
}

async function measureHub(
  bench: Bench,
  name: string,
  run: { connections: number; messages: number; stored?: number },
): Promise<EndToEnd> {
  const folder = bench.folder(name);
  if (run.stored !== undefined) await storeTickets(folder, run.stored, bench.say);
  const hub = await startBenchHub(folder);
  try {
    const path = await connectShop(hub);
    await measureWebhooks(hub, {
      path,
      run: 'warm',
      messages: WARM_UP,
      connections: run.connections,
    });
    return await measureWebhooks(hub, {
      path,
      run: name,
      messages: run.messages,
      connections: run.connections,
    });
  } finally {
    await hub.stop();
  }
}

/** 32 connections: rate end to end, CPU and acknowledgement, beside the raw limit and a knex transaction a message. */
export const webhookMany: Measure = async (bench) => {
  bench.say('webhook-c32: the raw limit');
  const raw = await measureRaw(bench, MANY, bench.messages);
  bench.say('webhook-c32: the hub');
  const hub = await measureHub(bench, 'c32', { connections: MANY, messages: bench.messages });
  bench.say('webhook-c32: one knex transaction a message');
  const knex = await measureKnex(bench);
  return [
    row('webhook-c32', hub.rate, 'messages/s', raw.rate),
    row('webhook-c32-ack-p99', hub.load.p99, 'ms', raw.load.p99),
    row('webhook-c32-cpu', hub.cpuMs, 'ms/message', raw.cpuMs),
    row('webhook-c32-over-knex', hub.rate, 'messages/s', knex),
  ];
};

export const webhookOne: Measure = async (bench) => {
  const messages = Math.ceil(bench.messages / 5);
  bench.say('webhook-c1: the raw limit, then the hub');
  const raw = await measureRaw(bench, 1, messages);
  const hub = await measureHub(bench, 'c1', { connections: 1, messages });
  return [row('webhook-c1', hub.rate, 'messages/s', raw.rate)];
};

/** The same work with half a million tickets stored, beside the raw limit and beside an empty database. */
export const webhookStored: Measure = async (bench) => {
  bench.say('webhook-500k: the raw limit, then an empty hub');
  const raw = await measureRaw(bench, MANY, bench.messages);
  const empty = await measureHub(bench, 'empty', { connections: MANY, messages: bench.messages });
  const full = await measureHub(bench, '500k', {
    connections: MANY,
    messages: bench.messages,
    stored: STORED_TICKETS,
  });
  return [
    row('webhook-500k', full.rate, 'messages/s', raw.rate),
    row('webhook-500k-over-empty', full.rate, 'messages/s', empty.rate),
  ];
};
