import { jest } from '@jest/globals';
import { closeSync, openSync } from 'node:fs';
import { openBench, type Bench } from './hubbub.js';

// The real program is run; a busy machine may take its time.
jest.setTimeout(60_000);

let bench: Bench;
/** An installation in which nothing is connected yet. */
beforeAll(async () => {
  bench = openBench();
  await bench.run(['token', 'create']);
});
afterAll(() => bench.end());

const COMMANDS = [
  ['start'],
  ['demo'],
  ['migrate'],
  ['connectors', 'list'],
  ['connections', 'list'],
  ['connections', 'add'],
  ['connections', 'change'],
  ['connections', 'check'],
  ['connections', 'remove'],
  ['token', 'create'],
  ['normalise'],
  ['mapping', 'test'],
  ['mapping', 'explain'],
  ['import'],
  ['replay'],
  ['redrive'],
  ['doctor'],
  ['backup'],
  ['connectors', 'check'],
];

test.each(COMMANDS.map((words) => [words.join(' '), words] as const))(
  '%s --help explains itself',
  async (name, words) => {
    const { code, out } = await bench.run([...words, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: hubbub ${name}`);
    expect(out).toMatch(/\nExamples?:\n {2}npm run -s hubbub -- /);
    expect(out).toContain(`  npm run -s hubbub -- ${name}`);
    expect(out).toMatch(/\nExit codes: 0 .+; 1 .+; 2 used or set up wrongly\n/);
  },
);

describe('as a shell runs it, in a process of its own', () => {
  test.each([
    [0, ['--version'], /^\d+\.\d+\.\d+\n$/, /^$/],
    [1, ['normalise', 'webhook', 'missing.json'], /"cannot be read \(ENOENT\)"/, /^$/],
    [2, ['connections', 'check', 'mail'], /^$/, /there is no connection mail/],
  ])('it ends with %i: %j', async (exitCode, args, printed, said) => {
    const { code, out, err } = await bench.launch(args).ended;
    expect(out).toMatch(printed);
    expect(err).toMatch(said);
    expect(code).toBe(exitCode);
  });

  test('who stops reading early ends it, and that is no failure', async () => {
    const { child, ended } = bench.launch(['connectors', 'list', '--json']);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  test('what cannot be written is a failure, told in one sentence', async () => {
    const full = openSync('/dev/full', 'w');
    const list = bench.launch(['connectors', 'list', '--json'], { stdout: full });
    const { code, err } = await list.ended;
    closeSync(full);
    expect(err).toMatch(/^what this prints cannot be written \(ENOSPC\).*\n$/);
    expect(code).toBe(1);
  });
});

test.each([
  [['conections', 'list'], /Did you mean connections\?/],
  [['connectors', 'check', 'webhok'], /there is no connector webhok: did you mean webhook\?/],
  [['mapping', 'test', 'webhok'], /there is no mapping webhok: did you mean webhook\?/],
  [['connections', 'check', 'mail'], /there is no connection mail, and none at all yet/],
  [['explode'], /unknown command 'explode'/],
  [['normalise'], /missing required argument 'connector'/],
  [['connections', 'remove'], /missing required argument 'id'/],
  [['token', 'create', '--scope', 'king'], /Allowed choices are admin, agent/],
  [['import', 'no-such-file.jsonl'], /no-such-file\.jsonl cannot be read \(ENOENT\)/],
  [['normalise', 'carrier-pigeon', '-'], /there is no connector carrier-pigeon/],
  [['replay'], /say what to replay/],
  [['replay', '--envelope', 'many'], /many is not an id/],
] as const)('bad usage ends with 2: %j', async (args, sentence) => {
  const { code, err } = await bench.run(args);
  expect(err).toMatch(sentence);
  expect(code).toBe(2);
});
