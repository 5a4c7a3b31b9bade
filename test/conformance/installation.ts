import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '../../src/connections/http.js';
import { draftsOf } from '../../src/intake/drafting.js';
import { loadMappings, mappingsFor } from '../../src/mapping/load.js';
import type { Subject } from '../../src/sdk/conformance/subject.js';
import type { Account, Connector, DraftInput } from '../../src/sdk/index.js';

/** This checkout, as the subjects of the conformance kit see it. */
export const INSTALLATION = process.cwd();

/** The installation's HTTP client, allowed to reach simulators. */
export const http: Subject['http'] = (signal) =>
  createHttpClient({ allowPrivate: ['127.0.0.0/8'], signal });

/** decode → map → refine with the mappings of this checkout, as the normalise stage does it. */
export function draftsBy(connector: Connector): NonNullable<Subject['drafts']> {
  const loading = loadMappings([join(INSTALLATION, 'mappings')]);
  return async (envelope, account) => {
    const loaded = await loading;
    if (!loaded.ok) throw new Error(loaded.problems.map(({ text }) => text).join('; '));
    const { name } = connector.definition;
    const mappings = mappingsFor(loaded.library, name, account.settings);
    if (mappings === null) throw new Error(`there are no mappings for ${name}`);
    const drafted = await draftsOf(connector, mappings, account, envelope);
    if (drafted.kind === 'unreadable') throw new Error(drafted.why);
    return drafted.kind === 'wake' ? [] : drafted.drafts.map(({ draft }) => draft);
  };
}

export type Goldens = Readonly<Record<string, readonly DraftInput[]>>;

/** Golden drafts by the name of their fixture, from `test/conformance/<connector>/golden.json`. */
export function goldensOf(connector: string): Goldens {
  const file = join(INSTALLATION, 'test/conformance', connector, 'golden.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Goldens;
}

/** MAC keys that are canaries, for a sample account. */
export const macKeysOf = (id: string): Account['macKeys'] => [
  { id: 'k1', key: `canary-mac-key-of-${id}-5d0c` },
];
