import { mkdirSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);
/** Every check of every connector, one after the other. */
const WHOLE_KIT_MS = 300_000;

let bench: Bench;
beforeAll(() => {
  bench = openBench();
});
afterAll(() => bench.end());

test('mapping test passes on what is shipped, all or one folder, and names a failing case', async () => {
  expect(await bench.run(['mapping', 'test', 'webhook'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^[1-9]\d* passed, 0 failed\n$/) as string,
  });
  const folder = bench.path('config/mappings/webhook/own');
  mkdirSync(folder, { recursive: true });
  const fields = 'fields: { id: id, conversation: id, sender: { handle: id }, text: text }\n';
  writeFileSync(
    `${folder}/all.yaml`,
    `mapping: own/all\nversion: 1\nroot: body\nkind: event\n${fields}`,
  );
  const failing =
    'cases:\n  - name: it says hello\n    input: { body: { id: a, text: bye } }\n    expect: { text: hello }\n';
  writeFileSync(`${folder}/all.test.yaml`, failing);
  const env = { HUBBUB_CONFIG_DIR: bench.path('config') };
  const { code, out } = await bench.run(['mapping', 'test', 'webhook/own'], { env });
  expect(out).toContain(`${folder}/all.test.yaml:2: it says hello`);
  expect(out).toContain('text: expected "hello", came "bye"');
  expect(code).toBe(1);
  expect(await bench.run(['mapping', 'test', 'nothing'])).toMatchObject({ code: 2 });
});

test('mapping explain says which line made what', async () => {
  writeFileSync(
    bench.path('body.json'),
    JSON.stringify({ id: 'm', customer: { id: 'C' }, text: '坏了' }),
  );
  const { code, out } = await bench.run(['mapping', 'explain', 'webhook', bench.path('body.json')]);
  expect(out).toMatch(/text: "坏了"\n\s+\S+message\.yaml:\d+ +text +→ text/);
  expect(code).toBe(0);
});

test('connectors list names them, with their schemas as JSON', async () => {
  const { out } = await bench.run(['connectors', 'list']);
  expect(out).toMatch(/^email +E-mail · 电子邮件/m);
  const listed = JSON.parse((await bench.run(['connectors', 'list', '--json'])).out) as readonly {
    name: string;
    settings: { properties: object };
  }[];
  expect(listed.find(({ name }) => name === 'email')?.settings.properties).toHaveProperty(
    'address',
  );
});

describe('connectors check', () => {
  test('puts one to the conformance kit', async () => {
    const { code, out } = await bench.run(['connectors', 'check', 'webchat']);
    expect(out).toMatch(/^connector +level +passed +failed +waived +not applicable$/m);
    expect(out).toMatch(/^webchat +(silver|gold) +[1-9]\d+ +0 +/m);
    expect(code).toBe(0);
  });

  test(
    'puts all of them, says that it goes on, and sums each up for a program',
    async () => {
      const { code, out, err } = await bench.run(['connectors', 'check', '--all', '--json']);
      const told = JSON.parse(out) as readonly Readonly<Record<string, unknown>>[];
      const listed = await bench.run(['connectors', 'list', '--json']);
      const names = (JSON.parse(listed.out) as readonly { name: string }[]).map(({ name }) => name);
      expect(told.map(({ name }) => name)).toEqual(names);
      for (const summary of told) {
        expect(Object.keys(summary)).toEqual(['name', 'level', 'checks', 'failed', 'waived']);
        expect(summary['level']).toMatch(/^(silver|gold)$/);
        expect(summary['checks']).toBeGreaterThanOrEqual(50);
        expect(summary['failed']).toBe(0);
      }
      expect(err).toMatch(/^checking connectors: \d+ %, \d+ of \d+$/m);
      expect(code).toBe(0);
    },
    WHOLE_KIT_MS,
  );

  test.each([
    [['pigeon'], /there is no connector pigeon/],
    [['emial'], /there is no connector emial: did you mean email\?/],
    [[], /say which connector, or --all: there are .*webchat/],
    [['email', '--all'], /say email or --all, not both/],
  ])('wants one name or --all: %j', async (words, sentence) => {
    const { code, err } = await bench.run(['connectors', 'check', ...words]);
    expect(err).toMatch(sentence);
    expect(code).toBe(2);
  });
});
