import { spawnSync } from 'node:child_process';
import { createCrashpoint } from './crashpoint.js';
import { openMetrics } from './metrics.js';
import { createNotices } from './notices.js';

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** Runs a program on the compiled modules and gives what became of it. */
function run(program: string) {
  const { signal, stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program],
    { encoding: 'utf8' },
  );
  return { signal, stdout, stderr, status };
}

describe('a crash point', () => {
  const passes = (spec: string, ...names: readonly string[]) =>
    run(`import { createCrashpoint } from ${url('./crashpoint.js')};
      const pass = createCrashpoint(${JSON.stringify(spec)});
      for (const name of ${JSON.stringify(names)}) { pass(name); process.stdout.write(name + ' '); }`);

  test('kills the process at the named pass, at once', () => {
    const ended = passes('b:2,c:1', 'a', 'b', 'a', 'b', 'a');
    expect([ended.signal, ended.stdout]).toEqual(['SIGKILL', 'a b a ']);
  });

  test('that is not armed lets everything pass', () => {
    expect(passes('b:2', 'a', 'b', 'a')).toMatchObject({ signal: null, status: 0 });
    for (const spec of [null, '']) expect(() => createCrashpoint(spec)('a')).not.toThrow();
  });
});

describe('the log', () => {
  const lines = (level: string) => {
    const { stderr, stdout } = run(`import { createLog } from ${url('./log.js')};
      const log = createLog('${level}').with({ connection: 'shop' });
      log.debug('looked'); log.info('opened', { port: 25 }); log.error('broke', { why: 'reset' });`);
    expect(stdout).toBe('');
    return stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test('is one sentence and ids a line, on standard error', () => {
    expect(lines('info')).toMatchObject([
      { msg: 'opened', connection: 'shop', port: 25 },
      { msg: 'broke', connection: 'shop', why: 'reset' },
    ]);
  });

  test('says no more than it is asked to', () => {
    expect(lines('debug')).toHaveLength(3);
    expect(lines('error')).toHaveLength(1);
    expect(lines('silent')).toHaveLength(0);
  });
});

describe('metrics', () => {
  test('count deliveries by connection and verdict, time stages, and ask gauges at each scrape', async () => {
    const metrics = openMetrics();
    metrics.received('shop', 'received');
    metrics.received('shop', 'received');
    metrics.received('shop', 'rejected');
    metrics.stage('file')();
    let waiting = 3;
    const kind = { help: 'What waits', read: (n: number) => ({ '': n }) };
    metrics.watch({ hubbub_waiting: kind }, async () => waiting);
    expect(await metrics.text()).toContain('hubbub_waiting 3');
    waiting = 4;
    const text = await metrics.text();
    expect(text).toContain('hubbub_webhooks_total{connection="shop",verdict="received"} 2');
    expect(text).toContain('hubbub_webhooks_total{connection="shop",verdict="rejected"} 1');
    expect(text).toContain('hubbub_stage_seconds_count{stage="file"} 1');
    expect(text).toContain('hubbub_waiting 4');
    expect(metrics.contentType).toContain('text/plain');
  });

  test('that cannot be read are left out of the scrape, not shown as they were', async () => {
    const metrics = openMetrics();
    let away = false;
    metrics.watch(
      {
        hubbub_alone: { help: 'a', read: (n: number) => ({ '': n }) },
        hubbub_by_stage: { help: 'b', label: 'stage', read: (n: number) => ({ file: n }) },
      },
      () => (away ? Promise.reject(new Error('away')) : Promise.resolve(7)),
    );
    expect(await metrics.text()).toContain('hubbub_by_stage{stage="file"} 7');
    away = true;
    const text = await metrics.text();
    expect(text).not.toMatch(/^hubbub_(?:alone|by_stage)/m);
  });

  test('of two hubs in one process do not meet', async () => {
    const [one, other] = [openMetrics(), openMetrics()];
    one.received('shop', 'received');
    expect(await other.text()).not.toContain('connection="shop"');
  });
});

describe('notices', () => {
  test('say one line a minute for each connection, and how many were not said', () => {
    const lines: unknown[] = [];
    let now = 0;
    const notice = createNotices({ info: (...line) => void lines.push(line) }, { now: () => now });
    for (let i = 0; i < 1_000; i += 1) notice('refused', 'shop', { why: 'stale' });
    notice('refused', 'mail');
    now = 60_000;
    notice('refused', 'shop');
    expect(lines).toEqual([
      ['refused', { connection: 'shop', why: 'stale' }],
      ['refused', { connection: 'mail' }],
      ['refused', { connection: 'shop', before: 999 }],
    ]);
  });
});
