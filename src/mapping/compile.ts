import { createHash } from 'node:crypto';
import { isScalar } from 'yaml';
import { ATTACHMENT_FIELDS, compileFields, compileList } from './compile-fields.js';
import { compileRule, compileSelectorAt } from './compile-rule.js';
import type { Mapping } from './mapping.js';
import type { MappingProblem } from './problem.js';
import { FILE_LIMIT, entriesOf, parseFile, report } from './mapping-file.js';
import type { MappingFile } from './mapping-file.js';

const WORDS = ['mapping', 'version', 'accepts', 'root', 'kind', 'fields', 'attachments'];
const NAME = /^[a-z0-9][a-z0-9/-]{0,99}$/;

export type Compiled =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly problems: readonly MappingProblem[] };

/** Compiles the text of one mapping file; everything wrong with it is said at once. */
export function compileMapping(path: string, text: string): Compiled {
  if (text.length > FILE_LIMIT) {
    const problem = { file: path, line: 0, field: '', nearest: null };
    const way = `the file is longer than ${FILE_LIMIT / 1024} kB; split it by kind`;
    return { ok: false, problems: [{ ...problem, text: way }] };
  }
  const { file, document } = parseFile(path, text);
  if (file.problems.length > 0) return { ok: false, problems: file.problems };
  const mapping = compileDocument(file, document.contents, hashOf(text));
  return file.problems.length > 0 || mapping === null
    ? { ok: false, problems: file.problems }
    : { ok: true, mapping };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function compileDocument(file: MappingFile, root: unknown, hash: string): Mapping | null {
  const words = new Map(
    entriesOf(file, root, { field: '', known: WORDS }).map(({ name, node }) => [name, node]),
  );
  for (const word of ['mapping', 'version', 'kind', 'fields']) {
    if (!words.has(word)) report(file, root, { field: word, text: `\`${word}:\` is missing` });
  }
  if (file.problems.length > 0) return null;
  const selector = (word: string) =>
    words.has(word) ? compileSelectorAt(file, words.get(word), word) : null;
  const kind = compileRule(file, words.get('kind'), { field: 'kind', choice: 'kind' });
  const attachments = words.has('attachments')
    ? compileList(file, words.get('attachments'), 'attachment', ATTACHMENT_FIELDS)
    : [];
  const fields = compileFields(file, words.get('fields'));
  if (kind === null) return null;
  return {
    ref: { name: nameOf(file, words), version: versionOf(file, words), hash },
    file: file.path,
    accepts: selector('accepts'),
    root: selector('root'),
    draft: { ...fields, kind, attachments },
  };
}

function nameOf(file: MappingFile, words: ReadonlyMap<string, unknown>): string {
  const node = words.get('mapping');
  const name = isScalar(node) ? String(node.value) : '';
  if (!NAME.test(name)) {
    const text = 'a name is made of small letters, digits, `-` and `/`, as `webhook/message`';
    report(file, node, { field: 'mapping', text });
  }
  return name;
}

function versionOf(file: MappingFile, words: ReadonlyMap<string, unknown>): number {
  const node = words.get('version');
  const version = isScalar(node) ? Number(node.value) : Number.NaN;
  if (Number.isSafeInteger(version) && version > 0) return version;
  report(file, node, { field: 'version', text: 'a whole number from 1 was expected' });
  return 0;
}
