import { catalogue } from '../../connectors/index.js';
import { fieldAt, readSettings, shapeOf } from '../../src/cli/connections/settings.js';
import { checkTable } from '../../src/sdk/conformance/check-table.js';
import { fieldTable } from '../../src/sdk/field-table.js';
import type { Definition } from '../../src/sdk/definition.js';
import { textOf } from './tree.js';

/** As it is written, whatever room a formatter gave its columns. */
const plain = (table: string): string => table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

const definitionOf = async (name: string): Promise<Definition> => {
  const connector = await catalogue[name]?.();
  if (connector === undefined) throw new Error(`there is no connector ${name}`);
  return connector.definition;
};

/** The values of an option in a command as somebody would type it. */
function given(command: string, option: string): readonly string[] {
  const values = command.matchAll(new RegExp(`${option} ("[^"]*"|\\S+)`, 'g'));
  return [...values].map(([, value = '']) => value.replaceAll('"', ''));
}

test('the page of the kit has every check as it is now: npm run docs', () => {
  expect(plain(textOf('docs/conformance.md'))).toContain(plain(checkTable()));
});

describe.each(Object.keys(catalogue))('the page of %s', (name) => {
  test('has every field of the definition as it is now: npm run docs', async () => {
    const definition = await definitionOf(name);
    expect(plain(textOf(definition.docs))).toContain(plain(fieldTable(definition)));
  });

  test('has a command to copy that adds a connection the form takes', async () => {
    const { docs, settings, credentials } = await definitionOf(name);
    const command = textOf(docs).match(
      new RegExp(`npm run -s hubbub -- connections add --connector ${name} .*`),
    );
    expect(command).not.toBeNull();
    const [line = ''] = command ?? [];
    const filled = settings.safeParse(readSettings(given(line, '--set'), settings));
    expect(filled.error?.issues ?? []).toEqual([]);
    const secrets = given(line, '--secret');
    for (const secret of secrets) fieldAt(shapeOf(credentials), secret.split('.'));
    const typed = Object.fromEntries(secrets.map((secret) => [secret, 'whsec_dHlwZWQ=']));
    expect(credentials.safeParse(typed).error?.issues ?? []).toEqual([]);
  });
});
