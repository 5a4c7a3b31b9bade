import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';

/** One thing that makes a text no YAML, or YAML we do not take. */
export interface YamlProblem {
  /** From 1: where to look, which is where an open bracket or quote begins, not where the file ends. */
  readonly line: number;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** A YAML text (JSON is one too) and what is wrong with it; with problems, the document is not to be used. */
export interface YamlText {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly problems: readonly YamlProblem[];
}

/** Reads a text a person wrote. Never throws; aliases are refused, since a few of them make gigabytes. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  });
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    line: lines.linePos(beginningOf(document, message, pos[0])).line,
    text: `not valid YAML: ${message.split('\n', 1)[0] ?? ''}`,
  }));
  return { document, lines, problems: [...problems, ...aliasesIn(document, lines)] };
}

/** The plain value of a text without problems; an empty text is null. */
export function yamlValue({ document }: YamlText): unknown {
  return document.toJS({ maxAliasCount: 0 }) as unknown;
}

/** The line of the deepest part of the path that stands in the text, from 1. */
export function lineAt({ document, lines }: YamlText, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let line = lineOf(lines, node) || 1;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair === undefined) break;
      line = lineOf(lines, pair.key) || line;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number' && key in node.items) {
      node = node.items[key];
      line = lineOf(lines, node) || line;
    } else break;
  }
  return line;
}

/** Line of a node, from 1; 0 where it has none. */
export function lineOf(lines: LineCounter, node: unknown): number {
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? 0 : lines.linePos(start).line;
}

const UNCLOSED = /^(?:Flow (?:map|sequence)|Missing closing)/;

/** What is never closed is noticed at the next line, or at the end of the file; it is mended where it begins. */
function beginningOf(document: Document, message: string, noticed: number): number {
  if (!UNCLOSED.test(message)) return noticed;
  const beginnings: number[] = [];
  visit(document, (_key, node) => {
    const start = isNode(node) ? node.range?.[0] : undefined;
    const opens =
      (isCollection(node) && node.flow === true) ||
      (isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'));
    if (opens && start !== undefined && start < noticed) beginnings.push(start);
  });
  return beginnings.at(-1) ?? noticed;
}

function aliasesIn(document: Document, lines: LineCounter): readonly YamlProblem[] {
  const found: YamlProblem[] = [];
  visit(document, {
    Alias(_key, node) {
      const text = `an alias (\`*${node.source}\`) is not allowed; write it out`;
      found.push({ line: lineOf(lines, node) || 1, text });
    },
  });
  return found;
}
