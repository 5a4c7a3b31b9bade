import { isMap, isScalar } from 'yaml';
import type { Document, LineCounter } from 'yaml';
import type { MappingProblem } from './problem.js';
import { nearestName } from '../model/nearest.js';
import { lineOf, readYaml } from '../model/yaml.js';

/** A mapping file while it is being compiled. */
export interface MappingFile {
  readonly path: string;
  readonly lines: LineCounter;
  readonly problems: MappingProblem[];
}

/** Mappings are read by people; a longer file is none. */
export const FILE_LIMIT = 64 * 1024;

export interface Complaint {
  readonly field: string;
  readonly text: string;
  readonly nearest?: string | null;
}

export function report(file: MappingFile, node: unknown, complaint: Complaint): void {
  file.problems.push({
    file: file.path,
    line: lineOf(file.lines, node),
    field: complaint.field,
    text: complaint.text,
    nearest: complaint.nearest ?? null,
  });
}

/** Parses YAML; what is wrong with it is reported to the file. */
export function parseFile(path: string, text: string): { file: MappingFile; document: Document } {
  const { document, lines, problems } = readYaml(text);
  const place = { file: path, field: '', nearest: null };
  const file = { path, lines, problems: problems.map((one) => ({ ...place, ...one })) };
  return { file, document };
}

export interface Entry {
  readonly name: string;
  readonly node: unknown;
}

export interface EntryRule {
  readonly field: string;
  /** Null: any name. */
  readonly known: readonly string[] | null;
  /** Names that look right and are not, with the way out. */
  readonly own?: ReadonlyMap<string, string>;
}

/** The entries of a map with known names; everything else is reported and left out. */
export function entriesOf(file: MappingFile, node: unknown, rule: EntryRule): readonly Entry[] {
  const { field, known, own } = rule;
  if (!isMap(node)) {
    const names = known === null ? '' : ` of ${known.join(', ')}`;
    report(file, node, { field, text: `a map${names} was expected` });
    return [];
  }
  return node.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const place = field === '' ? name : `${field}.${name}`;
    if (known === null || known.includes(name)) return [{ name, node: value }];
    const nearest = nearestName(name, known);
    const way =
      own?.get(name) ??
      (nearest === null ? `known here: ${known.join(', ')}` : `did you mean \`${nearest}\`?`);
    report(file, key, { field: place, text: `\`${name}\` is not known here; ${way}`, nearest });
    return [];
  });
}
