import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './load.js';
import { ConfigProblem } from './problem.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The installation's hubbub.yaml says this. */
function says(...lines: readonly string[]): Record<string, string> {
  writeFileSync(join(folder, 'hubbub.yaml'), lines.join('\n'));
  return { HUBBUB_CONFIG_DIR: folder };
}

function problem(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigProblem);
    return (error as Error).message;
  }
  throw new Error('it was taken');
}
const file = (line: number): string => `${join(folder, 'hubbub.yaml')}:${line}: `;

describe('the settings', () => {
  test('are those of default.yaml when nobody says anything', () => {
    const { config, environment } = loadConfig({});
    expect([config.server.port, config.process.role, config.data.databaseUrl]).toEqual([
      ...[8080, 'all', null],
    ]);
    expect(config.data.dir).toMatch(/^\/.*data$/);
    expect(environment).toMatchObject({ masterKey: null, configDir: null });
  });

  test('of the installation lie over them, a part of the tree at a time', () => {
    const { config } = loadConfig(says('server:', '  port: 9090', 'process: { logLevel: warn }'));
    expect([config.server.port, config.server.host, config.process]).toEqual([
      ...[9090, '127.0.0.1', { role: 'all', logLevel: 'warn' }],
    ]);
  });

  test('of the environment win over both; an empty variable says nothing', () => {
    const env = says('server: { port: 9090, host: 0.0.0.0 }');
    const { config } = loadConfig({ ...env, HUBBUB_PORT: '7070', HUBBUB_HOST: '' });
    expect([config.server.port, config.server.host]).toEqual([7070, '0.0.0.0']);
    const empty = { HUBBUB_CONFIG_DIR: '', HUBBUB_MASTER_KEY: '', HUBBUB_BOOTSTRAP_TOKEN: '' };
    expect(loadConfig(empty).environment).toMatchObject({
      ...{ configDir: null, masterKey: null, bootstrapToken: null },
    });
  });

  test('may name a section and leave it empty, also when the environment fills it', () => {
    const env = says('server:', 'data:');
    expect(loadConfig({ ...env, HUBBUB_PORT: '7070' }).config.server.port).toBe(7070);
  });

  test('may be an empty file, or one that only has comments', () => {
    expect(loadConfig(says('')).config.server.port).toBe(8080);
    expect(loadConfig(says('# nothing yet')).config.server.port).toBe(8080);
  });

  test('may say that a knob has no value', () => {
    expect(loadConfig(says('server: { publicUrl: null }')).config.server.publicUrl).toBeNull();
  });

  test('are the same when loaded twice: nothing of the first stays', () => {
    loadConfig({ HUBBUB_PORT: '7070' });
    expect(loadConfig({}).config.server.port).toBe(8080);
  });
});

