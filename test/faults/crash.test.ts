import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startShop, type ShopSimulator } from '../../simulators/shop/shop.js';
import { callApi, freePort, TOKEN } from '../bench/processes.js';
import { startChild, type Child } from './child.js';

/**
 * The promise of the README, tried the hard way: the process is killed at every boundary a message and
 * a reply cross, again and again, while customers write and agents answer.
 */

const INBOUND = 500;
const REPLIES = 100;
/** Tries of one message or answer, 25 ms apart: longer than a start on a busy machine takes. */
const MOST_TRIES = 2_400;
/**
 * Each name is where the process dies, and how often it passes there before. Two of them leave a part
 * on its way for certain; where agents answer while customers' messages kill the process, one more may.
 */
const KILLS = [
  { at: 'hook.verified:15', agentsAnswer: false },
  { at: 'reply.sending:3', agentsAnswer: true },
  { at: 'hook.committed:15', agentsAnswer: false },
  { at: 'reply.sent:3', agentsAnswer: true },
  { at: 'hook.acknowledged:15', agentsAnswer: false },
  { at: 'reply.settled:3', agentsAnswer: true },
  { at: 'normalise.claimed:4', agentsAnswer: false },
  { at: 'normalise.committed:4', agentsAnswer: true },
  { at: 'file.claimed:4', agentsAnswer: false },
  { at: 'file.committed:4', agentsAnswer: true },
  { at: 'reply.settled:2', agentsAnswer: true },
  { at: 'hook.committed:10', agentsAnswer: false },
  { at: 'file.committed:3', agentsAnswer: false },
  { at: 'hook.acknowledged:10', agentsAnswer: true },
  { at: 'reply.settled:4', agentsAnswer: true },
] as const;
/** The last life is not killed, and agents answer in it. */
const ANSWERING_LIVES = KILLS.filter(({ agentsAnswer }) => agentsAnswer).length + 1;

interface World {
  readonly folder: string;
  readonly port: number;
  readonly shop: ShopSimulator;
  /** Texts the hub answered 2xx to. */
  readonly acknowledged: Set<string>;
  /** Parts that were on their way at the moments of the kills. */
  inFlight: number;
  kills: number;
  child: Child | null;
}

let world: World;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-crash-'));
  mkdirSync(join(folder, 'config'));
  writeFileSync(
    join(folder, 'config', 'hubbub.yaml'),
    'network: { allowPrivate: ["127.0.0.0/8"] }\n',
  );
  const shop = await startShop({ retryPausesMs: [] });
  world = {
    folder,
    port: await freePort(),
    shop,
    acknowledged: new Set(),
    inFlight: 0,
    kills: 0,
    child: null,
  };
  const hub = await start(null);
  await connect();
  await hub.stop();
}, 60_000);

afterAll(async () => {
  await world.child?.stop();
  await world.shop.close();
  rmSync(world.folder, { recursive: true, force: true });
});

const start = (crashpoints: string | null): Promise<Child> => startChild({ ...world, crashpoints });

function query(sql: string): readonly Record<string, string | number>[] {
  const db = new DatabaseSync(join(world.folder, 'data', 'hubbub.db'), {
    readOnly: true,
    timeout: 5_000,
  });
  try {
    return db.prepare(sql).all() as Record<string, string | number>[];
  } finally {
    db.close();
  }
}

async function connect(): Promise<void> {
  const { shop, port } = world;
  const { hookUrl } = await callApi<{ hookUrl: string }>(port, 'POST', '/connections', {
    connector: 'webhook',
    name: 'shop',
    settings: { sendUrl: `${shop.url}/replies`, externalId: 'body.id' },
    credentials: { secret: shop.secret },
  });
  shop.setHook(hookUrl);
}

/** A platform repeats what was not acknowledged; the words are the same each time. */
async function writeUntilHeard(n: number): Promise<void> {
  const id = `complaint-${n}`;
  const text = `message ${n}: the parcel is lost`;
  const body = {
    id,
    conversation: id,
    customer: { id: `customer-${n}`, name: `Customer ${n}` },
    text,
  };
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { acknowledged } = await world.shop.send(body, { id: `msg_${n}` });
    if (acknowledged) return void world.acknowledged.add(text);
    await pause(25);
  }
  throw new Error(`message ${n} was never acknowledged`);
}

