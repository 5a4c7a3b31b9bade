import { readFileSync, statSync } from 'node:fs';
import { lineAt, readYaml, yamlValue } from '../model/yaml.js';
import { usage } from './shell.js';

const MAX_BYTES = 1024 * 1024;

/** A YAML (or JSON) file a person named; what is wrong with it is bad usage. An empty one is an empty tree. */
export interface NamedFile {
  readonly value: unknown;
  /** `care.yaml:3`: where a part of it stands. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

export function readYamlFile(path: string): NamedFile {
  const yaml = readYaml(readText(path));
  const [problem] = yaml.problems;
  if (problem !== undefined) throw usage(`${path}:${problem.line}: ${problem.text}`);
  return {
    value: yamlValue(yaml) ?? {},
    placeOf: (part) => `${path}:${lineAt(yaml, part)}`,
  };
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
