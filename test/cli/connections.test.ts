import { jest } from '@jest/globals';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { LOOPBACK, openBench, type Bench, type Serving } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);

const SECRET = 'canary-9f2c71-never-shown';
const ADD = [
  ...['connections', 'add', '--connector', 'twilio-sms', '--name', 'Care line'],
  ...['--set', 'accountSid=AC00000000000000000000000000000001', '--set', 'maxSegments=4'],
  // Nothing listens there: a test asks no platform.
  ...['--set', 'apiBase=http://127.0.0.1:9'],
];

interface Tried {
  readonly check: { readonly ok: boolean };
}

interface Line {
  readonly id: string;
  readonly hookUrl: string | null;
}

async function listed(bench: Bench): Promise<readonly Line[]> {
  return JSON.parse((await bench.run(['connections', 'list', '--json'])).out) as readonly Line[];
}

describe('without a server', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench(LOOPBACK);
  });
  afterEach(() => bench.end());

  test('an added connection is there when the hub starts, and its secret is never shown', async () => {
    const typed = { input: `${SECRET}\n` };
    const added = await bench.launch([...ADD, '--secret', 'authToken'], typed).ended;
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining('care-line') as string });
    const hub = await bench.start();
    const shown = await bench.run(['connections', 'list', '--json']);
    expect(shown.out).toContain('"id": "care-line"');
    expect(added.out + added.err + shown.out + hub.out()).not.toContain(SECRET);
    await hub.stop();
  });

  test('a secret may come from the environment or a file, never from the arguments', async () => {
    const argument = await bench.run([...ADD, '--secret', `authToken=${SECRET}`]);
    expect(argument).toMatchObject({ code: 2, err: expect.stringContaining('env:') as string });
    const env = await bench.run([...ADD, '--secret', 'authToken=env:CARE_TOKEN'], {
      env: { CARE_TOKEN: SECRET },
    });
    expect(env.code).toBe(0);
    writeFileSync(bench.path('token'), `${SECRET}\n`);
    const other = [...ADD, '--name', 'Other line'];
    const file = await bench.run([...other, '--secret', `authToken=file:${bench.path('token')}`]);
    expect(file.code).toBe(0);
    expect(await listed(bench)).toHaveLength(2);
  });

  test('a name that is there already is refused, with the command that changes it', async () => {
    const add = ['connections', 'add', '--connector', 'webchat', '--no-check', '--name', 'shop'];
    await bench.run(add);
    const { code, err } = await bench.run(add);
    expect(err).toMatch(/called shop already.* connections change shop .*another --name/);
    expect([code, (await listed(bench)).length]).toEqual([2, 1]);
  });

  test('a file may say it all', async () => {
    const yaml = [
      'connector: twilio-sms',
      'name: From a file',
      'settings: { accountSid: AC00000000000000000000000000000001 }',
      `credentials: { authToken: ${SECRET} }`,
    ];
    writeFileSync(bench.path('care.yaml'), yaml.join('\n'));
    const added = await bench.run(['connections', 'add', '--from', bench.path('care.yaml')]);
    expect(added.code).toBe(0);
    expect((await listed(bench)).map(({ id }) => id)).toEqual(['from-a-file']);
  });

  test.each([
    ['connector: webhook\nnmae: x', /care\.yaml:2: there is no field nmae: did you mean name\?/],
    ['connector: webhook\nsettings: none', /care\.yaml:2: settings: a tree of fields was expected/],
    ['- webhook', /care\.yaml:1: a tree with connector, name, .* was expected/],
    ['name: "x\nconnector: webhook', /care\.yaml:1: not valid YAML: Missing closing "quote/],
  ])('a mistake in a file names its line: %j', async (yaml, sentence) => {
    writeFileSync(bench.path('care.yaml'), yaml);
    const { code, err } = await bench.run([
      'connections',
      'add',
      '--from',
      bench.path('care.yaml'),
    ]);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
  });

  test.each([
    [['--set', 'acountSid=x'], /there is no field acountSid: did you mean accountSid\?/],
    [['--set', 'accountSid'], /key=value was expected/],
    [['--set', 'accountSid=AC1'], /settings\.accountSid: .*starts with AC/],
    [[], /settings\.accountSid/],
  ])('a mistake names its field: %j', async (more, sentence) => {
    const args = ['connections', 'add', '--connector', 'twilio-sms', '--name', 'X', ...more];
    const { code, err } = await bench.run(args);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
  });
});

describe('where there are no data', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench();
  });
  afterEach(() => bench.end());

  test.each([
    [['connections', 'list', '--json']],
    [['connections', 'check', 'shop']],
    [['connections', 'remove', 'shop']],
    [['replay', '--quarantine']],
    [['redrive']],
    [['import', import.meta.filename]],
  ])('%j says so, names the way to an installation, and makes none', async (args) => {
    const { code, err, out } = await bench.run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`there is no installation in ${bench.data}: HUBBUB_DATA_DIR names`);
    expect(err).toContain('npm run -s hubbub -- start, or connections add, makes a new one');
    expect(existsSync(bench.data)).toBe(false);
  });

  test('a command with which an installation may begin says which folder it has just made, once', async () => {
    const first = await bench.run(['token', 'create']);
    expect(first.code).toBe(0);
    expect(first.err).toContain(`there was no data in ${bench.data}: a new, empty installation`);
    expect((await bench.run(['connections', 'list', '--json'])).out).toBe('[]\n');
  });
});

