import { z } from 'zod';
import { readYamlFile } from '../yaml-file.js';
import { usage } from '../shell.js';

const tree = z.record(z.string(), z.unknown());
const ConnectionFile = z.strictObject({
  connector: z.string().optional(),
  name: z.string().optional(),
  group: z.string().optional(),
  settings: tree.optional(),
  credentials: tree.optional(),
});
export type ConnectionFile = z.infer<typeof ConnectionFile>;

/** `--from file.yaml`: the connection as the API takes it. */
export function readConnectionFile(path: string): ConnectionFile {
  const parsed = ConnectionFile.safeParse(readYamlFile(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw usage(`${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`);
}
