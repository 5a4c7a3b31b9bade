import { readFileSync, statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { usage } from './shell.js';

const MAX_BYTES = 1024 * 1024;

/** A YAML (or JSON) file a person named; what is wrong with it is bad usage. */
export function readYamlFile(path: string): unknown {
  const document = parseDocument(readText(path));
  const [error] = document.errors;
  if (error === undefined) return (document.toJS({ maxAliasCount: 0 }) ?? {}) as unknown;
  throw usage(`${path}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n', 1)[0] ?? ''}`);
}

function readText(path: string): string {
  try {
    if (statSync(path).size > MAX_BYTES) throw usage(`${path} is larger than ${MAX_BYTES} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    throw usage(`${path} cannot be read (${code})`);
  }
}