describe('what is added is tried', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = openBench(LOOPBACK);
  });
  afterEach(() => bench.end());

  test('one that cannot be used is saved and said to be of no use yet, with the way out', async () => {
    const { code, out } = await bench.run([...ADD, '--secret', 'authToken'], { input: SECRET });
    expect(out).toContain(`added care-line: the data in ${bench.data}`);
    expect(out).toMatch(/FAIL {2}Twilio cannot be reached/);
    expect(out).toMatch(/NOT USABLE YET .*connections change care-line/);
    expect(out).not.toMatch(/in use/);
    expect(code).toBe(0);
  });

  test('a change mends it without typing the rest again', async () => {
    const add = ['connections', 'add', '--connector', 'email', '--name', 'mail'];
    const added = await bench.run([...add, '--set', 'address=help@shop.example']);
    expect(added.out).toMatch(/FAIL {2}No server is set/);
    const change = ['connections', 'change', 'mail', '--json'];
    const args = [...change, '--set', 'listener.port=0', '--set', 'listener.maxBytes=20000'];
    expect((JSON.parse((await bench.run(args)).out) as Tried).check.ok).toBe(true);
    const deeper = await bench.run([...change, '--set', 'listener.host=127.0.0.1']);
    expect((JSON.parse(deeper.out) as Tried).check.ok).toBe(true);
    const checked = await bench.run(['connections', 'check', 'mail']);
    expect(checked.out).toContain('answers cannot leave until smtp.host is set');
    expect(checked.out).toContain('connections change mail --set smtp.host=…');
    expect(await bench.run(['connections', 'change', 'mial', '--name', 'x'])).toMatchObject({
      ...{ code: 2, err: expect.stringContaining('did you mean mail?') as string },
    });
  });

  test('an address in the own network is refused at once, with the way out', async () => {
    const closed = openBench();
    const add = ['connections', 'add', '--connector', 'webhook', '--name', 'shop'];
    const url = 'http://127.0.0.1:9090/answers?to={{conversation.key}}';
    const { code, err } = await closed.run([...add, '--set', `sendUrl=${url}`]);
    expect(err).toMatch(/settings\.sendUrl: 127\.0\.0\.1 is a private .*network\.allowPrivate/);
    expect(code).toBe(2);
    expect(await listed(closed)).toEqual([]);
    expect((await bench.run([...add, '--set', `sendUrl=${url}`])).code).toBe(0);
    closed.end();
  });

  test('a mapping nobody wrote is refused, since such a connection would be left out', async () => {
    const args = ['connections', 'add', '--connector', 'webhook', '--set', 'mapping=acme'];
    const { code, err } = await bench.run(args);
    expect(err).toMatch(/settings\.mapping: there is no mappings\/webhook\/acme: put it into/);
    expect(code).toBe(2);
  });
});

describe('while a hub serves the data', () => {
  let bench: Bench;
  let hub: Serving;
  beforeAll(async () => {
    bench = openBench(LOOPBACK);
    hub = await bench.start();
  });
  afterAll(async () => {
    await hub.stop();
    bench.end();
  });

  test('a connection opens at once and its hook answers', async () => {
    const added = await bench.run([...ADD, '--secret', 'authToken', '--json'], { input: SECRET });
    const { id, hookUrl } = JSON.parse(added.out) as Line;
    expect(hookUrl).toBe(`${hub.url}/hooks/${id}`);
    const forged = await fetch(hookUrl ?? '', { method: 'POST', body: 'Body=forged' });
    expect([401, 403]).toContain(forged.status);
  });

  test('a listener whose port is taken is not called usable', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const port = String((taken.address() as AddressInfo).port);
    const add = ['connections', 'add', '--connector', 'email', '--name', 'taken'];
    const args = [...add, '--set', 'address=help@shop.example', '--set', `listener.port=${port}`];
    const { out } = await bench.run(args);
    taken.close();
    expect(out).toContain(`The listener cannot listen on 127.0.0.1:${port} (EADDRINUSE).`);
    expect(out).toContain('NOT USABLE YET');
  });

  test('a removed connection is gone at once', async () => {
    const add = [...ADD, '--name', 'Short line', '--secret', 'authToken', '--json'];
    const added = await bench.run(add, { input: SECRET });
    const { id, hookUrl } = JSON.parse(added.out) as Line;
    expect((await bench.run(['connections', 'remove', id])).code).toBe(0);
    expect((await fetch(hookUrl ?? '', { method: 'POST', body: 'x' })).status).toBe(404);
    const again = await bench.run(['connections', 'remove', id]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining(id) as string });
  });

  test('a created token is shown once and opens the API', async () => {
    const { code, out } = await bench.run([
      'token',
      'create',
      '--scope',
      'viewer',
      '--name',
      'board',
    ]);
    expect(code).toBe(0);
    const headers = { authorization: `Bearer ${out.trim()}` };
    expect((await fetch(`${hub.url}/api/v1/connections`, { headers })).status).toBe(200);
  });
});
