import { jest } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { until } from '../hub.js';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);

let bench: Bench;
beforeEach(() => {
  bench = openBench();
});
afterEach(() => bench.end());

/** One name of it is wrong, on its fifth line. */
const MISSPELT_MAPPING = [
  ...['mapping: webhook/message', 'version: 1', 'kind: { const: message }', 'fields:'],
  ...[
    '  txet: body.text',
    '  id: body.id',
    '  conversation: body.thread',
    '  sender: { handle: body.from }',
  ],
].join('\n');

/** One sentence, no stack. */
function oneSentence(text: string): string {
  expect(text.trimEnd().split('\n')).toHaveLength(1);
  expect(text).not.toMatch(/\n\s+at /);
  return text;
}

describe('the first start', () => {
  test('says what is ready, where the API page is, how to connect a channel, and the token once', async () => {
    const first = await bench.start();
    const said = first.out();
    expect(said).toContain(`${first.url}/docs`);
    expect(said).toMatch(/npm run -s hubbub -- connections add --connector \S+ --name Support/);
    expect(said.match(/hub_[\w-]{43}/g)).toHaveLength(1);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
    expect((await first.stop()).code).toBe(0);

    // The hint is copied into another terminal, which knows nothing of this one's data folder.
    expect(said).toContain(`HUBBUB_DATA_DIR=${bench.data} npm run -s hubbub -- connections add`);

    const second = await bench.start();
    expect(second.out()).not.toMatch(/hub_/);
    expect((await second.stop('SIGINT')).code).toBe(0);
  });

  test('names a connection that fails or rests, and the command that says why', async () => {
    const add = ['connections', 'add', '--connector', 'webchat', '--no-check', '--name'];
    for (const name of ['one', 'two', 'three']) await bench.run([...add, name]);
    const database = new DatabaseSync(`${bench.data}/hubbub.db`);
    const set = database.prepare(
      'update connections set status = ?, status_reason = ? where id = ?',
    );
    set.run('failing', 'the login was refused', 'two');
    set.run('paused', null, 'three');
    database.close();
    await (await bench.start()).stop();
    const hub = await bench.start();
    expect(hub.out()).toContain('3 connections');
    expect(hub.out()).toMatch(/failing .*two \(the login was refused\)/);
    expect(hub.out()).toContain(
      `HUBBUB_DATA_DIR=${bench.data} npm run -s hubbub -- connections check two`,
    );
    expect(hub.out()).toMatch(/paused: three/);
    expect(hub.out()).not.toMatch(/(failing|paused).* one/);
    await hub.stop();
  });

  test('shows a token that opens the API', async () => {
    const hub = await bench.start();
    const token = /hub_[\w-]{43}/.exec(hub.out())?.[0] ?? '';
    const asked = (bearer: string) =>
      fetch(`${hub.url}/api/v1/connections`, { headers: { authorization: `Bearer ${bearer}` } });
    expect((await asked(token)).status).toBe(200);
    expect((await asked(`${token}x`)).status).toBe(401);
    await hub.stop();
  });

  test('leaves what only its user may read: the key, and the door while it runs', async () => {
    const hub = await bench.start();
    for (const name of ['master.key', 'server.json']) {
      expect(statSync(`${bench.data}/${name}`).mode & 0o777).toBe(0o600);
    }
    const { door } = JSON.parse(readFileSync(`${bench.data}/server.json`, 'utf8')) as {
      door: string;
    };
    const knocked = await fetch(`${door}/createToken`, { method: 'POST', body: '{}' });
    expect(knocked.status).toBe(401);
    await hub.stop();
    expect(() => statSync(`${bench.data}/server.json`)).toThrow('ENOENT');
  });
});

test('a variable that is none is named before anything else, and the hub starts all the same', async () => {
  const running = bench.launch(['start'], {
    env: { HUBBUB_PROT: '9090', HUBBUB_SERVICE_HOST: '10.0.0.7', HUBBUB_MASTER_KEY: 'c2hvcnQ=' },
  });
  const { err } = await running.ended;
  expect(err.trimEnd().split('\n')).toEqual([
    'HUBBUB_PROT is set and does nothing, for there is no such variable: did you mean HUBBUB_PORT?',
    expect.stringContaining('HUBBUB_MASTER_KEY is not a key'),
  ]);
  const hub = await bench.start({ env: { HUBBUB_DATA_DRI: '/elsewhere' } });
  expect((await hub.stop()).err).toMatch(
    /^HUBBUB_DATA_DRI is set .*did you mean HUBBUB_DATA_DIR\?/,
  );
});

