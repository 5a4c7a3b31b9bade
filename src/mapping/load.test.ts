import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileMapping } from './compile.js';
import { loadMappings, mappingsFor } from './load.js';

const GOOD = `mapping: shop/message
version: 3
accepts: body.text
kind: message
fields:
  id: body.id
  conversation: body.thread
  sender: { handle: body.from }
`;
const CATCH_ALL = GOOD.replace('accepts: body.text\n', '').replace('shop/message', 'shop/event');
const TEST = 'cases: []\n';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubbub-mappings-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

function problemsOf(text: string) {
  const compiled = compileMapping('shop/message.yaml', text);
  return compiled.ok ? [] : compiled.problems;
}

describe('a folder of mappings', () => {
  test('is loaded with the catch-all last, whatever its name', async () => {
    await write({
      'shop/a-event.yaml': CATCH_ALL,
      'shop/a-event.test.yaml': TEST,
      'shop/message.yaml': GOOD,
      'shop/message.test.yaml': TEST,
    });
    const loaded = await loadMappings([folder]);
    const set = loaded.ok ? loaded.library.get('shop') : undefined;
    expect(set?.mappings.map(({ ref }) => ref.name)).toEqual(['shop/message', 'shop/event']);
    expect(set?.mappings[0]?.ref).toMatchObject({
      version: 3,
      hash: expect.any(String) as unknown,
    });
  });

  test('takes the file of the installation instead of its own, and variants beside it', async () => {
    await write({
      'own/shop/event.yaml': CATCH_ALL,
      'own/shop/event.test.yaml': TEST,
      'over/shop/event.yaml': CATCH_ALL.replace('version: 3', 'version: 4'),
      'over/shop/acme/event.yaml': CATCH_ALL.replace('shop/event', 'shop/acme'),
      'over/shop/acme/event.test.yaml': TEST,
    });
    const loaded = await loadMappings([join(folder, 'own'), join(folder, 'over'), '/nowhere']);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const versionOf = (settings: Record<string, unknown>) =>
      mappingsFor(loaded.library, 'shop', settings)?.mappings[0]?.ref;
    expect(versionOf({})?.version).toBe(4);
    expect(versionOf({ mapping: 'acme' })?.name).toBe('shop/acme');
    expect(versionOf({ mapping: 'unknown' })).toBeUndefined();
  });

  test.each([
    ['without a test', { 'shop/event.yaml': CATCH_ALL }, /has no test; write .*event\.test\.yaml/],
    [
      'without a catch-all',
      { 'shop/message.yaml': GOOD, 'shop/message.test.yaml': TEST },
      /no mapping without `accepts`/,
    ],
    [
      'with two catch-alls',
      {
        'shop/a.yaml': CATCH_ALL,
        'shop/a.test.yaml': TEST,
        'shop/b.yaml': CATCH_ALL,
        'shop/b.test.yaml': TEST,
      },
      /takes everything, as .*a\.yaml does/,
    ],
    ['with another ending', { 'shop/message.yml': GOOD }, /only `\.yaml` is read/],
  ])('is refused %s', async (_what, files, text) => {
    await write(files);
    const loaded = await loadMappings([folder]);
    const problems = loaded.ok ? [] : loaded.problems.map((problem) => problem.text);
    expect(problems).toEqual([expect.stringMatching(text)]);
  });

  test('that is not there is a problem, not an exception', async () => {
    expect(await loadMappings(['/nowhere/mappings'])).toMatchObject({
      ok: false,
      problems: [{ file: '/nowhere/mappings' }],
    });
  });
});

describe('a mapping file', () => {
  test('names file, line, field and the nearest name of a wrong target', () => {
    expect(problemsOf(GOOD.replace('handle:', 'handel:'))).toContainEqual({
      file: 'shop/message.yaml',
      line: 8,
      field: 'fields.sender.handel',
      text: '`handel` is not known here; did you mean `handle`?',
      nearest: 'handle',
    });
  });

  test('reports everything wrong with it at once', () => {
    const fields = problemsOf(`${GOOD}  subjct: body.a\n  text: 'a['\n`).map(({ field }) => field);
    expect(fields).toEqual(['fields.subjct', 'fields.text']);
  });

  test.each([
    ['an unknown word', 'fields', 'feilds', 'fields'],
    ['an unknown transform', 'id: body.id', 'id: { from: body.id, as: lowwer }', 'lower'],
    ['an unknown kind', 'kind: message', 'kind: mesage', 'message'],
    [
      'an unknown kind in a table',
      'kind: message',
      'kind: { from: t, lookup: { a: evnt } }',
      'event',
    ],
    ['an unknown word of a rule', 'id: body.id', 'id: { form: body.id }', 'from'],
    ['an unknown function', 'id: body.id', 'id: lenght(body)', 'length'],
  ])('suggests what was meant by %s', (_what, good, bad, nearest) => {
    expect(problemsOf(GOOD.replace(good, bad)).map((problem) => problem.nearest)).toContain(
      nearest,
    );
  });

  test.each([
    ['two sources', 'id: { from: a, const: b }', /exactly one of/],
    ['no source', 'id: { as: lower }', /exactly one of/],
    ['a bare number', 'id: 7', /a fixed value is written/],
    ['a list', 'id: [a, b]', /a selector or a map/],
    ['an expression that is too long', `id: ${'a'.repeat(301)}`, /at most 300 characters/],
    ['an empty key', 'id: { key: [] }', /a list of 1 to 20/],
    ['first in first in first', 'id: { first: [{ first: [{ first: [a] }] }] }', /one list/],
    ['an alias', 'id: &x body.id\n  about: *x', /alias/],
    ['a name twice', 'id: body.id\n  id: body.id', /Map keys must be unique/],
    ['a tag', 'id: !!js/function body.id', /not valid YAML/],
    ['the hub’s own field', 'id: body.id\n  connection: body.c', /the hub sets it/],
  ])('is refused with %s', (_what, line, text) => {
    const texts = problemsOf(GOOD.replace('id: body.id', line)).map((problem) => problem.text);
    expect(texts).toContainEqual(expect.stringMatching(text));
  });

  test.each(['id', 'conversation', 'sender'])('is refused without %s', (target) => {
    const lines = GOOD.split('\n').filter((line) => !line.startsWith(`  ${target}:`));
    expect(problemsOf(lines.join('\n'))[0]?.text).toMatch(/has no rule/);
  });

  test.each(['', 'null', '[]', 'a: [', '\u0000', '- - -', 'a:\n '.repeat(500), 'x'.repeat(70_000)])(
    'that is none is a problem, not an exception',
    (text) => {
      expect(problemsOf(text).length).toBeGreaterThan(0);
    },
  );
});
