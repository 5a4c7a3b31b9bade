import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { jest } from '@jest/globals';
import { startShop } from '../../simulators/shop/shop.js';
import { until } from '../hub.js';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(90_000);

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.end());

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** A shop whose signed deliveries reach the hub. */
async function connectShop(): Promise<string> {
  const args = ['connections', 'add', '--connector', 'webhook', '--name', 'shop', '--json'];
  const { out } = await bench.run([...args, '--secret', 'secret'], { input: SECRET });
  return (JSON.parse(out) as { hookUrl: string }).hookUrl;
}

interface Finding {
  readonly level: string;
  readonly what: string;
  readonly next?: string;
}

async function examined(env: Record<string, string> = {}): Promise<{
  readonly code: number | null;
  readonly wrong: readonly string[];
}> {
  const { code, out } = await bench.run(['doctor', '--json'], { env });
  const findings = JSON.parse(out) as readonly Finding[];
  const wrong = findings.filter(({ level }) => level === 'wrong');
  expect(wrong.filter(({ next }) => next === undefined)).toEqual([]);
  return { code, wrong: wrong.map(({ what }) => what) };
}

describe('backup', () => {
  test('of a running hub can be put back with its key, and holds no key', async () => {
    const hub = await bench.start();
    const hookUrl = await connectShop();
    const shop = await startShop({ hookUrl, secret: SECRET });
    const text = '漏水'.repeat(40_000);
    expect(await shop.complain({ customer: { id: 'C' }, text })).toMatchObject({
      acknowledged: true,
    });
    await shop.close();
    const tar = bench.path('copy.tar');
    const made = await bench.run(['backup', tar]);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('master key') as string });
    await hub.stop();

    const restored = bench.path('restored');
    mkdirSync(restored);
    execFileSync('tar', ['xf', tar, '-C', restored]);
    expect(existsSync(`${restored}/master.key`)).toBe(false);
    // The large body lies in the blob store.
    expect(readdirSync(`${restored}/blobs`)).toHaveLength(1);
    const env = { HUBBUB_DATA_DIR: restored };
    cpSync(`${bench.data}/master.key`, `${restored}/master.key`);
    const again = await bench.start({ env });
    const listed = await bench.run(['connections', 'list', '--json'], { env });
    expect(JSON.parse(listed.out)).toMatchObject([{ id: 'shop', status: 'active' }]);
    await again.stop();
  });

  test('never overwrites, and needs an installation', async () => {
    const none = await bench.run(['backup', bench.path('copy')]);
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining('no installation') as string,
    });
    await bench.run(['migrate']);
    expect(await bench.run(['backup', bench.path('copy')])).toMatchObject({ code: 0 });
    const twice = await bench.run(['backup', bench.path('copy')]);
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('not empty') as string });
  });
});

test('what cannot be read is replayed after it went to quarantine', async () => {
  const hub = await bench.start();
  const token = (await bench.run(['token', 'create', '--scope', 'integrator'])).out.trim();
  const shop = await startShop({ hookUrl: await connectShop(), secret: SECRET });
  expect(await shop.send(Buffer.from('{ cut in ha'))).toMatchObject({ acknowledged: true });
  await shop.close();
  const headers = { authorization: `Bearer ${token}` };
  const quarantined = (): Promise<number | null> =>
    fetch(`${hub.url}/api/v1/envelopes?state=quarantine`, { headers })
      .then((page) => page.json() as Promise<{ items: readonly { id: number }[] }>)
      .then(({ items }) => items[0]?.id ?? null);
  const id = await until('the quarantine', quarantined);
  const replayed = await bench.run(['replay', '--quarantine']);
  expect(replayed.out).toMatch(
    /^1 envelope put back to the start\n1 of them came back at once.* doctor says why\n$/,
  );
  const one = await bench.run(['replay', '--envelope', String(id)]);
  expect(one).toMatchObject({ code: 0 });
  const none = await bench.run(['replay', '--envelope', '999']);
  expect(none).toMatchObject({
    code: 1,
    err: expect.stringContaining('no envelope 999') as string,
  });
  expect(await bench.run(['redrive', '--json'])).toMatchObject({
    code: 0,
    out: '{"drafts":0,"deliveries":0,"refused":[]}\n',
  });
  await hub.stop();
});

describe('doctor', () => {
  test('finds nothing wrong with an installation that runs, is stopped, or is not there yet', async () => {
    expect(await examined()).toEqual({ code: 0, wrong: [] });
    expect(existsSync(bench.data)).toBe(false);
    const hub = await bench.start();
    expect(await examined()).toEqual({ code: 0, wrong: [] });
    await hub.stop();
    expect(await examined()).toEqual({ code: 0, wrong: [] });
  });

  test('names what is wrong with its way out', async () => {
    await bench.run(['migrate']);
    rmSync(`${bench.data}/master.key`);
    const found = await examined({
      HUBBUB_REDIS_URL: 'redis://127.0.0.1:1',
      HUBBUB_PUBLIC_URL: 'http://hub.example',
    });
    expect(found).toEqual({ code: 1, wrong: ['master key', 'redis', 'public address'] });
    expect(await examined({ HUBBUB_PORT: 'eighty' })).toEqual({
      code: 1,
      wrong: ['configuration'],
    });
  });
});