test('a reader who goes away does not end the hub', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const port = String((free.address() as AddressInfo).port);
  await new Promise((resolve) => free.close(resolve));
  const { child, ended } = bench.launch(['start'], { env: { HUBBUB_PORT: port } });
  child.stdout?.destroy();
  const serves = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('the hub to serve', serves, 30_000);
  // Its welcome follows, to nobody.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await serves()).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({
    code: 0,
    err: expect.stringContaining('stopping') as unknown,
  });
});

describe('a start that cannot be ends with 2 and one sentence', () => {
  test('the data folder is a file', async () => {
    writeFileSync(bench.data, 'not a folder');
    const { code, err } = await bench.launch(['start']).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toContain(`the data folder ${bench.data} cannot be used`);
  });

  test('the database is no database', async () => {
    mkdirSync(bench.data);
    writeFileSync(`${bench.data}/hubbub.db`, 'x'.repeat(5_000));
    const { code, err } = await bench.launch(['start']).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toContain(`${bench.data}/hubbub.db`);
  });

  test('another hub serves the data folder', async () => {
    const hub = await bench.start();
    const { code, err } = await bench.launch(['start']).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toMatch(/is served by another hub \(process \d+\)/);
    await hub.stop();
  });

  test('the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const port = String((taken.address() as AddressInfo).port);
    const { code, err } = await bench.launch(['start'], { env: { HUBBUB_PORT: port } }).ended;
    taken.close();
    expect(code).toBe(2);
    expect(oneSentence(err)).toMatch(new RegExp(`port ${port} .*HUBBUB_PORT`));
  });

  test('the master key is another one', async () => {
    await (await bench.start()).stop();
    const env = { HUBBUB_MASTER_KEY: randomBytes(32).toString('base64') };
    const { code, err } = await bench.launch(['start'], { env }).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toMatch(/the master key is not the one .*HUBBUB_MASTER_KEY/);
  });

  test('the master key is none', async () => {
    const { code, err } = await bench.launch(['start'], { env: { HUBBUB_MASTER_KEY: 'c2hvcnQ=' } })
      .ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toContain('HUBBUB_MASTER_KEY is not a key');
  });

  test('a line of configuration is wrong', async () => {
    const config = bench.path('config');
    mkdirSync(config);
    writeFileSync(`${config}/hubbub.yaml`, 'server:\n  host: 127.0.0.1\n  bodyBytes: plenty\n');
    const { code, err } = await bench.launch(['start'], { env: { HUBBUB_CONFIG_DIR: config } })
      .ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toContain(`${config}/hubbub.yaml:3: server.bodyBytes is "plenty"`);
  });

  test('an environment variable is wrong', async () => {
    const { code, err } = await bench.launch(['start'], { env: { HUBBUB_PORT: 'eighty' } }).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toContain('HUBBUB_PORT');
  });

  test('a mapping is wrong', async () => {
    const folder = bench.path('config/mappings/webhook');
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/message.yaml`, MISSPELT_MAPPING);
    const env = { HUBBUB_CONFIG_DIR: bench.path('config') };
    const { code, err } = await bench.launch(['start'], { env }).ended;
    expect(code).toBe(2);
    expect(oneSentence(err)).toMatch(/message\.yaml:5: .*txet/);
  });
});

test('a start that cannot be for several reasons names them all', async () => {
  const mappings = bench.path('config/mappings/webhook');
  mkdirSync(mappings, { recursive: true });
  writeFileSync(`${mappings}/message.yaml`, MISSPELT_MAPPING);
  writeFileSync(bench.path('config/matching.yaml'), 'decision:\n  auot: 3\n');
  const env = { HUBBUB_CONFIG_DIR: bench.path('config'), HUBBUB_MASTER_KEY: 'c2hvcnQ=' };
  const files: readonly unknown[] = [
    expect.stringMatching(/^ {2}.*message\.yaml:5: .*txet/),
    expect.stringMatching(/^ {2}.*matching\.yaml:2: decision\.auot /),
    expect.stringMatching(/^ {2}HUBBUB_MASTER_KEY is not a key/),
  ];
  const rightSettings = await bench.launch(['start'], { env }).ended;
  expect(rightSettings.code).toBe(2);
  expect(rightSettings.err.trimEnd().split('\n')).toEqual([
    'there are 3 mistakes to mend:',
    ...files,
  ]);

  writeFileSync(bench.path('config/hubbub.yaml'), 'server:\n  prot: 80\n  bodyBytes: plenty\n');
  const wrongSettings = await bench.launch(['start'], { env }).ended;
  expect(wrongSettings.code).toBe(2);
  expect(wrongSettings.err.trimEnd().split('\n')).toEqual([
    'there are 5 mistakes to mend:',
    expect.stringMatching(/hubbub\.yaml:3: server\.bodyBytes is "plenty"/),
    expect.stringMatching(/hubbub\.yaml:2: server\.prot is 80: .*did you mean port\?/),
    ...files,
  ]);
});