describe('a mistake is one sentence that names', () => {
  test('the file and line of a wrong value, the value, and where to look', () => {
    const sentence = problem(says('server:', '  host: 127.0.0.1', '  port: eighty'));
    expect(sentence).toContain(`${file(3)}server.port is "eighty"`);
    expect(sentence).toContain('config/default.yaml says what it may be');
    expect(sentence).not.toContain('\n');
  });

  test('a knob that does not exist', () => {
    expect(problem(says('server:', '  prot: 80'))).toContain(
      `${file(2)}server.prot is 80: there is no such knob, did you mean port?`,
    );
    expect(problem(says('# one', 'sever:', '  port: 80'))).toContain(`${file(2)}sever is`);
  });

  test('a section that is no section', () => {
    expect(problem({ ...says('server: 5'), HUBBUB_PORT: '80' })).toContain(`${file(1)}server is 5`);
  });

  test('a line that is no YAML', () => {
    const twice = problem(says('server: { port: 1 }', 'server: { port: 2 }'));
    expect(twice).toBe(`${file(2)}not valid YAML: Map keys must be unique: mend that line`);
    expect(problem(says('a: &b 1', 'c: *b'))).toContain(`${file(2)}an alias (\`*b\`)`);
  });

  test('the line at which something begins that never ends, not the one where that is noticed', () => {
    expect(problem(says('server:', '  port: [1', 'data:', '  dir: x'))).toContain(file(2));
    expect(problem(says('server:', '  host: "x', '  port: 80', '', ''))).toContain(file(2));
    expect(problem(says('data: { dir: x', 'server:', '  port: 80'))).toContain(file(1));
  });

  test('the entry of a list, its value and what was expected', () => {
    const lines = ['network:', '  allowPrivate:', '    - 10.0.0.0/8', '    - 10.0.0.0/99'];
    const sentence = problem(says(...lines));
    expect(sentence).toContain(
      `${file(4)}network.allowPrivate.1 is "10.0.0.0/99": a range of addresses was expected`,
    );
  });

  test('a file that is a list', () => {
    expect(problem(says('- server'))).toContain(`${file(1)}a tree of sections was expected`);
  });

  test('the variable of a wrong value', () => {
    expect(problem({ HUBBUB_PORT: '99999' })).toMatch(/^HUBBUB_PORT: server\.port is 99999: /);
    expect(problem({ HUBBUB_PORT: '80a' })).toMatch(/^HUBBUB_PORT: server\.port is "80a": /);
    expect(problem({ HUBBUB_ROLE: 'boss' })).toMatch(/^HUBBUB_ROLE: process\.role is "boss": /);
    expect(problem({ HUBBUB_PUBLIC_URL: 'ftp://x' })).toMatch(/^HUBBUB_PUBLIC_URL: /);
  });

  test('a folder that is not there', () => {
    expect(problem({ HUBBUB_CONFIG_DIR: join(folder, 'nowhere') })).toMatch(
      /HUBBUB_CONFIG_DIR names .*nowhere, which does not exist: create/,
    );
  });

  test('a file that cannot be read', () => {
    mkdirSync(join(folder, 'hubbub.yaml'));
    expect(problem({ HUBBUB_CONFIG_DIR: folder })).toContain(join(folder, 'hubbub.yaml'));
  });

  test('an address without the password that is in it', () => {
    const sentence = problem({ HUBBUB_DATABASE_URL: 'mysql://root:s3cret@db.example/hub' });
    expect(sentence).toMatch(/^HUBBUB_DATABASE_URL: data\.databaseUrl is /);
    expect(sentence).toContain('db.example');
    expect(sentence).not.toContain('s3cret');
    expect(sentence).not.toContain('root');
    expect(problem(says('data: { redisUrl: "http://:pa@ss@x" }'))).not.toContain('pa');
  });

  test.each(['redis//:s3cret', 'http:s3cret', 's3cret', 'http://:s3cret#@x', 'http://:s3cret==:1'])(
    'an address without anything that may be its password: %s',
    (given) => {
      const sentence = problem({ HUBBUB_REDIS_URL: given });
      expect(sentence).toMatch(/^HUBBUB_REDIS_URL: data\.redisUrl is ".*…/);
      expect(sentence).not.toContain('s3cret');
    },
  );

  test('both limits of bodies when all together get less room than one', () => {
    const sentence = problem(says('server:', '  bodyBytes: 1048576', '  bodiesBytes: 1048575'));
    expect(sentence).toContain(`${file(3)}server.bodiesBytes is 1048575: `);
    expect(sentence).toContain('server.bodyBytes (1048576)');
    expect(
      loadConfig(says('server: { bodyBytes: 65536, bodiesBytes: 65536 }')).config.server,
    ).toMatchObject({ bodyBytes: 65_536, bodiesBytes: 65_536 });
  });
});

describe('several mistakes', () => {
  test('are all named, those of the file and those of the variables', () => {
    const env = says('server:', '  port: eighty', '  hots: x', 'network: { allowPrivate: [1] }');
    expect(problem({ ...env, HUBBUB_ROLE: 'boss' }).split('\n')).toEqual([
      expect.stringContaining(`${file(2)}server.port is "eighty": `),
      expect.stringContaining(`${file(3)}server.hots is "x": there is no such knob`),
      expect.stringMatching(/^HUBBUB_ROLE: process\.role is "boss": /),
      expect.stringContaining(`${file(4)}network.allowPrivate.0 is 1: `),
    ]);
  });

  test('of a variable are named beside a file that is no YAML', () => {
    const env = says('server: { port: 1 }', 'server: { port: 2 }');
    expect(problem({ ...env, HUBBUB_LOG_LEVEL: 'loud' }).split('\n')).toEqual([
      `${file(2)}not valid YAML: Map keys must be unique: mend that line`,
      expect.stringMatching(/^HUBBUB_LOG_LEVEL: process\.logLevel is "loud": /),
    ]);
  });
});

test('an empty variable says nothing, whichever it is', () => {
  const { environment } = loadConfig({
    ...{ HUBBUB_CONFIG_DIR: '', HUBBUB_MASTER_KEY: '' },
    ...{ HUBBUB_BOOTSTRAP_TOKEN: '', HUBBUB_CRASHPOINTS: '', HUBBUB_DATABASE_URL: '' },
  });
  expect(environment).toEqual(loadConfig({}).environment);
});

test('what only the environment carries is handed on as it is', () => {
  const { environment } = loadConfig({
    HUBBUB_MASTER_KEY: 'new,old',
    HUBBUB_BOOTSTRAP_TOKEN: 'token',
    HUBBUB_CRASHPOINTS: 'file.claimed:2',
  });
  expect(environment).toEqual({
    ...{ configDir: null, masterKey: 'new,old', bootstrapToken: 'token' },
    crashpoints: 'file.claimed:2',
  });
});
