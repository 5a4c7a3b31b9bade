import { exists, filesUnder, foldersIn, textOf } from './tree.js';

const folders = foldersIn('connectors');
/** What the products of one platform share is no connector (docs/adr/0017). */
const families = folders.filter((name) =>
  textOf('.dependency-cruiser.cjs').includes(`{ ${name}: [`),
);
const connectors = folders.filter((name) => !families.includes(name));
const mappings = filesUnder('mappings').filter((file) => file.endsWith('.yaml'));

describe('every connector opens the same way', () => {
  test.each(connectors)('%s has a definition, a page and its own test', (name) => {
    const folder = `connectors/${name}`;
    expect(exists(`${folder}/definition.ts`)).toBe(true);
    expect(exists(`${folder}/README.md`)).toBe(true);
    expect(filesUnder(folder).filter((file) => file.endsWith('.test.ts'))).not.toEqual([]);
  });

  test.each(connectors)('%s is in the catalogue', (name) => {
    expect(textOf('connectors/index.ts')).toContain(`./${name}/`);
  });

  test.each(connectors)('%s has a mapping that anybody may mend', (name) => {
    expect(mappings.filter((file) => file.startsWith(`mappings/${name}/`))).not.toEqual([]);
  });
});

test.each(families)(
  'what the connectors of %s share has its own tests and says whose it is',
  (name) => {
    expect(exists(`connectors/${name}/definition.ts`)).toBe(false);
    expect(exists(`connectors/${name}/README.md`)).toBe(true);
    expect(filesUnder(`connectors/${name}`).some((file) => file.endsWith('.test.ts'))).toBe(true);
  },
);

test('every mapping has its examples beside it', () => {
  const rules = mappings.filter((file) => !file.endsWith('.test.yaml'));
  expect(rules.filter((file) => !exists(file.replace(/\.yaml$/, '.test.yaml')))).toEqual([]);
  const examples = mappings.filter((file) => file.endsWith('.test.yaml'));
  expect(examples.filter((file) => !exists(file.replace(/\.test\.yaml$/, '.yaml')))).toEqual([]);
});
