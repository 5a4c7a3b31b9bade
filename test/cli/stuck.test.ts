import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { until } from '../hub.js';
import { openBench, type Bench } from './hubbub.js';
import { onData, stoppedWith } from './outbox.js';

// Every test runs the real program several times; a busy machine may take its time.
jest.setTimeout(60_000);

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.end());

interface Finding {
  readonly level: string;
  readonly what: string;
  readonly text: string;
  readonly next: string;
}

async function foundWrong(): Promise<readonly Finding[]> {
  const { out } = await bench.run(['doctor', '--json']);
  return (JSON.parse(out) as readonly Finding[]).filter(({ level }) => level === 'wrong');
}

interface Line {
  readonly id: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly waiting: number;
  readonly uncertain: number;
  readonly lastFailure: string | null;
}

async function listed(): Promise<readonly Line[]> {
  return JSON.parse((await bench.run(['connections', 'list', '--json'])).out) as readonly Line[];
}

const HUBBUB = () => `HUBBUB_DATA_DIR=${bench.data} npm run -s hubbub --`;

describe('answers that are stuck', () => {
  test('are named by the doctor, each with the whole command that helps', async () => {
    const [uncertain, failed, queued] = await stoppedWith(bench, ['uncertain', 'failed', 'queued']);
    expect((await foundWrong()).map(({ text }) => text)).toEqual([
      `nobody knows whether they arrived: #${uncertain} (shop: no answer came)`,
    ]);
    const hourAgo = Date.now() - 3_600_000;
    await onData(bench, 'UPDATE deliveries SET created_at = ? WHERE id = ?', hourAgo, queued ?? 0);
    const defect = JSON.stringify({ kind: 'defect', why: 'defect: Error: oh\n  at x' });
    await onData(bench, 'UPDATE deliveries SET failure = ? WHERE id = ?', defect, failed ?? 0);
    expect(await foundWrong()).toMatchObject([
      { next: expect.stringContaining('resolve') as string },
      {
        text: `failed: #${failed} (shop: defect: Error: oh)`,
        next: `${HUBBUB()} redrive --delivery ${failed}`,
      },
      {
        text: `waiting for more than 15 minutes: #${queued} (shop: the platform is tired)`,
        next: `${HUBBUB()} connections check shop`,
      },
    ]);
  });

  test('are counted in the list of connections, with the last failure', async () => {
    await stoppedWith(bench, ['uncertain', 'queued', 'queued', 'sent']);
    expect(await listed()).toMatchObject([
      { id: 'shop', waiting: 2, uncertain: 1, lastFailure: 'the platform is tired' },
    ]);
    const { out } = await bench.run(['connections', 'list']);
    expect(out).toMatch(/waiting .*last failure/);
    expect(out).toMatch(/shop .* 2 \+ 1 uncertain .*the platform is tired/);
  });
});

test('messages that could not be read or filed are named with the command that helps', async () => {
  await stoppedWith(bench, ['sent']);
  await onData(
    bench,
    `INSERT INTO envelopes (connection_id, key, received_at, type, notes, query, size, state, reason)
     VALUES ('shop', 'k', 0, 'application/json', '{}', '', 0, 2, 'no mapping fits')`,
  );
  await onData(bench, "UPDATE drafts SET state = 3, reason = 'a defect'");
  expect(await foundWrong()).toMatchObject([
    {
      text: '1 envelope in quarantine: #1 (shop: no mapping fits)',
      next: expect.stringContaining(`${HUBBUB()} replay --quarantine`) as string,
    },
    {
      text: 'could not be filed: #1 (shop: a defect)',
      next: expect.stringContaining(`${HUBBUB()} redrive`) as string,
    },
  ]);
});

test('a connection whose connector is gone is named', async () => {
  await stoppedWith(bench, ['sent']);
  await onData(bench, "UPDATE connections SET connector = 'pager'");
  expect(await foundWrong()).toMatchObject([{ text: 'shop: there is no connector pager' }]);
});

test('a connection that was saved without what it needs says so, in each list, until it is mended', async () => {
  const add = ['connections', 'add', '--no-check', '--connector'];
  await bench.run([...add, 'webhook', '--name', 'shop']);
  await bench.run([...add, 'email', '--name', 'mail', '--set', 'address=help@shop.example']);
  expect((await foundWrong()).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^shop: attention: Every delivery would be refused/) as string,
    expect.stringMatching(/^mail: attention: No server is set/) as string,
  ]);
  const hub = await bench.start();
  const counted = async (): Promise<unknown> =>
    ((await (await fetch(`${hub.url}/readyz`)).json()) as { connections: unknown }).connections;
  expect(await counted()).toMatchObject({ active: 0, attention: 2 });
  await bench.run(['connections', 'change', 'mail', '--set', 'listener.port=0']);
  await bench.run(['connections', 'change', 'shop', '--secret', 'secret'], {
    input: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
  });
  expect((await listed()).map(({ status }) => status)).toEqual(['active', 'active']);
  expect(await counted()).toMatchObject({ active: 2, attention: 0 });
  await hub.stop();
});

test('a listener whose port is taken needs attention, until the port is free', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const hub = await bench.start();
  const add = ['connections', 'add', '--connector', 'email', '--name', 'mail', '--no-check'];
  await bench.run([...add, '--set', 'address=help@shop.example', '--set', `listener.port=${port}`]);
  const seen = (status: string): Promise<Line> =>
    until(`the listener to be seen as ${status}`, async () =>
      (await listed()).find((one) => one.status === status),
    );
  expect((await seen('attention')).statusReason).toContain('EADDRINUSE');
  expect(await foundWrong()).toMatchObject([
    {
      what: 'connections',
      text: expect.stringMatching(/^mail: attention: .*EADDRINUSE/) as string,
      next: `${HUBBUB()} connections check mail`,
    },
  ]);
  taken.close();
  expect((await seen('active')).statusReason).toBeNull();
  await hub.stop();
});
