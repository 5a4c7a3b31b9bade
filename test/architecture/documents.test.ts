import { dirname, join } from 'node:path';
import { exists, filesUnder, textOf } from './tree.js';

const ENGLISH = textOf('README.md');
const CHINESE = textOf('README.zh-CN.md');
const pages = [
  ...['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...['docs', 'connectors', 'mappings'].flatMap(filesUnder).filter((file) => file.endsWith('.md')),
];

interface Page {
  readonly headings: readonly number[];
  readonly commands: readonly string[];
}

/** The levels of the headings, and what stands in `sh` blocks without its comments. */
function outline(text: string): Page {
  const headings: number[] = [];
  const commands: string[] = [];
  let fence: string | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fence = fence === null ? line.slice(3).trim() : null;
    else if (fence === 'sh') commands.push(line.replace(/\s+#.*$/, '').trim());
    else if (fence === null) headings.push(...levelOf(line));
  }
  return { headings, commands: commands.filter((line) => line !== '' && !line.startsWith('#')) };
}

function levelOf(line: string): readonly number[] {
  const marks = /^#{1,6}(?= )/.exec(line);
  return marks === null ? [] : [marks[0].length];
}

interface Link {
  readonly path: string;
  /** Without `#`; empty for the whole page. */
  readonly anchor: string;
}

/** Links of a page to files of the checkout, and to its own headings. */
function linksOf(file: string): readonly Link[] {
  const links = [...textOf(file).matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1] ?? '');
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor = ''] = link.split('#');
      return { path: path === '' ? file : join(dirname(file), path), anchor };
    });
}

/** Anchors of a page, as they are made of its headings: small letters, hyphens for blanks, no signs. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = textOf(file).match(/^#{1,6} .+$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the two readmes', () => {
  test('have the same outline', () => {
    expect(outline(CHINESE).headings).toEqual(outline(ENGLISH).headings);
  });

  test('give the same commands', () => {
    expect(outline(CHINESE).commands).toEqual(outline(ENGLISH).commands);
  });
});

describe('what the documents say is there', () => {
  test.each(pages)('%s links only to files that exist', (page) => {
    expect(linksOf(page).filter(({ path }) => !exists(path))).toEqual([]);
  });

  test.each(pages)('%s links only to headings that exist', (page) => {
    const anchored = linksOf(page).filter(({ path, anchor }) => anchor !== '' && exists(path));
    expect(anchored.filter(({ path, anchor }) => !anchorsOf(path).has(anchor))).toEqual([]);
  });

  test('the scripts the readme runs are scripts of package.json', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...ENGLISH.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("the readme's test command is the one that is run for every change", () => {
    expect(outline(ENGLISH).commands).toContain('npm ci && npm test');
    const steps = textOf('.ci/run').split('\n');
    expect(steps.some((line) => /^npm ci\b/.test(line))).toBe(true);
    expect(steps.some((line) => /\bnpm test$/.test(line))).toBe(true);
  });

  test('decisions are numbered without a gap', () => {
    const numbers = filesUnder('docs/adr').map((file) => Number(/\/(\d{4})-/.exec(file)?.[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
