import { z } from 'zod';
import { readYamlFile } from '../yaml-file.js';
import { usage } from '../shell.js';
import { unknownName } from '../unknown-name.js';

const text = z.string('a text was expected').optional();
const tree = z.record(z.string(), z.unknown(), 'a tree of fields was expected').optional();
const ConnectionFile = z.strictObject({
  connector: text,
  name: text,
  group: text,
  settings: tree,
  credentials: tree,
});
export type ConnectionFile = z.infer<typeof ConnectionFile>;

/** `--from file.yaml`: the connection as the API takes it. */
export function readConnectionFile(path: string): ConnectionFile {
  const { value, placeOf } = readYamlFile(path);
  const parsed = ConnectionFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const known = Object.keys(ConnectionFile.shape);
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    throw usage(`${placeOf([name])}: ${unknownName('field', name, known)}`);
  }
  const [field] = issue?.path ?? [];
  if (issue === undefined || field === undefined) {
    throw usage(`${placeOf([])}: a tree with ${known.join(', ')} was expected`);
  }
  throw usage(`${placeOf(issue.path)}: ${String(field)}: ${issue.message}`);
}