/** An agent's client repeats with the same key until it has an answer. */
async function answerUntilTaken(ticket: number): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const response = await fetch(
      `http://127.0.0.1:${world.port}/api/v1/tickets/${ticket}/replies`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': `answer-${ticket}`,
        },
        body: JSON.stringify({ text: `answer to ticket ${ticket}` }),
      },
    ).catch(() => null);
    if (response?.status === 202) return;
    await pause(25);
  }
  throw new Error(`the answer to ticket ${ticket} was never taken`);
}

/** Starts the hub anew after every kill, each life with the next point to die at; the last one lives. */
async function liveAndDie(done: () => boolean): Promise<void> {
  for (;;) {
    const child = await start(KILLS[world.kills]?.at ?? null);
    world.child = child;
    const signal = await Promise.race([child.exited, waitFor(done)]);
    if (signal === 'done') return child.stop();
    if (signal !== 'SIGKILL') throw new Error('the hub ended by itself: its words are above');
    world.inFlight += query("SELECT 1 FROM delivery_parts WHERE state = 'sending'").length;
    world.kills += 1;
  }
}

async function waitFor(done: () => boolean): Promise<'done'> {
  while (!done()) await pause(50);
  return 'done';
}

/** Each life of the hub gets its share of the work, so that every point finds something to die on. */
const messagesSoFar = (): number => Math.ceil((INBOUND * (world.kills + 1)) / (KILLS.length + 1));

function answersSoFar(): number {
  const lives = KILLS.slice(0, world.kills + 1).filter(({ agentsAnswer }) => agentsAnswer).length;
  const last = world.kills === KILLS.length ? 1 : 0;
  return Math.ceil((REPLIES * (lives + last)) / ANSWERING_LIVES);
}

async function customersWrite(): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < INBOUND) {
      if (next >= messagesSoFar()) await pause(20);
      else await writeUntilHeard((next += 1));
    }
  };
  await Promise.all([one(), one()]);
}

/** Answers follow the complaints, one after the other as a person writes them. */
async function agentsAnswer(): Promise<void> {
  for (let ticket = 1; ticket <= REPLIES; ticket += 1) {
    while (query(`SELECT 1 FROM tickets WHERE id = ${ticket}`).length === 0) await pause(50);
    while (ticket > answersSoFar()) await pause(20);
    await answerUntilTaken(ticket);
    while (underWay().length > 0) await pause(20);
  }
}

const underWay = (): readonly unknown[] => query('SELECT 1 FROM deliveries WHERE work = 0');

async function everythingSettles(): Promise<void> {
  const open = (): number =>
    query('SELECT 1 FROM deliveries WHERE work = 0').length +
    query('SELECT 1 FROM envelopes WHERE state = 0').length +
    query('SELECT 1 FROM drafts WHERE state = 0').length;
  while (open() > 0 || query('SELECT 1 FROM deliveries').length < REPLIES) await pause(100);
}

test('killed at every boundary, the hub loses nothing it acknowledged and repeats nothing it sent', async () => {
  let done = false;
  const life = liveAndDie(() => done);
  await Promise.all([customersWrite(), agentsAnswer()]);
  await everythingSettles();
  done = true;
  await life;
  const { kills } = world;

  const told = query(
    "SELECT text, COUNT(*) AS n FROM messages WHERE direction = 'in' GROUP BY text",
  );
  const states = query('SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state');
  const count = (state: string): number =>
    Number(states.find((row) => row['state'] === state)?.['n'] ?? 0);
  const taken = world.shop.replies.map(
    ({ body }) => (JSON.parse(body) as { data: { text: string } }).data.text,
  );
  process.stdout.write(
    `crash test: ${kills} kills, ${told.length} of ${world.acknowledged.size} messages, ${taken.length} replies taken, ` +
      `${count('sent')} sent, ${count('uncertain')} uncertain of ${world.inFlight} in flight at the kills\n`,
  );

  expect(kills).toBe(KILLS.length);
  expect(world.acknowledged.size).toBe(INBOUND);
  expect(new Set(told.map((row) => row['text']))).toEqual(world.acknowledged);
  expect(told.filter((row) => row['n'] !== 1)).toEqual([]);
  expect(query('SELECT 1 FROM tickets')).toHaveLength(INBOUND);
  expect(new Set(taken).size).toBe(taken.length);
  expect(count('sent') + count('uncertain')).toBe(REPLIES);
  expect(count('uncertain')).toBeLessThanOrEqual(world.inFlight);
  expect(count('sent')).toBeGreaterThanOrEqual(REPLIES * 0.95);
}, 180_000);
