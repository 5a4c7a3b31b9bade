import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testMappings } from './cases.js';

const ROOT = join(import.meta.dirname, '..', '..', '..', 'mappings');
const MAPPING = `mapping: shop/event
version: 1
kind: event
fields: { id: body.id, conversation: body.id, sender: { handle: body.from }, to: body.to }
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-cases-'));
  await mkdir(join(folder, 'shop'));
  await writeFile(join(folder, 'shop', 'event.yaml'), MAPPING);
});
afterEach(() => rm(folder, { recursive: true }));

async function run(cases: string) {
  await writeFile(join(folder, 'shop', 'event.test.yaml'), cases);
  return testMappings([folder]);
}

describe('the tests beside the mappings', () => {
  test('that come with the product pass', async () => {
    const tested = await testMappings([ROOT]);
    expect(tested.problems).toEqual([]);
    expect(tested.cases.filter(({ ok }) => !ok)).toEqual([]);
    expect(tested.cases.length).toBeGreaterThan(0);
  });

  test('say what was expected and what came', async () => {
    const tested = await run(
      'cases:\n  - name: two\n    input: { body: { id: 1, from: u, to: [a, b] } }\n    expect: { id: "2", to: [a] }\n',
    );
    expect(tested.ok).toBe(false);
    expect(tested.cases).toMatchObject([
      {
        name: 'two',
        line: 2,
        ok: false,
        differences: ['id: expected "2", came "1"', 'to: expected ["a"], came ["a","b"]'],
      },
    ]);
  });

  test('can expect that no draft comes out', async () => {
    const tested = await run(
      'cases:\n  - { name: nobody, input: { body: { id: 1 } }, fails: sender.handle }\n',
    );
    expect(tested.ok).toBe(true);
  });

  test.each([
    ['without cases', 'cases: []', /at least one case/],
    ['without an expectation', 'cases:\n  - { name: a, input: { body: 1 } }', /one of `expect`/],
    ['with a wrong word', 'cases:\n  - { input: {}, expcet: {} }', /did you mean `expect`/],
  ])('are a problem themselves %s', async (_what, text, problem) => {
    const tested = await run(text);
    expect(tested.ok).toBe(false);
    expect(tested.problems.map((one) => one.text)).toContainEqual(expect.stringMatching(problem));
  });
});
