/**
 * `npm run docs`: writes what is generated from the shapes of the model and of the connectors. A test
 * finds what is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { catalogue } from '../dist/connectors/index.js';
import { jsonSchemas } from '../dist/src/model/json-schemas.js';
import { fieldTable } from '../dist/src/sdk/field-table.js';

for (const [file, schema] of Object.entries(jsonSchemas())) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  process.stdout.write(`wrote ${file}\n`);
}

for (const load of Object.values(catalogue)) {
  const { definition } = await load();
  const page = readFileSync(definition.docs, 'utf8');
  const [before, rest = ''] = page.split('<!-- fields -->');
  const [, after = ''] = rest.split('<!-- end of fields -->');
  const fields = `<!-- fields -->\n\n${fieldTable(definition)}\n\n<!-- end of fields -->`;
  const written = await format(before + fields + after, {
    ...(await resolveConfig(definition.docs)),
    parser: 'markdown',
  });
  writeFileSync(definition.docs, written);
  process.stdout.write(`wrote ${definition.docs}\n`);
}
