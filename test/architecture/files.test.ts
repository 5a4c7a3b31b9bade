import { isTest, ROOMS, textOf, typescriptUnder } from './tree.js';

const files = ROOMS.flatMap(typescriptUnder);
const product = files.filter((file) => !isTest(file));

const MAX_LINES = 350;
const MEDIAN_LINES = 110;
const P90_LINES = 220;

/** Names that say nothing about what is inside, and therefore attract everything. */
const EMPTY_NAMES = /(?:^|[-./])(?:utils?|helpers?|common|misc|shared|base|manager|lib)(?:[-.]|$)/i;
const DOORS = ['connectors/index.ts', 'src/sdk/index.ts'];

function linesOf(file: string): number {
  return textOf(file).trimEnd().split('\n').length;
}

function quantile(share: number): number {
  const sizes = product.map(linesOf).sort((a, b) => a - b);
  return sizes[Math.floor((sizes.length - 1) * share)] ?? 0;
}

describe('files have one purpose', () => {
  test(`none has more than ${MAX_LINES} lines`, () => {
    expect(files.filter((file) => linesOf(file) > MAX_LINES)).toEqual([]);
  });

  test(`half of them have at most ${MEDIAN_LINES} lines, nine of ten at most ${P90_LINES}`, () => {
    expect(quantile(0.5)).toBeLessThanOrEqual(MEDIAN_LINES);
    expect(quantile(0.9)).toBeLessThanOrEqual(P90_LINES);
  });

  test('none is named utils, helpers, common or manager', () => {
    expect(files.filter((file) => EMPTY_NAMES.test(file))).toEqual([]);
  });

  test('there are no barrels besides the treaty and the catalogue', () => {
    // A connector's own index.ts puts its parts together and exports that one object.
    const connector = /^connectors\/[^/]+\/index\.ts$/;
    const barrels = product.filter(
      (file) => file.endsWith('/index.ts') && !DOORS.includes(file) && !connector.test(file),
    );
    expect(barrels).toEqual([]);
  });

  test('names are lower case with hyphens', () => {
    const odd = files.filter((file) => !/^[a-z0-9./-]+$/.test(file));
    expect(odd).toEqual([]);
  });
});
