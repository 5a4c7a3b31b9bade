import { mkdirSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);

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

test('connectors check puts one to the conformance kit', async () => {
  const { code, out } = await bench.run(['connectors', 'check', 'webchat']);
  expect(out).toMatch(/^[1-9]\d* passed, 0 failed/m);
  expect(code).toBe(0);
  expect(await bench.run(['connectors', 'check', 'pigeon'])).toMatchObject({ code: 2 });
});
