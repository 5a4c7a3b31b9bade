/**
 * `npm run docs`: writes what is generated from the shapes of the model, of the connectors and of the kit. A test
 * finds what is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { catalogue } from '../dist/connectors/index.js';
import { checkTable } from '../dist/src/sdk/conformance/check-table.js';
import { jsonSchemas } from '../dist/src/model/json-schemas.js';
import { fieldTable } from '../dist/src/sdk/field-table.js';

for (const [file, schema] of Object.entries(jsonSchemas())) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  process.stdout.write(`wrote ${file}\n`);
}

for (const load of Object.values(catalogue)) {
  const { definition } = await load();
  await writeTable(definition.docs, 'fields', fieldTable(definition));
}
await writeTable('docs/conformance.md', 'checks', checkTable());

/** Between the page's marks of this name. */
async function writeTable(file, name, table) {
  const page = readFileSync(file, 'utf8');
  const [before, rest = ''] = page.split(`<!-- ${name} -->`);
  const [, after = ''] = rest.split(`<!-- end of ${name} -->`);
  const marked = `<!-- ${name} -->\n\n${table}\n\n<!-- end of ${name} -->`;
  const options = { ...(await resolveConfig(file)), parser: 'markdown' };
  writeFileSync(file, await format(before + marked + after, options));
  process.stdout.write(`wrote ${file}\n`);
}
