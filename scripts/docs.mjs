/** `npm run docs`: writes what is generated from the shapes of the model. A test finds what is stale. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { jsonSchemas } from '../dist/src/model/json-schemas.js';

for (const [file, schema] of Object.entries(jsonSchemas())) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
  process.stdout.write(`wrote ${file}\n`);
}
