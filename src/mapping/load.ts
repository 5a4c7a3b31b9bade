import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { compileMapping } from './compile.js';
import type { Mapping, MappingSet } from './mapping.js';
import type { MappingProblem } from './problem.js';

/** Sets by name: `webhook` for `mappings/webhook/`, `webhook/acme` for `mappings/webhook/acme/`. */
export type MappingLibrary = ReadonlyMap<string, MappingSet>;

export type LoadedMappings =
  | { readonly ok: true; readonly library: MappingLibrary }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

export interface MappingSource {
  /** Path inside the mappings folder, `webhook/message.yaml`. */
  readonly name: string;
  /** Path as it can be opened. */
  readonly path: string;
}

const DEEPEST = 3;
const TEST = '.test.yaml';

/**
 * Loads every mapping below the given folders; a file of a later folder takes the place of the
 * file with the same name in an earlier one. All problems are found at once; nothing is thrown
 * for a missing folder, a bad file or a missing test.
 */
export async function loadMappings(folders: readonly string[]): Promise<LoadedMappings> {
  const found = await findSources(folders);
  if (!found.ok) return found;
  const problems: MappingProblem[] = [];
  const sets = new Map<string, Mapping[]>();
  for (const source of [...found.sources.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (source.name.endsWith(TEST)) continue;
    if (!found.sources.has(testOf(source.name))) problems.push(untested(source));
    const compiled = compileMapping(source.path, await readFile(source.path, 'utf8'));
    const set = posix.dirname(source.name);
    if (compiled.ok) sets.set(set, [...(sets.get(set) ?? []), compiled.mapping]);
    else problems.push(...compiled.problems);
  }
  if (problems.length > 0) return { ok: false, problems };
  return asLibrary(sets);
}

/** `webhook/message.test.yaml` of `webhook/message.yaml`. */
export function testOf(name: string): string {
  return name.replace(/\.yaml$/, TEST);
}

/**
 * The set a connection's drafts are made with: the connector's own, or the variant its setting
 * `mapping` names; null when there is no such variant.
 */
export function mappingsFor(
  library: MappingLibrary,
  connector: string,
  settings: Readonly<Record<string, unknown>>,
): MappingSet | null {
  const variant = settings['mapping'];
  const name =
    typeof variant === 'string' && variant !== '' ? `${connector}/${variant}` : connector;
  return library.get(name) ?? null;
}

type FoundSources =
  | { readonly ok: true; readonly sources: ReadonlyMap<string, MappingSource> }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** Every `.yaml` below the folders by its name inside them. */
export async function findSources(folders: readonly string[]): Promise<FoundSources> {
  const sources = new Map<string, MappingSource>();
  const problems: MappingProblem[] = [];
  for (const [i, folder] of folders.entries()) {
    try {
      for (const name of await filesBelow(folder, '')) {
        if (name.endsWith('.yaml')) {
          sources.set(name, { name, path: join(folder, name) });
        } else if (name.endsWith('.yml')) {
          problems.push(about(join(folder, name), 'only `.yaml` is read; rename it'));
        }
      }
    } catch (error) {
      // Only the product's own folder must be there; an installation may overlay nothing.
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT' && i > 0;
      if (!absent) problems.push(about(folder, `cannot be read: ${(error as Error).message}`));
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, sources };
}

async function filesBelow(folder: string, prefix: string): Promise<readonly string[]> {
  if (prefix.split('/').length > DEEPEST) return [];
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const name = `${prefix}${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, `${name}/`) : [name];
    }),
  );
  return found.flat();
}

function about(file: string, text: string): MappingProblem {
  return { file, line: 0, field: '', text, nearest: null };
}

function untested(source: MappingSource): MappingProblem {
  const test = testOf(source.path);
  return about(source.path, `has no test; write ${test} with at least one case beside it`);
}

/** A catch-all goes last; a set without one, or with two, would lose what nobody accepts. */
function asLibrary(sets: ReadonlyMap<string, readonly Mapping[]>): LoadedMappings {
  const library = new Map<string, MappingSet>();
  const problems: MappingProblem[] = [];
  for (const [name, mappings] of sets) {
    const folder = dirname(mappings[0]?.file ?? name);
    const catchAlls = mappings.filter(({ accepts }) => accepts === null);
    if (catchAlls.length === 0) {
      const text =
        'no mapping without `accepts`; one must take what no other does, as kind `event`';
      problems.push(about(folder, text));
    }
    for (const other of catchAlls.slice(1)) {
      const text = `takes everything, as ${catchAlls[0]?.file ?? ''} does; give one of them \`accepts\``;
      problems.push(about(other.file, text));
    }
    library.set(name, { name, mappings: [...mappings].sort(lastIfCatchAll) });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, library };
}

function lastIfCatchAll(a: Mapping, b: Mapping): number {
  return Number(a.accepts === null) - Number(b.accepts === null);
}
